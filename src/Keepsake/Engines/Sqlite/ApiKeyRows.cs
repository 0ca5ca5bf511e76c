using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keepsake.Access;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection.Integrity;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the API keys: what they allow, and the hash of their secret.</summary>
/// <remarks>Each has a guard, which the head of the stores counts: so a row that was added, changed, put back to an older state or removed is told from what was written.</remarks>
internal static class ApiKeyRows
{
    // Numbers of their guards: below those of stores, which count down from -1, and above that of the adoption's terms.
    private const long FirstGuard = long.MinValue + 1;
    private const long LastGuard = long.MinValue + (1L << 62);

    /// <summary>Reads the keys, by name.</summary>
    public static ApiKeyList All(SqliteSession session) => Read(session, mustBeGuarded: !session.Guard.TakesUnsigned);

    /// <summary>Writes a key, in the place of the one with its name.</summary>
    public static void Upsert(SqliteSession session, ApiKey key, byte[] hash)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(key, KeepsakeJson.Default.ApiKey);
        var checksum = session.Guard.ChecksumOf(Digest(key.Name, hash, body));
        session.Execute("INSERT OR REPLACE INTO api_keys (name, hash, body, checksum) VALUES ($1, $2, $3, $4)", key.Name, hash, body, checksum);
        session.Guard.Heads.Change(session, GuardOf(key.Name), 0, GuardedTable.Stores, "", checksum);
    }

    /// <summary>Signs and guards the keys anew that may be taken as they are. The others stay, and open nothing.</summary>
    public static void Adopt(SqliteSession session)
    {
        foreach (var (key, hash) in Read(session, mustBeGuarded: false).Keys)
        {
            Upsert(session, key, hash);
        }
    }

    /// <summary>The number of the guard of the key with a name.</summary>
    public static long GuardOf(string name) =>
        FirstGuard + (long)(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) >> 2);

    private static ApiKeyList Read(SqliteSession session, bool mustBeGuarded)
    {
        var guards = Guards(session);
        var list = new ApiKeyList { Guards = guards };
        HashSet<long> missing = [.. guards.Keys];
        using var reader = session.Query("SELECT name, hash, body, checksum FROM api_keys ORDER BY name");
        while (reader.Read())
        {
            var name = "";
            try
            {
                name = reader.GetString(0);
                missing.Remove(GuardOf(name));
                var (hash, body, checksum) = (reader.Bytes(1), reader.Bytes(2), reader.Bytes(3));
                if (session.Guard.Passes(Digest(name, hash, body), checksum) && (!mustBeGuarded || IsGuarded(guards, name, checksum)))
                {
                    list.Keys.Add((JsonSerializer.Deserialize(body, KeepsakeJson.Default.ApiKey)!, hash));
                    continue;
                }
            }
            catch (Exception e) when (RowFaults.AreDamage(e))
            {
                // Another that opens nothing.
            }

            list.Doubtful.Add(name);
        }

        list.Missing = missing.Count;
        return list;
    }

    private static bool IsGuarded(Dictionary<long, byte[]> guards, string name, byte[] checksum) =>
        guards.TryGetValue(GuardOf(name), out var tag) && tag.Length == IntegrityKey.TagLength && checksum.AsSpan().StartsWith(tag);

    private static Dictionary<long, byte[]> Guards(SqliteSession session)
    {
        using var reader = session.Query("SELECT guarded, guard FROM guards WHERE guarded BETWEEN $1 AND $2", FirstGuard, LastGuard);
        Dictionary<long, byte[]> guards = [];
        while (reader.Read())
        {
            guards[reader.GetInt64(0)] = reader.Bytes(1);
        }

        return guards;
    }

    private static byte[] Digest(string name, byte[] hash, byte[] body)
    {
        var checksum = new RowChecksum("api_keys");
        checksum.Add(name);
        checksum.Add(hash);
        checksum.Add(body);
        return checksum.Finish();
    }
}

/// <summary>The API keys of a database, and what is wrong with their rows.</summary>
internal sealed class ApiKeyList
{
    private const int MaxNamed = 5;

    /// <summary>Gets the keys that Keepsake wrote, by name, with the hash of their secret.</summary>
    public List<(ApiKey Key, byte[] Hash)> Keys { get; } = [];

    /// <summary>Gets the names of rows that Keepsake did not write, or not as they are: they open nothing.</summary>
    public List<string> Doubtful { get; } = [];

    /// <summary>Gets the tags of the rows as they were written last, by the number of their guard.</summary>
    public required IReadOnlyDictionary<long, byte[]> Guards { get; init; }

    /// <summary>Gets or sets how many rows are gone.</summary>
    public int Missing { get; set; }

    /// <summary>Gets whether there is, or was, any key.</summary>
    public bool IsAny => Keys.Count + Doubtful.Count + Guards.Count > 0;

    /// <summary>Gets whether all rows are what was written.</summary>
    public bool IsWhole => Doubtful.Count + Missing == 0;

    /// <summary>Gets what an operator should know; <see langword="null"/>: nothing.</summary>
    public string? Warning => IsWhole ? null : string.Join(' ', Warnings());

    /// <summary>The key with a name.</summary>
    public (ApiKey Key, byte[] Hash)? Of(string name) =>
        Keys.FindIndex(row => string.Equals(row.Key.Name, name, StringComparison.Ordinal)) is var at and >= 0 ? Keys[at] : null;

    /// <summary>Whether there is, or was, a key with a name.</summary>
    public bool Knows(string name) => Of(name) is not null || Doubtful.Contains(name, StringComparer.Ordinal) || Guards.ContainsKey(ApiKeyRows.GuardOf(name));

    private IEnumerable<string> Warnings()
    {
        if (Doubtful.Count > 0)
        {
            var named = Doubtful.Where(ApiKey.IsName).Take(MaxNamed).ToList();
            yield return $"{Doubtful.Count} API keys in the database were written or changed by something else than Keepsake, and open nothing"
                + $"{(named.Count == 0 ? "" : $" ({string.Join(", ", named)})")}. See who can write to the data folder, and revoke them with: keepsake apikey revoke NAME.";
        }

        if (Missing > 0)
        {
            yield return $"{Missing} API keys were removed from the database by something else than Keepsake. Callers still need a key. Restore a backup; or, to go on without them, "
                + $"end Keepsake and remove keys/{CommitsFile.FileName}.";
        }
    }
}
