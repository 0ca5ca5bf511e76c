using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite;

/// <summary>Brings a database that was just restored to what has been decided since it was backed up.</summary>
internal static class RestoredRows
{
    /// <summary>Most rows that are looked at in one transaction.</summary>
    public const int MaxRows = 5_000;

    /// <summary>Erases what was shredded, and has stores sealed again that were encrypted since. Nothing else uses the database yet.</summary>
    /// <returns>How many rows were shredded.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: the database is not to be used; or it cannot be written.</exception>
    public static async Task<long> SettleAsync(SqliteDatabase database)
    {
        await database.Care.Checked;
        database.Health.ThrowIfRefused();
        var keys = database.Guard.Keys;
        var stores = await database.ReadAsync(StoreRows.Rows, CancellationToken.None);
        foreach (var store in stores.Where(store => store.Sealing is SealingState.Plain && KeyRing.HasSealed(keys, store.Store.Id)))
        {
            // Who encrypted the store did not mean it to be plain again.
            await WriteAsync(database, session => StoreRows.Write(session, store with { Sealing = SealingState.Sealing, Epoch = KeyRing.EpochOf(keys, store.Store.Id) }));
        }

        var destroyed = stores.ToDictionary(store => store.Number, store => KeyRing.DestroyedOf(keys, store.Store.Id));
        var erased = 0L;
        for (var after = destroyed.Values.All(numbers => numbers.Count == 0) ? -1L : 0; after >= 0;)
        {
            var from = after;
            var (last, shredded) = await database.ReadAsync(session => Shredded(session, destroyed, from), CancellationToken.None);
            await WriteAsync(database, session => erased += shredded.Sum(row => RecordRows.Erase(session, row) + EventRows.Erase(session, row)));
            after = last;
        }

        return erased;
    }

    private static (long Last, List<long> Shredded) Shredded(SqliteSession session, Dictionary<long, IReadOnlySet<int>> destroyed, long after)
    {
        using var reader = session.Query(
            """
            SELECT guarded, coalesce(namespace_key, 0), coalesce(actor_key, 0),
                coalesce((SELECT store FROM records WHERE seq = guarded), (SELECT store FROM events WHERE seq = guarded))
            FROM guards WHERE guarded > $1 AND row_key IS NOT NULL ORDER BY guarded LIMIT $2
            """,
            after, MaxRows);
        List<long> shredded = [];
        var count = 0;
        for (; reader.Read(); count++)
        {
            after = reader.GetInt64(0);
            if (reader.NumberOrNull(3) is { } store && destroyed.GetValueOrDefault(store) is { } numbers
                && (numbers.Contains((int)reader.GetInt64(1)) || numbers.Contains((int)reader.GetInt64(2))))
            {
                shredded.Add(after);
            }
        }

        return (count < MaxRows ? -1 : after, shredded);
    }

    private static Task<bool> WriteAsync(SqliteDatabase database, Action<SqliteSession> write) => database.WriteAsync(
        (session, _) =>
        {
            write(session);
            return true;
        },
        committed: null,
        CancellationToken.None);
}
