namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the table of stores.</summary>
internal static class StoreRows
{
    private const string Columns = "number, name, id, created_at, checksum";

    /// <summary>Reads the stores, by name.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: one is damaged, or the default one, which is never deleted, is gone.</exception>
    public static List<(long Number, StoreInfo Store)> All(SqliteSession session)
    {
        using var reader = session.Query($"SELECT {Columns} FROM stores ORDER BY name");
        List<(long Number, StoreInfo Store)> stores = [];
        while (reader.Read())
        {
            var (number, name, id, createdAt) = (reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3));
            if (!reader.Bytes(4).AsSpan().SequenceEqual(Checksum(number, name, id, createdAt)))
            {
                throw Damaged();
            }

            stores.Add((number, new(name, id, new(createdAt, TimeSpan.Zero), Encrypted: false)));
        }

        return LastNumber(session) == 0 || stores.Exists(s => s.Store.Name == MemoryStores.DefaultStore) ? stores : throw Damaged();
    }

    public static long Insert(SqliteSession session, StoreInfo store)
    {
        // Never a number that was used: who still holds a store that was deleted must not find another in its place.
        var number = LastNumber(session) + 1;
        session.Execute(
            $"INSERT INTO stores ({Columns}) VALUES ($1, $2, $3, $4, $5)",
            number, store.Name, store.Id, store.CreatedAt.UtcTicks, Checksum(number, store.Name, store.Id, store.CreatedAt.UtcTicks));
        return number;
    }

    /// <summary>Whether a store is still there.</summary>
    public static bool Exists(SqliteSession session, long number) => session.Number("SELECT 1 FROM stores WHERE number = $1", number) == 1;

    /// <summary>Erases a store and all it holds.</summary>
    public static void Erase(SqliteSession session, long number)
    {
        foreach (var sql in (string[])
            [
                "DELETE FROM records WHERE store = $1", "DELETE FROM events WHERE store = $1", "DELETE FROM tokens WHERE store = $1",
                "DELETE FROM outbox WHERE store = $1", "DELETE FROM benchmarks WHERE store = $1", "DELETE FROM quarantine WHERE store = $1",
                "DELETE FROM rebuilds WHERE store = $1", "DELETE FROM stores WHERE number = $1",
            ])
        {
            session.Execute(sql, number);
        }
    }

    private static long LastNumber(SqliteSession session) => session.Number("SELECT seq FROM sqlite_sequence WHERE name = 'stores'");

    private static MemoryException Damaged() => new(
        MemoryErrorCode.Corrupt, "The list of stores is damaged on disk. Restore a backup, or import an export into a new data folder.");

    private static byte[] Checksum(long number, string name, string id, long createdAt)
    {
        var checksum = new RowChecksum("stores");
        checksum.Add(number);
        checksum.Add(name);
        checksum.Add(id);
        checksum.Add(createdAt);
        return checksum.Finish();
    }
}
