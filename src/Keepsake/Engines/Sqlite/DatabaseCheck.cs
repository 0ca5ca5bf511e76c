using Keepsake.Protection;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Verifies a database file that nobody has open: that it is one, its tables, and every row.</summary>
internal static class DatabaseCheck
{
    /// <summary>Most namespaces of a store that are counted one by one.</summary>
    public const int MaxNamespaces = 1_000;

    private const int PageSize = 1_000;

    /// <summary>Verifies.</summary>
    /// <param name="file">The file.</param>
    /// <param name="keys">The keys with which its rows may be signed.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: it is no whole database of ours; <see cref="MemoryErrorCode.NotSupported"/>: of a
    /// newer program.</exception>
    public static CheckedDatabase Run(string file, KeysFolder keys, Action<double> progress, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = new DatabaseReader(file, keys);
            var session = reader.Session;
            using var interrupting = cancellationToken.Register(() => SQLitePCL.raw.sqlite3_interrupt(session.Connection.Handle));
            SqliteSchema.RefuseIfNewer(session);
            if (SqliteSchema.VersionOf(session) == 0 || !IsWhole(session))
            {
                throw SqliteFaults.DamagedFile();
            }

            return Count(session, reader.Begin(), progress, cancellationToken);
        }
        catch (SqliteException fault)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw fault.ToMemoryException();
        }
    }

    private static bool IsWhole(SqliteSession session)
    {
        using var reader = session.Query("PRAGMA quick_check(1)");
        return reader.Read() && reader.GetString(0) == "ok";
    }

    private static CheckedDatabase Count(SqliteSession session, IReadOnlyList<StoreRow> stores, Action<double> progress, CancellationToken cancellationToken)
    {
        var rows = Math.Max(1, session.Number("SELECT count(*) FROM records") + session.Number("SELECT count(*) FROM events"));
        Dictionary<(long Store, string? Path), (long Records, long Events)> counts = [];
        var (seen, damaged, shredded) = (0L, TokenRows.CountDamaged(session), 0L);
        foreach (var isEvent in (bool[])[false, true])
        {
            for (long? after = -1; after is not null;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                after = isEvent
                    ? EventRows.Check(session, null, MemoryNamespace.Everything, after.Value, PageSize, Take)
                    : RecordRows.Check(session, null, MemoryNamespace.Everything, after.Value, PageSize, Take);
                progress((double)seen / rows);
            }

            void Take(CheckedRow row)
            {
                seen++;
                damaged += row.IsIntact ? 0 : 1;
                shredded += row.IsShredded ? 1 : 0;
                if (row.IsLive)
                {
                    var (records, events) = counts.GetValueOrDefault((row.Store, row.Path));
                    counts[(row.Store, row.Path)] = isEvent ? (records, events + 1) : (records + 1, events);
                }
            }
        }

        return new(
            SqliteSchema.VersionOf(session), damaged, shredded, session.Guard.IsForeign,
            [.. stores.Select(store => Of(store.Store, counts.Where(count => count.Key.Store == store.Number)))]);
    }

    private static BackupStore Of(StoreInfo store, IEnumerable<KeyValuePair<(long Store, string? Path), (long Records, long Events)>> counts)
    {
        var all = counts.ToList();
        return new(
            store.Name,
            store.Id,
            all.Sum(count => count.Value.Records),
            all.Sum(count => count.Value.Events),
            [
                .. all.Where(count => count.Key.Path is not null)
                    .OrderByDescending(count => count.Value.Records + count.Value.Events).ThenBy(count => count.Key.Path, StringComparer.Ordinal)
                    .Take(MaxNamespaces)
                    .Select(count => new BackupNamespace(count.Key.Path!, count.Value.Records, count.Value.Events)),
            ]);
    }
}

/// <summary>What a verified database holds.</summary>
/// <param name="Schema">The version of its tables.</param>
/// <param name="DamagedRows">How many rows failed their check.</param>
/// <param name="ShreddedRows">How many rows nobody can read any more, because a key was destroyed.</param>
/// <param name="IsForeign">Whether another folder's key signed the rows, so that only damage could be told.</param>
/// <param name="Stores">The stores.</param>
internal sealed record CheckedDatabase(int Schema, long DamagedRows, long ShreddedRows, bool IsForeign, IReadOnlyList<BackupStore> Stores);
