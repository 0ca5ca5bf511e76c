using Keepsake.Access;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Carries the API keys of the database that was in place over to one that was restored: who may do what is decided since, not in the backup.</summary>
internal static class RestoredKeys
{
    /// <summary>What is said where the keys could not all be read.</summary>
    public const string Unsure =
        "The API keys of the database that was in place could not all be read, so keys that were revoked since the backup may be valid again. List them with: keepsake apikey list";

    /// <summary>Carries them over. A revocation stays, whichever of the two it is in; so does a key that was made after the backup. Doing it again changes nothing.</summary>
    /// <param name="database">The restored database. Nothing else uses it yet.</param>
    /// <param name="before">The file that was in place, with its log beside it.</param>
    /// <param name="now">When keys are revoked of which only that they were changed is known.</param>
    /// <returns>What an operator should know; <see langword="null"/>: nothing.</returns>
    public static async Task<string?> CarryOverAsync(SqliteDatabase database, string before, DateTimeOffset now)
    {
        if (!File.Exists(before))
        {
            return null;
        }

        var (kept, isSure) = Read(before, database.Guard.Keys);
        if (kept is { IsAny: true })
        {
            await database.WriteAsync(
                (session, _) =>
                {
                    Merge(session, kept, now);
                    return true;
                },
                committed: null,
                CancellationToken.None);
        }

        return isSure && kept is not { IsWhole: false } ? null : Unsure;
    }

    private static (ApiKeyList? Kept, bool IsSure) Read(string file, KeysFolder keys)
    {
        try
        {
            using var reader = new DatabaseReader(file, keys);
            if (reader.Session.Number("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'api_keys'") == 0)
            {
                // A file of a program that knew no keys.
                return (null, !keys.Has(ApiKeys.MarkName));
            }

            var isSure = IsSure(reader.Session) && IsLast(reader.Session, file, keys);

            // With another folder's key nothing vouches for who may do what.
            return reader.Session.Guard.IsForeign ? (null, false) : (ApiKeyRows.All(reader.Session), isSure);
        }
        catch (Exception e) when (e is SqliteException or MemoryException || RowFaults.AreDamage(e))
        {
            // Often it is restored because of that.
            return (null, false);
        }
    }

    private static bool IsSure(SqliteSession session)
    {
        try
        {
            IntegrityStart.Inspect(session, session.Guard);
            return true;
        }
        catch (MemoryException)
        {
            // What this folder's key signed is still read, row by row.
            return false;
        }
    }

    // An older database that somebody put in place, which is why a person restores one, knows nothing of what was revoked since.
    private static bool IsLast(SqliteSession session, string file, KeysFolder keys) =>
        new CommitsFile(keys, session.Guard.Key, file, CommitsFile.BeforeName).Read() is not { } known
        || HeadRows.ByNumber(session, 0)?.Members >= known.Commits;

    private static void Merge(SqliteSession session, ApiKeyList kept, DateTimeOffset now)
    {
        var restored = ApiKeyRows.All(session);
        foreach (var (key, hash) in kept.Keys)
        {
            var backedUp = restored.Of(key.Name) is { } same && hash.AsSpan().SequenceEqual(same.Hash) ? same.Key : null;
            ApiKeyRows.Upsert(session, key with { RevokedAt = key.RevokedAt ?? backedUp?.RevokedAt }, hash);
        }

        foreach (var (key, hash) in restored.Keys.Where(row => row.Key.RevokedAt is null && kept.Of(row.Key.Name) is null))
        {
            if (kept.Guards.TryGetValue(ApiKeyRows.GuardOf(key.Name), out var last) && !last.AsSpan().SequenceEqual(restored.Guards[ApiKeyRows.GuardOf(key.Name)]))
            {
                // Its row is lost, and was another than this one: all that ever changes is that a key is revoked.
                ApiKeyRows.Upsert(session, key with { RevokedAt = now }, hash);
            }
        }
    }
}
