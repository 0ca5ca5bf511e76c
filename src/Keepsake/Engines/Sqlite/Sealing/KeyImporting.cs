using System.Security.Cryptography;
using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite.Sealing;

/// <summary>Gives a store its exported keys back, where its own are lost.</summary>
/// <remarks>
/// Only a store that is locked takes keys, and never older ones than its rows, its ring or a receipt know of: an export from before a rotation or a
/// shredding would bring back what was destroyed. The keys count from the next time that the stores are opened.
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="masters">The master keys.</param>
/// <param name="time">Dates what is lost.</param>
internal sealed class KeyImporting(SqliteDatabase database, MasterKeys masters, TimeProvider time)
{
    private const string HowToGetNewer = "Use the newest export, or a copy of the folder keys/.";

    /// <summary>Takes the keys.</summary>
    /// <param name="store">The store's number.</param>
    /// <param name="exported">The keys.</param>
    /// <param name="withLoss">Whether rows may be given up that other keys sealed.</param>
    /// <param name="cancellationToken">Gives up before anything is done.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotSupported"/>: the store is not encrypted; <see cref="MemoryErrorCode.Conflict"/>: the keys
    /// are not those that it needs, and the message says why.</exception>
    public async Task<KeyImport> RunAsync(long store, ExportedRing exported, bool withLoss, CancellationToken cancellationToken)
    {
        var vault = database.Guard.VaultOf(store)
            ?? throw new MemoryException(MemoryErrorCode.NotSupported, "This store is not encrypted, so it takes no keys.");
        if (!string.Equals(exported.StoreId, vault.StoreId, StringComparison.Ordinal))
        {
            throw Refused($"These are the keys of the store {exported.StoreId}, and this one is {vault.StoreId}. Restore the backup that holds that store, or name it with --store.");
        }

        if (vault.Locked is null)
        {
            return vault.Ring.Holds(exported)
                ? new(exported.Keys.Count, IsUnchanged: true, 0, 0)
                : throw Refused("This store has its keys, and they are not those of the file. Nothing needs to be put back, and keys that were replaced or destroyed must not come back.");
        }

        var row = await database.ReadAsync(session => StoreRows.Rows(session).Find(row => row.Number == store), cancellationToken)
            ?? throw MemoryException.NotFound("The store was deleted.");
        if (row.Sealing is SealingState.Plain)
        {
            throw Refused(vault.Locked.Message);
        }

        if (exported.Epoch < row.Epoch)
        {
            throw Refused($"The keys are older than the data (epoch {exported.Epoch}, and {row.Epoch} is needed): keys were replaced or destroyed since. {HowToGetNewer}");
        }

        var here = Here(exported);
        var pairs = await database.ReadAsync(session => Pairs(session, store), cancellationToken);
        var known = exported.Keys.Select(key => key.Number).ToHashSet();
        var lost = pairs.SelectMany(pair => (int[])[pair.Key.NamespaceKey, pair.Key.ActorKey]).Where(number => number != 0 && !known.Contains(number)).ToHashSet();
        var lostRows = pairs.Where(pair => lost.Contains(pair.Key.NamespaceKey) || lost.Contains(pair.Key.ActorKey)).Sum(pair => pair.Rows);
        lost.UnionWith(here.Where(key => key.Kind is not KeyKind.Destroyed && !known.Contains(key.Number)).Select(key => key.Number));
        if (lost.Count > 0 && !withLoss)
        {
            throw Refused(
                $"{Keys(lost.Count)} made after this export, and {lostRows:N0} records and events are sealed with what it lacks. {HowToGetNewer} "
                + "To have the rest back and give those up for good: --with-loss");
        }

        var gone = lost.Union(here.Where(key => !known.Contains(key.Number)).Select(key => key.Number)).ToList();
        KeyRing.Put(database.Guard.Keys, masters, time, exported, gone, ring => RefuseUnlessOpens(ring, exported.StoreId, pairs));
        return new(exported.Keys.Count, IsUnchanged: false, lost.Count, lostRows);
    }

    // What is known here without a master key: the ring that is locked, as far as it can be read, and the receipts of what was shredded.
    private List<RingKey> Here(ExportedRing exported)
    {
        List<RingKey> here;
        try
        {
            here = new RingFile(database.Guard.Keys, exported.StoreId).Read();
        }
        catch (MemoryException e) when (e.Code is MemoryErrorCode.Corrupt)
        {
            here = [];
        }

        var offered = exported.Keys.ToDictionary(key => key.Number);
        if (here.Exists(line => offered.TryGetValue(line.Number, out var key) && !key.IsOf(line) && key.Kind is not KeyKind.Destroyed)
            || new Receipts(database.Guard.Keys).DestroyedOf(exported.StoreId).Any(number => offered.TryGetValue(number, out var key) && key.Kind is not KeyKind.Destroyed))
        {
            throw Refused($"Keys of this export were destroyed since, and do not come back. {HowToGetNewer}");
        }

        return here;
    }

    // Two folders that were one once make keys of the same numbers.
    private static void RefuseUnlessOpens(KeyRing ring, string storeId, IReadOnlyList<(RowKey Key, long Rows)> pairs)
    {
        using var keys = new RecordKeys(ring, storeId);
        var (opened, failed) = (0, 0);
        foreach (var (key, _) in pairs)
        {
            if (IsThere(key.NamespaceKey) && IsThere(key.ActorKey))
            {
                try
                {
                    CryptographicOperations.ZeroMemory(keys.Open(key.NamespaceKey, key.ActorKey, key.Sealed));
                    opened++;
                }
                catch (CryptographicException)
                {
                    failed++;
                }
            }
        }

        // One row may be damaged; all of them are of another folder.
        if (failed > opened)
        {
            throw Refused("These keys do not open what is stored here: they are those of another copy of the data folder.");
        }

        bool IsThere(int number) => number == 0 || ring.Find(number) is not null;
    }

    // One row of each pair of keys, with how many there are.
    private static List<(RowKey Key, long Rows)> Pairs(SqliteSession session, long store)
    {
        using var reader = session.Query(
            """
            SELECT min(guarded), namespace_key, actor_key, row_key, count(*) FROM guards JOIN heads ON number = head
            WHERE +store = $1 AND row_key IS NOT NULL GROUP BY namespace_key, actor_key
            """,
            store);
        List<(RowKey, long)> pairs = [];
        while (reader.Read())
        {
            pairs.Add((new((int)reader.GetInt64(1), (int)reader.GetInt64(2), reader.Bytes(3)), reader.GetInt64(4)));
        }

        return pairs;
    }

    private static string Keys(int count) => count == 1 ? "1 key was" : $"{count:N0} keys were";

    private static MemoryException Refused(string reason) => new(MemoryErrorCode.Conflict, reason);
}
