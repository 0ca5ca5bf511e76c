using System.Collections.Immutable;

namespace Keepsake.Engines.Sqlite;

/// <summary>The namespaces in quarantine of all stores of a file, in memory: every read and write asks.</summary>
/// <remarks>
/// The writer's thread sets it within the operation that writes the row, so that no write behind that one gets through. Where that operation
/// fails, the list is read again.
/// </remarks>
internal sealed class QuarantineList
{
    private volatile ImmutableDictionary<long, ImmutableList<QuarantinedNamespace>> _items = ImmutableDictionary<long, ImmutableList<QuarantinedNamespace>>.Empty;

    /// <summary>What is in quarantine in a store, in ordinal order.</summary>
    public ImmutableList<QuarantinedNamespace> Of(long store) => _items.GetValueOrDefault(store, []);

    /// <summary>Reads the rows.</summary>
    public void Load(SqliteSession session, SqliteHealth health) => _items = QuarantineRows.All(session, health)
        .GroupBy(row => row.Store).ToImmutableDictionary(rows => rows.Key, rows => rows.Select(row => row.Item).ToImmutableList());
}
