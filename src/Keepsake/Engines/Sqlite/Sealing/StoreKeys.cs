using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite.Sealing;

/// <summary>Opens and makes the vaults of a data folder's stores.</summary>
/// <param name="guard">Takes the vaults.</param>
/// <param name="masters">The master keys.</param>
/// <param name="time">Dates new keys.</param>
internal sealed class StoreKeys(RowGuard guard, MasterKeys masters, TimeProvider time) : IDisposable
{
    /// <summary>Gets the master keys.</summary>
    public MasterKeys Masters => masters;

    /// <summary>Gets the notes of stores that are being deleted.</summary>
    public DeletedRings Deleted { get; } = new(guard.Keys);

    /// <summary>Gets the notes of stores whose old keys somebody may have.</summary>
    public CompromisedRings Compromised { get; } = new(guard.Keys);

    /// <summary>Opens the vaults of stores. One whose keys cannot be had is locked, and the others go on.</summary>
    public void Open(IEnumerable<StoreRow> stores)
    {
        foreach (var store in stores)
        {
            guard.SetVault(store.Number, VaultOf(store));
        }
    }

    /// <summary>Makes the keys of a store that is to be encrypted. Nothing is sealed with them yet.</summary>
    /// <returns>The vault.</returns>
    public StoreVault Create(string storeId, SealingState state) => new(storeId, state, KeyRing.Create(guard.Keys, storeId, masters, time));

    /// <summary>Removes the keys of a store that was deleted, also of one that is locked.</summary>
    /// <exception cref="MemoryException">A file could not be removed; the next start tries again.</exception>
    public void Delete(long number, string storeId)
    {
        if (guard.VaultOf(number) is { Locked: null } vault)
        {
            // The vault stays: who began to read or write before must not take the store for a plain one.
            vault.Ring.Delete();
        }
        else
        {
            Deleted.Wipe(storeId);
            guard.SetVault(number, null);
        }

        FailPoint.Hit("delete.keys-gone");
        Compromised.End(storeId);
        Deleted.Forget(storeId);
    }

    /// <summary>Goes on with deletions that were cut off.</summary>
    /// <param name="isThere">Whether there is a store with an id.</param>
    public void FinishDeletions(Func<string, bool> isThere)
    {
        foreach (var store in Deleted.Begun)
        {
            if (!isThere(store))
            {
                Deleted.Wipe(store);
            }

            Deleted.Forget(store);
        }
    }

    /// <summary>Removes the keys of a store that is not encrypted any more.</summary>
    public void Wipe(long number)
    {
        if (guard.VaultOf(number) is { Locked: null } vault)
        {
            // In this order: without a vault the store may be encrypted anew, and the new keys go into a file of the same name.
            vault.Ring.Remove();
            Compromised.End(vault.StoreId);
            guard.SetVault(number, null);
        }
    }

    /// <summary>Makes a new master key and seals all rings with it, or goes on with that where it was cut off.</summary>
    /// <returns>Whether it could: a key that comes from elsewhere is replaced there.</returns>
    public bool ReplaceMaster()
    {
        if (guard.Vaults.Any(store => store.Vault.Locked is not null) || !masters.BeginReplacing())
        {
            return false;
        }

        foreach (var (_, vault) in guard.Vaults)
        {
            vault.Ring.SealAnew();
            FailPoint.Hit("rotate.ring-sealed");
        }

        masters.Replaced();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => masters.Dispose();

    private StoreVault? VaultOf(StoreRow store)
    {
        try
        {
            if (store.Sealing is SealingState.Plain)
            {
                RefuseDowngrade(store.Store.Id);
                return null;
            }

            var ring = KeyRing.Open(guard.Keys, store.Store.Id, masters, time);
            return ring.Epoch >= store.Epoch
                ? new(store.Store.Id, store.Sealing, ring)
                : throw new MemoryException(
                    MemoryErrorCode.Unavailable,
                    $"The key ring of this encrypted store is older than its data (epoch {ring.Epoch}, and {store.Epoch} is needed). Put the newest copy of the folder keys/ back, and start Keepsake again.");
        }
        catch (MemoryException e)
        {
            return new(store.Store.Id, SealingState.Sealed, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(store.Store.Id, SealingState.Sealed, new MemoryException(MemoryErrorCode.Unavailable, "The folder keys/ cannot be read. Check its permissions, and start Keepsake again.", e));
        }
    }

    // Whoever puts back a list of stores from before the encryption must not have it written in plain.
    private void RefuseDowngrade(string storeId)
    {
        if (KeyRing.HasSealed(guard.Keys, storeId))
        {
            throw new MemoryException(
                MemoryErrorCode.Corrupt, "The database says that this store is not encrypted, and its key ring that it is. Put the right database back, or the right folder keys/.");
        }
    }
}
