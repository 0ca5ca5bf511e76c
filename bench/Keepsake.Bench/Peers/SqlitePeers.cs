using System.Diagnostics;
using System.Runtime.InteropServices;
using Keepsake.Recall.Analysis;
using Microsoft.Data.Sqlite;

namespace Keepsake.Bench.Peers;

/// <summary>SQLite's own full-text search, and vectors by the extension sqlite-vec, in the SQLite that comes with Keepsake.</summary>
internal static class SqlitePeers
{
    private const string CacheOf256Mebibytes = "PRAGMA cache_size = -262144";

    public static IEnumerable<PeerResult> FullText(PeerData data, string folder)
    {
        using var connection = Open(Path.Combine(folder, "fts.db"));
        Run(connection, "CREATE VIRTUAL TABLE texts USING fts5(content, content='', tokenize='porter unicode61')");
        var buildMs = Fill(connection, data, "INSERT INTO texts(rowid, content) VALUES (@id, @value)", i => data.Texts[i]);
        foreach (var (name, terms) in ((string, Func<string, bool>)[])[("without stop words", IsContentWord), ("with stop words", _ => true)])
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT rowid FROM texts WHERE texts MATCH @query ORDER BY rank LIMIT 10";
            var query = command.Parameters.Add("@query", SqliteType.Text);
            var (p50, p95, _) = Timing.Search(data.Questions.Length, q =>
            {
                query.Value = string.Join(" OR ", data.Questions[q].ToLowerInvariant().Split([' ', '?'], StringSplitOptions.RemoveEmptyEntries).Where(terms).Distinct().Select(word => $"\"{word}\""));
                return Ids(command);
            });
            yield return new() { System = $"SQLite FTS5, {name}", Leg = "words", BuildMs = buildMs, P50 = p50, P95 = p95, Bytes = Size(connection) };
        }
    }

    public static IEnumerable<PeerResult> Vectors(PeerData data, string folder, string extension)
    {
        using var connection = Open(Path.Combine(folder, "vec.db"));
        connection.EnableExtensions();
        connection.LoadExtension(extension);
        Run(connection, $"CREATE VIRTUAL TABLE vectors USING vec0(part integer, embedding float[{data.Dimensions}] distance_metric=cosine)");
        var buildMs = Fill(
            connection, data, $"INSERT INTO vectors(rowid, part, embedding) VALUES (@id, @id % {PeerData.Part}, @value)", i => Bytes(data.Vectors[i]));
        foreach (var (leg, filter, tenth) in ((string, string, float[])[])[("vectors", "", data.Tenth), ("filter", " AND part = 0", data.TenthOfPart)])
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT rowid FROM vectors WHERE embedding MATCH @query AND k = 10{filter} ORDER BY distance";
            var query = command.Parameters.Add("@query", SqliteType.Blob);
            var (p50, p95, found) = Timing.Search(data.Asked.Length, q =>
            {
                query.Value = Bytes(data.Asked[q]);
                return Ids(command);
            });
            yield return new()
            {
                System = "sqlite-vec",
                Leg = leg,
                BuildMs = buildMs,
                P50 = p50,
                P95 = p95,
                RecallAt10 = data.Recall(found, tenth),
                Bytes = Size(connection),
            };
        }
    }

    private static bool IsContentWord(string word) => !StopWords.Contains(word);

    private static SqliteConnection Open(string file)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        Run(connection, CacheOf256Mebibytes);
        return connection;
    }

    private static double Fill(SqliteConnection connection, PeerData data, string insert, Func<int, object> value)
    {
        var startedAt = Stopwatch.GetTimestamp();
        using (var transaction = connection.BeginTransaction())
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = insert;
            var id = command.Parameters.Add("@id", SqliteType.Integer);
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@value";
            command.Parameters.Add(parameter);
            for (var i = 0; i < data.Texts.Length; i++)
            {
                id.Value = i;
                parameter.Value = value(i);
                command.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        return Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
    }

    private static List<int> Ids(SqliteCommand command)
    {
        List<int> ids = [];
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ids.Add(reader.GetInt32(0));
        }

        return ids;
    }

    private static byte[] Bytes(float[] vector) => MemoryMarshal.AsBytes<float>(vector).ToArray();

    private static long Size(SqliteConnection connection) => Number(connection, "PRAGMA page_count") * Number(connection, "PRAGMA page_size");

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
