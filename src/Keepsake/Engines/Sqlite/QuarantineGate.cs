namespace Keepsake.Engines.Sqlite;

/// <summary>Keeps one store's reads and writes out of its namespaces in quarantine.</summary>
/// <param name="list">What is in quarantine.</param>
/// <param name="store">The store's number.</param>
/// <param name="mended">A namespace that is open to who mends it, with all under it; <see langword="null"/>: none.</param>
internal sealed class QuarantineGate(QuarantineList list, long store, MemoryNamespace? mended)
{
    /// <summary>Gets the namespaces that are closed here.</summary>
    public IReadOnlyList<MemoryNamespace> Closed =>
        list.Of(store) is { Count: > 0 } items ? [.. items.Select(item => item.Namespace).Where(n => mended?.Contains(n) != true)] : [];

    /// <summary>Gets whether lists hold closed rows too: who mends lists nothing but what it mends.</summary>
    public bool ShowsClosed => mended is not null;

    /// <summary>Whether a namespace, or the scope of a question, lies in quarantine.</summary>
    public bool IsClosed(MemoryNamespace? @namespace) => Closing(@namespace) is not null;

    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: the namespace lies in quarantine.</exception>
    public void ThrowIfClosed(MemoryNamespace? @namespace)
    {
        if (Closing(@namespace) is { } closed)
        {
            throw QuarantineFault.Of(closed);
        }
    }

    /// <summary>Passes an item on that is not in quarantine.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: it is.</exception>
    public T? Open<T>(T? item)
        where T : MemoryItem
    {
        ThrowIfClosed(NamespaceOf(item));
        return item;
    }

    /// <summary>Refuses to touch what lies in quarantine, damaged rows too.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: one of the ids does.</exception>
    public void ThrowIfClosed(SqliteSession session, IReadOnlyList<string> ids)
    {
        if (list.Of(store).IsEmpty)
        {
            return;
        }

        foreach (var id in ids)
        {
            ThrowIfClosed(PathOf(session, "SELECT path FROM records WHERE store = $1 AND id = $2", id));
            ThrowIfClosed(PathOf(session, "SELECT path FROM events WHERE store = $1 AND id = $2", id));
        }
    }

    /// <summary>Refuses what is asked of a session of which a part lies in quarantine.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: a part does.</exception>
    public void ThrowIfAnyClosed(SqliteSession session, string actor, string sessionId)
    {
        if (list.Of(store).IsEmpty)
        {
            return;
        }

        using var reader = session.Query("SELECT DISTINCT path FROM events WHERE store = $1 AND actor = $2 AND session = $3", store, actor, sessionId);
        while (reader.Read())
        {
            ThrowIfClosed(Parsed(reader.TextOrNull(0)));
        }
    }

    /// <summary>Refuses as a whole what lies wholly in quarantine; of what lies there in part each item is refused by itself.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: all of it does.</exception>
    public void ThrowIfAllClosed(IEnumerable<MemoryNamespace?> namespaces)
    {
        if (!list.Of(store).IsEmpty && namespaces.ToList() is var all && all.TrueForAll(IsClosed))
        {
            ThrowIfClosed(all[0]);
        }
    }

    private static MemoryNamespace? NamespaceOf(MemoryItem? item) =>
        item is MemoryRecord record ? record.Namespace : (item as MemoryEvent)?.Namespace;

    // A damaged row may name no namespace.
    private static MemoryNamespace? Parsed(string? path) => MemoryNamespace.TryParse(path, out var parsed, out _) ? parsed : null;

    private MemoryNamespace? PathOf(SqliteSession session, string sql, string id)
    {
        using var reader = session.Query(sql, store, id);
        return reader.Read() ? Parsed(reader.TextOrNull(0)) : null;
    }

    private MemoryNamespace? Closing(MemoryNamespace? @namespace)
    {
        var items = list.Of(store);
        return items.IsEmpty || @namespace is null || mended?.Contains(@namespace) == true
            ? null
            : items.Find(item => item.Namespace.Contains(@namespace))?.Namespace;
    }
}
