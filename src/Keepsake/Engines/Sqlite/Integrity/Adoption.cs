namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>Signs the rows anew that an earlier program, or one with another key, wrote. Beside the work; where it was cut off, it goes on.</summary>
internal static class Adoption
{
    /// <summary>Most rows in one transaction, so that writers do not wait long.</summary>
    public const int MaxRows = 200;

    /// <summary>Signs all that is left.</summary>
    public static async Task RunAsync(SqliteDatabase database, CancellationToken cancellationToken)
    {
        for (var after = 0L; after >= 0;)
        {
            var from = after;
            after = await database.WriteAsync((session, _) => Next(session, from), null, cancellationToken);
        }
    }

    // Rows that have a guard are done. Damaged ones get none, and so stay left out.
    private static long Next(SqliteSession session, long after)
    {
        var guard = session.Guard;
        var last = Math.Min(Records(session, after), Events(session, after));
        if (last < guard.AdoptsUpTo)
        {
            return last;
        }

        AdoptionTerms.End(session);
        return -1;

        static long Records(SqliteSession session, long after) => Sign(
            session, after, $"SELECT {RecordRow.Guarded} WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
            reader => RecordRow.Read(session.Guard, reader) is { Guard.Guard: null } row ? new(row.Row.Seq, row.Row.Store, row.Row.Path, row.Row.Digest(), row.Guard) : null,
            "UPDATE records SET checksum = $2 WHERE seq = $1", GuardedTable.Records);

        static long Events(SqliteSession session, long after) => Sign(
            session, after, $"SELECT {EventRow.Guarded} WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
            reader => EventRow.Read(session.Guard, reader) is { Guard.Guard: null } row ? new(row.Row.Seq, row.Row.Store, row.Row.Path ?? "", row.Row.Digest(), row.Guard) : null,
            "UPDATE events SET checksum = $2 WHERE seq = $1", GuardedTable.Events);
    }

    private static long Sign(
        SqliteSession session, long after, string query, Func<Microsoft.Data.Sqlite.SqliteDataReader, Unsigned?> read, string update, GuardedTable table)
    {
        List<Unsigned> rows = [];
        var (count, last) = (0, 0L);
        using (var reader = session.Query(query, after, session.Guard.AdoptsUpTo, MaxRows))
        {
            for (; reader.Read(); count++)
            {
                last = reader.GetInt64(0);
                try
                {
                    if (read(reader) is { } row)
                    {
                        rows.Add(row);
                    }
                }
                catch (Exception e) when (RowFaults.AreDamage(e))
                {
                    session.Guard.Health.Damaged(table == GuardedTable.Records ? "records" : "events", last);
                }
            }
        }

        foreach (var row in rows)
        {
            var checksum = session.Guard.Key.Checksum(row.Store, row.Seq, row.Digest);
            session.Execute(update, row.Seq, checksum);
            session.Guard.Heads.Add(session, row.Seq, row.Store, table, row.Path, checksum, row.Guard.Key);
        }

        return count < MaxRows ? long.MaxValue : last;
    }

    private sealed record Unsigned(long Seq, long Store, string Path, byte[] Digest, GuardedRow Guard);
}
