using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Keepsake.Protection.Integrity;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows that remember which write a caller's token stands for, and what was answered. They hold ids and outcomes, never content.</summary>
internal static class TokenRows
{
    /// <summary>The number that stands for the data folder where a row names a store: writes of stores themselves.</summary>
    public const long Folder = 0;

    /// <summary>The first answer to a token.</summary>
    /// <returns>The answer, or <see langword="null"/> when the token is new.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: it stands for another write.</exception>
    public static T? Find<T>(SqliteSession session, SqliteHealth health, long store, WriteToken token, JsonTypeInfo<T> type)
        where T : class
    {
        using var reader = session.Query(
            "SELECT fingerprint, reply, created_at, checksum FROM tokens WHERE store = $1 AND token = $2", store, Key(token));
        if (!reader.Read())
        {
            return null;
        }

        var (fingerprint, reply, createdAt) = (reader.GetString(0), reader.Bytes(1), reader.GetInt64(2));
        if (!IsGenuine(session, store, Key(token), fingerprint, reply, createdAt, reader.Bytes(3)))
        {
            health.Damaged("tokens", createdAt);
            throw new MemoryException(MemoryErrorCode.Corrupt, "What this token stood for is damaged on disk. Use a new token.");
        }

        return string.Equals(fingerprint, token.Fingerprint, StringComparison.Ordinal)
            ? JsonSerializer.Deserialize(reply, type)!
            : throw new MemoryException(MemoryErrorCode.Conflict, "This token was used for another write. Use a new token for a new write.");
    }

    public static void Insert<T>(SqliteSession session, long store, WriteToken token, T answer, JsonTypeInfo<T> type, DateTimeOffset now)
    {
        var reply = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        session.Execute(
            "INSERT INTO tokens (store, token, fingerprint, reply, created_at, checksum) VALUES ($1, $2, $3, $4, $5, $6)",
            store, Key(token), token.Fingerprint, reply, now.UtcTicks, session.Guard.Key.Checksum(store, 0, Digest(store, Key(token), token.Fingerprint, reply, now.UtcTicks)));
    }

    /// <summary>Counts the rows of all stores that fail their check.</summary>
    public static long CountDamaged(SqliteSession session)
    {
        using var reader = session.Query("SELECT store, token, fingerprint, reply, created_at, checksum FROM tokens");
        var damaged = 0L;
        while (reader.Read())
        {
            try
            {
                damaged += IsGenuine(session, reader.GetInt64(0), reader.Bytes(1), reader.GetString(2), reader.Bytes(3), reader.GetInt64(4), reader.Bytes(5)) ? 0 : 1;
            }
            catch (Exception e) when (e is InvalidCastException or InvalidOperationException)
            {
                // A flipped bit in a row's header changes the columns' types.
                damaged++;
            }
        }

        return damaged;
    }

    // Hashed, because callers build tokens from what they like.
    private static byte[] Key(WriteToken token) => SHA256.HashData(Encoding.UTF8.GetBytes(token.Value));

    // A token lives for days, so those of an earlier program or key are not signed anew: they are taken until they are gone.
    private static bool IsGenuine(SqliteSession session, long store, byte[] key, string fingerprint, byte[] reply, long createdAt, byte[] checksum)
    {
        var digest = Digest(store, key, fingerprint, reply, createdAt);
        return session.Guard.Key.Vouches(store, 0, digest, checksum)
            || (createdAt <= session.Guard.AdoptsTokensUpTo
                && (checksum.Length == RowChecksum.UnkeyedLength
                    ? checksum.AsSpan().SequenceEqual(digest.AsSpan(0, RowChecksum.UnkeyedLength))
                    : IntegrityKey.IsUndamaged(store, 0, digest, checksum)));
    }

    private static byte[] Digest(long store, byte[] key, string fingerprint, byte[] reply, long createdAt)
    {
        var checksum = new RowChecksum("tokens");
        checksum.Add(store);
        checksum.Add(key);
        checksum.Add(fingerprint);
        checksum.Add(reply);
        checksum.Add(createdAt);
        return checksum.Finish();
    }
}
