using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows that keep what benchmarks found.</summary>
internal static class BenchmarkRows
{
    /// <summary>Most reports that are kept of one namespace.</summary>
    public const int MaxPerNamespace = 100;

    /// <summary>Most reports that are kept of one store.</summary>
    public const int MaxPerStore = 10_000;

    public static void Insert(SqliteSession session, long store, MemoryNamespace scope, BenchmarkReport report)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(report, KeepsakeJson.Default.BenchmarkReport);
        session.Execute(
            "INSERT INTO benchmarks (store, path, report, checksum) VALUES ($1, $2, $3, $4)", store, scope.Path, body, Checksum(store, scope.Path, body));
        session.Execute(
            "DELETE FROM benchmarks WHERE number IN (SELECT number FROM benchmarks WHERE store = $1 AND path = $2 ORDER BY number DESC LIMIT -1 OFFSET $3)",
            store, scope.Path, MaxPerNamespace);
        session.Execute(
            "DELETE FROM benchmarks WHERE number IN (SELECT number FROM benchmarks WHERE store = $1 ORDER BY number DESC LIMIT -1 OFFSET $2)", store, MaxPerStore);
    }

    /// <summary>The reports of a namespace itself, the newest first. Damaged ones are left out.</summary>
    public static IReadOnlyList<BenchmarkReport> List(SqliteSession session, SqliteHealth health, long store, MemoryNamespace scope, int limit) => Read(
        session, health, "SELECT number, store, path, report, checksum FROM benchmarks WHERE store = $1 AND path = $2 ORDER BY number DESC LIMIT $3",
        store, scope.Path, limit);

    /// <summary>The last report of each namespace, for as many as are worth naming.</summary>
    public static IReadOnlyList<BenchmarkReport> Last(SqliteSession session, SqliteHealth health, long store, int limit) => Read(
        session,
        health,
        """
        SELECT number, store, path, report, checksum FROM benchmarks
        WHERE number IN (SELECT max(number) FROM benchmarks WHERE store = $1 GROUP BY path) ORDER BY number DESC LIMIT $2
        """,
        store, limit);

    private static List<BenchmarkReport> Read(SqliteSession session, SqliteHealth health, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = session.Query(sql, values);
        List<BenchmarkReport> reports = [];
        while (reader.Read())
        {
            var body = reader.Bytes(3);
            if (reader.Bytes(4).AsSpan().SequenceEqual(Checksum(reader.GetInt64(1), reader.GetString(2), body)))
            {
                reports.Add(JsonSerializer.Deserialize(body, KeepsakeJson.Default.BenchmarkReport)!);
            }
            else
            {
                health.Damaged("benchmarks", reader.GetInt64(0));
            }
        }

        return reports;
    }

    private static byte[] Checksum(long store, string path, byte[] report)
    {
        var checksum = new RowChecksum("benchmarks");
        checksum.Add(store);
        checksum.Add(path);
        checksum.Add(report);
        return checksum.Finish();
    }
}
