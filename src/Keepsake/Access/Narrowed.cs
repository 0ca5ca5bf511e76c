using System.Globalization;
using Keepsake.Engines;

namespace Keepsake.Access;

/// <summary>Lists and exports the part of a store that a caller reaches, page by page.</summary>
/// <remarks>The cursors are places in the whole store and are sealed above, but for those of actors, which are the caller's own.</remarks>
internal static class Narrowed
{
    /// <summary>Most pages that are read to fill one; a page may then be short, and its cursor leads on.</summary>
    public const int MaxReads = 20;

    private const string FirstEvents = "events:";

    /// <summary>Lists records, part of the scope after part, those in quarantine left out.</summary>
    public static async Task<Page<MemoryRecord>> ListAsync(IMemory memory, RecordQuery query, ClosedParts closed, Reach reach, CancellationToken cancellationToken)
    {
        var parts = closed.Parts;
        if (query.ActorId is { } actor)
        {
            reach.DemandActor(actor);
        }

        var (limit, cursor) = (query.Page.Limit, query.Page.Cursor);
        var at = cursor is null ? 0 : PartOf(parts, RecordCursor.Parse(cursor).Path);
        List<MemoryRecord> items = [];
        SkipClosed();
        for (var reads = 0; reads < MaxReads && at < parts.Count && items.Count < limit; reads++)
        {
            var page = await memory.ListAsync(query with { Namespace = parts[at], Page = new(limit - items.Count, cursor) }, cancellationToken);
            items.AddRange(page.Items.Where(reach.Sees));
            cursor = page.NextCursor;
            at += cursor is null ? 1 : 0;
            SkipClosed();
        }

        return new(items, cursor ?? (at < parts.Count ? RecordCursor.Format(parts[at], 0) : null));

        // One may have been closed since the page before.
        void SkipClosed()
        {
            for (; at < parts.Count && closed.IsClosed(parts[at]); at++)
            {
                cursor = null;
            }
        }
    }

    /// <summary>Lists the newest events of a session that are reached, oldest of the page first.</summary>
    public static async Task<SessionEvents> ListEventsAsync(MemoryStore memory, EventQuery query, Reach reach, CancellationToken cancellationToken)
    {
        reach.DemandActor(query.ActorId);
        if (query.Namespace is not null)
        {
            _ = reach.Within(MemoryNamespace.ParseScope(query.Namespace));
        }

        var (limit, cursor) = (query.Page.Limit, query.Page.Cursor);
        List<MemoryEvent> events = [];
        SessionEvents page;
        var reads = 0;
        do
        {
            page = await memory.ListEventsAsync(query with { Page = new(limit - events.Count, cursor) }, reach, cancellationToken);
            events.InsertRange(0, page.Events);
            cursor = page.NextCursor;
        }
        while (cursor is not null && events.Count < limit && ++reads < MaxReads);
        return page with { Events = events, Count = events.Count, NextCursor = cursor };
    }

    /// <summary>Lists those of some actors that have events.</summary>
    /// <param name="memory">The store.</param>
    /// <param name="actors">The actors, at most <see cref="Caller.MaxEntries"/>, in ordinal order.</param>
    /// <param name="page">Which part; a cursor is the last actor of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Page<ActorSummary>> ListActorsAsync(
        IMemory memory, IReadOnlyList<string> actors, PageRequest page, CancellationToken cancellationToken)
    {
        List<ActorSummary> items = [];
        foreach (var actor in actors.Where(actor => string.CompareOrdinal(actor, page.Cursor) > 0))
        {
            if (!await HasEventsAsync(memory, actor, cancellationToken))
            {
                continue;
            }

            if (items.Count == page.Limit)
            {
                return new(items, items[^1].ActorId);
            }

            items.Add(new(actor));
        }

        return new(items, null);
    }

    /// <summary>Exports what is reached: each part's records and events, then the events without a namespace.</summary>
    public static async Task<Page<MemoryItem>> ExportAsync(
        IMemory memory, string? scope, string? cursor, Reach reach, CancellationToken cancellationToken)
    {
        var whole = MemoryNamespace.ParseScope(scope);
        List<string> parts = [.. reach.Within(whole) ?? [whole.Path]];
        var ofParts = parts.Count;
        if (whole.Path.Length == 0 && parts[0].Length > 0 && reach.IsByActor)
        {
            parts.Add("");
        }

        var (at, inner) = ReadCursor(cursor, parts.Count);
        var bare = at == ofParts;
        var page = await memory.ExportAsync(parts[at], inner ?? (bare ? FirstEvents : null), cancellationToken);
        var items = page.Items.Where(item => reach.Sees(item) && (!bare || item is MemoryEvent { Namespace: null })).ToList();
        return new(items, page.NextCursor is { } next ? $"{at}~{next}" : at + 1 < parts.Count ? $"{at + 1}~" : null);
    }

    private static async Task<bool> HasEventsAsync(IMemory memory, string actor, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            // A page is empty where the session on it is damaged.
            var sessions = await memory.ListSessionsAsync(actor, new(1, cursor), cancellationToken);
            if (sessions.Items.Count > 0)
            {
                return true;
            }

            cursor = sessions.NextCursor;
        }
        while (cursor is not null);
        return false;
    }

    private static int PartOf(IReadOnlyList<string> parts, string path)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            if (MemoryNamespace.ContainsPath(parts[i], path))
            {
                return i;
            }
        }

        throw Cursor.Unknown();
    }

    private static (int At, string? Inner) ReadCursor(string? cursor, int parts)
    {
        if (cursor is null)
        {
            return (0, null);
        }

        var end = cursor.IndexOf('~', StringComparison.Ordinal);
        return end > 0 && int.TryParse(cursor.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < parts
            ? (at, end + 1 < cursor.Length ? cursor[(end + 1)..] : null)
            : throw Cursor.Unknown();
    }
}
