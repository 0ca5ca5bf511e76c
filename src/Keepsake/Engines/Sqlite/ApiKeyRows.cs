using System.Text.Json;
using Keepsake.Access;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the API keys: what they allow, and the hash of their secret.</summary>
internal static class ApiKeyRows
{
    /// <summary>Reads the keys, by name.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: one is damaged.</exception>
    public static List<(ApiKey Key, byte[] Hash)> All(SqliteSession session)
    {
        List<(ApiKey, byte[])> keys = [];
        if (session.Number("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'api_keys'") == 0)
        {
            // A file of an older schema that is opened read-only.
            return keys;
        }

        using var reader = session.Query("SELECT name, hash, body, checksum FROM api_keys ORDER BY name");
        while (reader.Read())
        {
            var (name, hash, body) = (reader.GetString(0), reader.Bytes(1), reader.Bytes(2));
            if (!reader.Bytes(3).AsSpan().SequenceEqual(Checksum(name, hash, body)))
            {
                throw new MemoryException(
                    MemoryErrorCode.Corrupt, "The list of API keys is damaged on disk, and who may do what is not guessed. Restore a backup of the data folder.");
            }

            keys.Add((JsonSerializer.Deserialize(body, KeepsakeJson.Default.ApiKey)!, hash));
        }

        return keys;
    }

    public static void Upsert(SqliteSession session, ApiKey key, byte[] hash)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(key, KeepsakeJson.Default.ApiKey);
        session.Execute(
            "INSERT OR REPLACE INTO api_keys (name, hash, body, checksum) VALUES ($1, $2, $3, $4)", key.Name, hash, body, Checksum(key.Name, hash, body));
    }

    private static byte[] Checksum(string name, byte[] hash, byte[] body)
    {
        var checksum = new RowChecksum("api_keys");
        checksum.Add(name);
        checksum.Add(hash);
        checksum.Add(body);
        return checksum.Finish();
    }
}
