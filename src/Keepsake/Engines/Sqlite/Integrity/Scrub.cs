using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>Reads every row and looks whether it is what was written, and whether rows are missing.</summary>
internal static class Scrub
{
    /// <summary>Most rows that are read in one snapshot: a long one keeps the log from being emptied.</summary>
    public const int MaxRows = 5_000;

    /// <summary>Reads everything once.</summary>
    /// <param name="database">The database.</param>
    /// <param name="pause">Waits between two parts, given how long the last one took; <see langword="null"/>: never.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ScrubResult> RunAsync(SqliteDatabase database, Func<TimeSpan, Task>? pause, CancellationToken cancellationToken)
    {
        var health = database.Health;
        var result = new ScrubResult();
        foreach (var table in (GuardedTable[])[GuardedTable.Records, GuardedTable.Events])
        {
            for (var after = 0L; after >= 0;)
            {
                var startedAt = Stopwatch.GetTimestamp();
                var from = after;
                after = await database.ReadAsync(session => Read(session, table, from, result), cancellationToken);
                var took = Stopwatch.GetElapsedTime(startedAt);
                result.Reading += took;
                if (pause is not null)
                {
                    await pause(took);
                }
            }
        }

        var missing = await database.ReadAsync(Missing, cancellationToken);
        result.Missing = missing.Values.Sum();
        foreach (var (path, rows) in missing)
        {
            health.Note($"missing {path}", $"{rows} rows of {(path.Length == 0 ? "events without a namespace" : $"the namespace {path}")} are missing: something else than Keepsake removed them.");
        }

        await database.ReadAsync(
            session =>
            {
                IntegrityStart.Check(session, session.Guard);
                return 0;
            },
            cancellationToken);
        return result;
    }

    private static long Read(SqliteSession session, GuardedTable table, long after, ScrubResult result)
    {
        var (sql, name) = table == GuardedTable.Records
            ? ($"SELECT {RecordRow.Guarded} WHERE seq > $1 ORDER BY seq LIMIT $2", "records")
            : ($"SELECT {EventRow.Guarded} WHERE seq > $1 ORDER BY seq LIMIT $2", "events");
        using var reader = session.Query(sql, after, MaxRows);
        var count = 0;
        for (; reader.Read(); count++)
        {
            after = reader.GetInt64(0);
            if (!IsRight(session, reader, table))
            {
                session.Guard.Health.Damaged(name, after);
                result.Damaged++;
            }
        }

        result.Rows += count;
        return count < MaxRows ? -1 : after;
    }

    private static bool IsRight(SqliteSession session, SqliteDataReader reader, GuardedTable table)
    {
        try
        {
            return table == GuardedTable.Records ? RecordRow.Read(session.Guard, reader) is not null : EventRow.Read(session.Guard, reader) is not null;
        }
        catch (Exception e) when (RowFaults.AreDamage(e))
        {
            return false;
        }
    }

    // Guards without a row, by namespace.
    private static Dictionary<string, long> Missing(SqliteSession session)
    {
        using var reader = session.Query(
            """
            SELECT coalesce(path, ''), count(*) FROM guards LEFT JOIN heads ON number = head
            WHERE guarded > 0 AND NOT EXISTS (SELECT 1 FROM records WHERE seq = guarded) AND NOT EXISTS (SELECT 1 FROM events WHERE seq = guarded)
            GROUP BY 1
            """);
        Dictionary<string, long> missing = new(StringComparer.Ordinal);
        while (reader.Read())
        {
            missing[reader.GetString(0)] = reader.GetInt64(1);
        }

        return missing;
    }
}

/// <summary>What a scrub found.</summary>
internal sealed class ScrubResult
{
    public long Rows { get; set; }

    public long Damaged { get; set; }

    public long Missing { get; set; }

    /// <summary>Gets or sets how long rows were read, pauses left out.</summary>
    public TimeSpan Reading { get; set; }

    public double RowsASecond => Reading > TimeSpan.Zero ? Rows / Reading.TotalSeconds : 0;
}
