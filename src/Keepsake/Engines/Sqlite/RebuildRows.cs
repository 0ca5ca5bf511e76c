using System.Text.Json;
using Keepsake.Operations;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows that say how far rebuilds are.</summary>
internal static class RebuildRows
{
    /// <summary>Reads the states of a store's rebuilds by namespace; one that Keepsake did not write as it is, is as good as none: its rebuild begins anew.</summary>
    public static IReadOnlyList<(MemoryNamespace Namespace, RebuildState State)> All(SqliteSession session, SqliteHealth health, long store)
    {
        using var reader = session.Query("SELECT path, state, checksum FROM rebuilds WHERE store = $1 ORDER BY path", store);
        List<(MemoryNamespace, RebuildState)> states = [];
        var doubtful = 0;
        while (reader.Read())
        {
            var (path, body) = (reader.GetString(0), reader.BytesOrNone(1));
            if (session.Guard.Passes(Digest(store, path, body), reader.BytesOrNone(2)))
            {
                states.Add((MemoryNamespace.Parse(path), JsonSerializer.Deserialize(body, KeepsakeJson.Default.RebuildState)!));
            }
            else
            {
                doubtful++;
            }
        }

        health.Note(
            $"rebuilds {store}",
            doubtful == 0 ? null : $"How far {doubtful} rebuilds are was written or changed by something else than Keepsake, and does not count. Begin them anew: keepsake rebuild NAMESPACE");
        return states;
    }

    public static void Write(SqliteSession session, long store, MemoryNamespace @namespace, RebuildState state)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(state, KeepsakeJson.Default.RebuildState);
        session.Execute(
            "INSERT OR REPLACE INTO rebuilds (store, path, state, checksum) VALUES ($1, $2, $3, $4)",
            store, @namespace.Path, body, session.Guard.ChecksumOf(Digest(store, @namespace.Path, body)));
    }

    /// <summary>Signs the rows anew that may be taken as they are.</summary>
    public static void Adopt(SqliteSession session)
    {
        List<(long Store, string Path, byte[] Digest)> taken = [];
        using (var reader = session.Query("SELECT store, path, state, checksum FROM rebuilds"))
        {
            while (reader.Read())
            {
                var (store, path) = (reader.GetInt64(0), reader.GetString(1));
                var digest = Digest(store, path, reader.BytesOrNone(2));
                if (session.Guard.Passes(digest, reader.BytesOrNone(3)))
                {
                    taken.Add((store, path, digest));
                }
            }
        }

        foreach (var (store, path, digest) in taken)
        {
            session.Execute("UPDATE rebuilds SET checksum = $3 WHERE store = $1 AND path = $2", store, path, session.Guard.ChecksumOf(digest));
        }
    }

    public static void Delete(SqliteSession session, long store, MemoryNamespace @namespace) =>
        session.Execute("DELETE FROM rebuilds WHERE store = $1 AND path = $2", store, @namespace.Path);

    private static byte[] Digest(long store, string path, byte[] state)
    {
        var checksum = new RowChecksum("rebuilds");
        checksum.Add(store);
        checksum.Add(path);
        checksum.Add(state);
        return checksum.Finish();
    }
}
