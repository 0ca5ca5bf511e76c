namespace Keepsake.Engines.Sqlite;

/// <summary>Finds what came from a source: what names it, and what was derived from that, step by step.</summary>
internal sealed class SourceRows
{
    private readonly SqliteSession _session;
    private readonly SqliteHealth _health;
    private readonly long _store;
    private readonly string _source;
    private readonly ILookup<string, MemoryItem> _unmarkedByParent;
    private readonly List<MemoryItem> _unmarked;
    private readonly List<SourcedItem> _found = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    private SourceRows(SqliteSession session, SqliteHealth health, long store, string source)
    {
        (_session, _health, _store, _source) = (session, health, store, source);
        _unmarked = Unmarked();
        _unmarkedByParent = _unmarked
            .SelectMany(item => ProvenanceOf(item)!.Parents.Select(parent => (Parent: parent, Item: item)))
            .ToLookup(pair => pair.Parent, pair => pair.Item, StringComparer.Ordinal);
    }

    /// <inheritdoc cref="IMemoryEngine.FromSourceAsync"/>
    public static IReadOnlyList<SourcedItem> Find(SqliteSession session, SqliteHealth health, long store, string source) =>
        new SourceRows(session, health, store, source).Find();

    private List<SourcedItem> Find()
    {
        foreach (var item in Marked(MarkRows.OfSource(_source)).Concat(_unmarked).Where(item => ProvenanceOf(item)?.ComesFrom(_source) == true))
        {
            Add(item);
        }

        for (var i = 0; i < _found.Count; i++)
        {
            var parent = _found[i].Id;
            foreach (var item in Marked(MarkRows.OfParent(parent)).Where(item => ProvenanceOf(item)?.Parents.Contains(parent, StringComparer.Ordinal) == true)
                .Concat(_unmarkedByParent[parent]))
            {
                Add(item);
            }
        }

        return _found;
    }

    private void Add(MemoryItem item)
    {
        var sourced = SourcedItem.Of(item, _source);
        if (_ids.Add(sourced.Id))
        {
            _found.Add(sourced);
        }
    }

    // Read whole before the next query: a row that a mark leads to may lead to others.
    private List<MemoryItem> Marked(byte[] mark) => [.. MarkRows.Find(_session, _store, mark).Select(Read).OfType<MemoryItem>()];

    private List<MemoryItem> Unmarked()
    {
        List<long> rows = [];
        if (MarkRows.LastUnmarked(_session) is > 0 and var last)
        {
            using var reader = _session.Query(
                "SELECT seq FROM records WHERE store = $1 AND seq <= $2 UNION ALL SELECT seq FROM events WHERE store = $1 AND seq <= $2", _store, last);
            while (reader.Read())
            {
                rows.Add(reader.GetInt64(0));
            }
        }

        return [.. rows.Select(Read).OfType<MemoryItem>().Where(item => ProvenanceOf(item) is { } own && (own.Source is not null || own.Parents.Any()))];
    }

    // Deleted ones too: what was derived from them is found through them. What is damaged is noted, and in no answer.
    private MemoryItem? Read(long seq) =>
        (MemoryItem?)RecordRows.BySeq(_session, _health, _store, seq) ?? EventRows.BySeq(_session, _health, _store, seq);

    private static Provenance? ProvenanceOf(MemoryItem item) => item is MemoryRecord record ? record.Provenance : ((MemoryEvent)item).Provenance;
}
