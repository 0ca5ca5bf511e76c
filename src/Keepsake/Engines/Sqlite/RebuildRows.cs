using System.Text.Json;
using Keepsake.Operations;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows that say how far rebuilds are.</summary>
internal static class RebuildRows
{
    /// <summary>Reads the states of a store's rebuilds by namespace; a damaged one is as good as none: its rebuild begins anew.</summary>
    public static IReadOnlyList<(MemoryNamespace Namespace, RebuildState State)> All(SqliteSession session, SqliteHealth health, long store)
    {
        using var reader = session.Query("SELECT path, state, checksum FROM rebuilds WHERE store = $1 ORDER BY path", store);
        List<(MemoryNamespace, RebuildState)> states = [];
        while (reader.Read())
        {
            var (path, body) = (reader.GetString(0), reader.Bytes(1));
            if (reader.Bytes(2).AsSpan().SequenceEqual(Checksum(store, path, body)))
            {
                states.Add((MemoryNamespace.Parse(path), JsonSerializer.Deserialize(body, KeepsakeJson.Default.RebuildState)!));
            }
            else
            {
                health.Damaged("rebuilds", states.Count);
            }
        }

        return states;
    }

    public static void Write(SqliteSession session, long store, MemoryNamespace @namespace, RebuildState state)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(state, KeepsakeJson.Default.RebuildState);
        session.Execute(
            "INSERT OR REPLACE INTO rebuilds (store, path, state, checksum) VALUES ($1, $2, $3, $4)",
            store, @namespace.Path, body, Checksum(store, @namespace.Path, body));
    }

    public static void Delete(SqliteSession session, long store, MemoryNamespace @namespace) =>
        session.Execute("DELETE FROM rebuilds WHERE store = $1 AND path = $2", store, @namespace.Path);

    private static byte[] Checksum(long store, string path, byte[] state)
    {
        var checksum = new RowChecksum("rebuilds");
        checksum.Add(store);
        checksum.Add(path);
        checksum.Add(state);
        return checksum.Finish();
    }
}
