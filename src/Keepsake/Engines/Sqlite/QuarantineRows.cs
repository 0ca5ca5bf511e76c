namespace Keepsake.Engines.Sqlite;

/// <summary>Rows that name the namespaces in quarantine, and the condition that keeps their rows out of a list.</summary>
internal static class QuarantineRows
{
    /// <summary>Whether a record's row is open: outside every quarantine.</summary>
    public const string RecordIsOpen = """
        (NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.store = records.store
            AND (records.path = q.path OR (records.path > q.path || '/' AND records.path < q.path || '0'))))
        """;

    /// <summary>The same of an event's row. An event without a namespace is in none.</summary>
    public const string EventIsOpen = """
        (NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.store = events.store
            AND (events.path = q.path OR (events.path > q.path || '/' AND events.path < q.path || '0'))))
        """;

    /// <summary>Reads all rows. A row that fails its check closes what it names as well: better too much than too little.</summary>
    public static List<(long Store, QuarantinedNamespace Item)> All(SqliteSession session, SqliteHealth health)
    {
        using var reader = session.Query("SELECT store, path, since, reason, checksum FROM quarantine ORDER BY store, path");
        List<(long, QuarantinedNamespace)> all = [];
        while (reader.Read())
        {
            var (store, path, since, reason) = (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.TextOrNull(3));
            if (!reader.Bytes(4).AsSpan().SequenceEqual(Checksum(store, path, since, reason)))
            {
                health.Damaged("quarantine", all.Count);
            }

            if (MemoryNamespace.TryParse(path, out var parsed, out _))
            {
                all.Add((store, new(parsed, new(Math.Clamp(since, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero), reason)));
            }
        }

        return all;
    }

    public static void Insert(SqliteSession session, long store, QuarantinedNamespace item) => session.Execute(
        "INSERT INTO quarantine (store, path, since, reason, checksum) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        store, item.Namespace.Path, item.Since.UtcTicks, item.Reason, Checksum(store, item.Namespace.Path, item.Since.UtcTicks, item.Reason));

    /// <returns>Whether it was there.</returns>
    public static bool Delete(SqliteSession session, long store, string path) =>
        session.Execute("DELETE FROM quarantine WHERE store = $1 AND path = $2", store, path) > 0;

    private static byte[] Checksum(long store, string path, long since, string? reason)
    {
        var checksum = new RowChecksum("quarantine");
        checksum.Add(store);
        checksum.Add(path);
        checksum.Add(since);
        checksum.Add(reason);
        return checksum.Finish();
    }
}
