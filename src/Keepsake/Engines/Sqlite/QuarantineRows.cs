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

    private const string Columns = "store, path, since, reason, checksum";

    /// <summary>Reads all rows. A row that fails its check closes what it names as well: better too much than too little.</summary>
    public static List<(long Store, QuarantinedNamespace Item)> All(SqliteSession session, SqliteHealth health)
    {
        using var reader = session.Query($"SELECT {Columns} FROM quarantine ORDER BY store, path");
        List<(long, QuarantinedNamespace)> all = [];
        var (doubtful, first) = (0, "");
        while (reader.Read())
        {
            var (store, path, since, reason) = (reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.TextOrNull(3));
            var isOurs = session.Guard.Passes(Digest(store, path, since, reason), reader.BytesOrNone(4));
            doubtful += isOurs ? 0 : 1;
            if (MemoryNamespace.TryParse(path, out var parsed, out _))
            {
                // What somebody else gave as a reason is not repeated.
                all.Add((store, new(parsed, new(Math.Clamp(since, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero), isOurs ? reason : null)));
                first = isOurs || first.Length > 0 ? first : parsed.Path;
            }
        }

        health.Note("quarantine", doubtful == 0 ? null : Warning(doubtful, first));
        return all;
    }

    public static void Insert(SqliteSession session, long store, QuarantinedNamespace item) => session.Execute(
        $"INSERT INTO quarantine ({Columns}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        store, item.Namespace.Path, item.Since.UtcTicks, item.Reason, session.Guard.ChecksumOf(Digest(store, item.Namespace.Path, item.Since.UtcTicks, item.Reason)));

    /// <summary>Signs the rows anew that may be taken as they are.</summary>
    public static void Adopt(SqliteSession session)
    {
        List<(long Store, string Path, byte[] Digest)> taken = [];
        using (var reader = session.Query($"SELECT {Columns} FROM quarantine"))
        {
            while (reader.Read())
            {
                var (store, path) = (reader.GetInt64(0), reader.GetString(1));
                var digest = Digest(store, path, reader.GetInt64(2), reader.TextOrNull(3));
                if (session.Guard.Passes(digest, reader.BytesOrNone(4)))
                {
                    taken.Add((store, path, digest));
                }
            }
        }

        foreach (var (store, path, digest) in taken)
        {
            session.Execute("UPDATE quarantine SET checksum = $3 WHERE store = $1 AND path = $2", store, path, session.Guard.ChecksumOf(digest));
        }
    }

    /// <returns>Whether it was there.</returns>
    public static bool Delete(SqliteSession session, long store, string path) =>
        session.Execute("DELETE FROM quarantine WHERE store = $1 AND path = $2", store, path) > 0;

    private static string Warning(int doubtful, string first) =>
        $"{doubtful} quarantines were written or changed by something else than Keepsake. They are kept, because nobody knows what they close. See who can write to the data folder"
        + (first.Length == 0 ? "." : $", and release them: keepsake quarantine {first} --release");

    private static byte[] Digest(long store, string path, long since, string? reason)
    {
        var checksum = new RowChecksum("quarantine");
        checksum.Add(store);
        checksum.Add(path);
        checksum.Add(since);
        checksum.Add(reason);
        return checksum.Finish();
    }
}
