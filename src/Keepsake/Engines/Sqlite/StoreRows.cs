namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the table of stores.</summary>
internal static class StoreRows
{
    private const string Columns = "number, name, id, created_at, checksum";

    public static List<(long Number, StoreInfo Store)> All(SqliteSession session)
    {
        using var reader = session.Query($"SELECT {Columns} FROM stores ORDER BY name");
        List<(long, StoreInfo)> stores = [];
        while (reader.Read())
        {
            var (number, name, id, createdAt) = (reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3));
            if (!reader.Bytes(4).AsSpan().SequenceEqual(Checksum(number, name, id, createdAt)))
            {
                throw new MemoryException(
                    MemoryErrorCode.Corrupt, "The list of stores is damaged on disk. Restore a backup, or import an export into a new data folder.");
            }

            stores.Add((number, new(name, id, new(createdAt, TimeSpan.Zero), Encrypted: false)));
        }

        return stores;
    }

    public static long Insert(SqliteSession session, StoreInfo store)
    {
        var number = session.Number("SELECT max(number) FROM stores") + 1;
        session.Execute(
            $"INSERT INTO stores ({Columns}) VALUES ($1, $2, $3, $4, $5)",
            number, store.Name, store.Id, store.CreatedAt.UtcTicks, Checksum(number, store.Name, store.Id, store.CreatedAt.UtcTicks));
        return number;
    }

    /// <summary>Erases a store and all it holds.</summary>
    public static void Erase(SqliteSession session, long number)
    {
        foreach (var sql in (string[])
            [
                "DELETE FROM records WHERE store = $1", "DELETE FROM events WHERE store = $1", "DELETE FROM tokens WHERE store = $1",
                "DELETE FROM outbox WHERE store = $1", "DELETE FROM stores WHERE number = $1",
            ])
        {
            session.Execute(sql, number);
        }
    }

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
