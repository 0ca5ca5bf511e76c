using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection.Integrity;
using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite;

/// <summary>A row of the table of stores.</summary>
/// <param name="Number">The store's number.</param>
/// <param name="Store">What the store is.</param>
/// <param name="Sealing">How far it is encrypted.</param>
/// <param name="Epoch">The epoch that its key ring has at least; 0: it has no ring.</param>
internal sealed record StoreRow(long Number, StoreInfo Store, SealingState Sealing, int Epoch);

/// <summary>Rows of the table of stores.</summary>
internal static class StoreRows
{
    private const string Columns = "number, name, id, created_at, sealing, epoch, checksum";

    /// <summary>Reads the stores, by name.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: one is damaged, or the default one, which is never deleted, is gone.</exception>
    public static List<(long Number, StoreInfo Store)> All(SqliteSession session) => [.. Rows(session).Select(row => (row.Number, row.Store))];

    /// <summary>Reads the stores, by name, with how far they are encrypted.</summary>
    /// <inheritdoc cref="All"/>
    public static List<StoreRow> Rows(SqliteSession session) => Rows(
        session, session.Guard.IsForeign ? IsUndamaged : (number, digest, checksum) => session.Guard.Key.Vouches(0, number, digest, checksum));

    /// <summary>Signs the stores anew that an earlier program, or one with another key, wrote.</summary>
    public static void Adopt(SqliteSession session)
    {
        foreach (var row in Rows(session, IsUndamaged))
        {
            Write(session, row);
        }
    }

    public static long Insert(SqliteSession session, StoreInfo store, SealingState sealing = SealingState.Plain, int epoch = 0)
    {
        // Never a number that was used: who still holds a store that was deleted must not find another in its place.
        var row = new StoreRow(LastNumber(session) + 1, store, sealing, epoch);
        Write(session, row);
        return row.Number;
    }

    /// <summary>Writes a row, in the place of the one with its number.</summary>
    public static void Write(SqliteSession session, StoreRow row)
    {
        var checksum = session.Guard.Key.Checksum(0, row.Number, Digest(row));
        session.Execute(
            $"""
            INSERT INTO stores ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (number) DO UPDATE SET sealing = $5, epoch = $6, checksum = $7
            """,
            row.Number, row.Store.Name, row.Store.Id, row.Store.CreatedAt.UtcTicks, (long)row.Sealing, row.Epoch, checksum);
        session.Guard.Heads.Change(session, -row.Number, 0, GuardedTable.Stores, "", checksum);
    }

    /// <summary>Whether a store is still there.</summary>
    public static bool Exists(SqliteSession session, long number) => session.Number("SELECT 1 FROM stores WHERE number = $1", number) == 1;

    /// <summary>Erases a store and all it holds.</summary>
    /// <param name="session">The connection that writes.</param>
    /// <param name="number">The store's number.</param>
    /// <param name="next">Numbers the note that stays.</param>
    public static void Erase(SqliteSession session, long number, SequenceCounter next)
    {
        ChangeRows.NoteErasure(session, number, next);
        session.Guard.Heads.RemoveStore(session, number);
        session.Guard.Heads.Remove(session, -number);
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

    private static List<StoreRow> Rows(SqliteSession session, Func<long, byte[], byte[], bool> isGenuine)
    {
        using var reader = session.Query($"SELECT {Columns} FROM stores ORDER BY name");
        List<StoreRow> stores = [];
        while (reader.Read())
        {
            var sealing = (SealingState)reader.GetInt64(4);
            var row = new StoreRow(
                reader.GetInt64(0),
                new(reader.GetString(1), reader.GetString(2), new(reader.GetInt64(3), TimeSpan.Zero), Encrypted: sealing is not SealingState.Plain),
                sealing,
                (int)reader.GetInt64(5));

            // Of a store without a ring the digest says nothing of its sealing, so that one must be what it is without.
            if (!isGenuine(row.Number, Digest(row), reader.Bytes(6)) || (row.Epoch == 0 && row.Sealing != SealingState.Plain))
            {
                throw Damaged();
            }

            stores.Add(row);
        }

        return LastNumber(session) == 0 || stores.Exists(s => s.Store.Name == MemoryStores.DefaultStore) ? stores : throw Damaged();
    }

    private static bool IsUndamaged(long number, byte[] digest, byte[] checksum) => checksum.Length == RowChecksum.UnkeyedLength
        ? checksum.AsSpan().SequenceEqual(digest.AsSpan(0, RowChecksum.UnkeyedLength))
        : IntegrityKey.IsUndamaged(0, number, digest, checksum);

    private static long LastNumber(SqliteSession session) => session.Number("SELECT seq FROM sqlite_sequence WHERE name = 'stores'");

    private static MemoryException Damaged() => new(
        MemoryErrorCode.Corrupt, "The list of stores is damaged on disk. Restore a backup, or import an export into a new data folder.");

    // As schema 3 had it for a store that was never encrypted.
    private static byte[] Digest(StoreRow row)
    {
        var checksum = new RowChecksum("stores");
        checksum.Add(row.Number);
        checksum.Add(row.Store.Name);
        checksum.Add(row.Store.Id);
        checksum.Add(row.Store.CreatedAt.UtcTicks);
        if (row.Epoch > 0)
        {
            checksum.Add((long)row.Sealing);
            checksum.Add((long)row.Epoch);
        }

        return checksum.Finish();
    }
}
