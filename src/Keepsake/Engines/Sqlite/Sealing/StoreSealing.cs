using System.Collections.Concurrent;
using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite.Sealing;

/// <summary>Encrypts, decrypts and rotates stores: what begins it, and what goes on with it beside the work.</summary>
internal sealed class StoreSealing(SqliteDatabase database, StoreKeys keys) : IAsyncDisposable
{
    private const string IsSealed = "substr(body, 1, 4) = x'4b534531'";

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(16);

    private readonly ConcurrentDictionary<long, (KeyWork Work, Task Task)> _running = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _beginning = new(1);

    /// <summary>Goes on with what was cut off.</summary>
    public void Resume()
    {
        foreach (var (store, vault) in database.Guard.Vaults)
        {
            if (vault.Locked is null)
            {
                Start(store);
            }
        }

        try
        {
            if (keys.Masters.IsReplacing && database.Health.ReadOnly is null)
            {
                keys.ReplaceMaster();
            }
        }
        catch (MemoryException)
        {
            // Both keys are there, and the next start tries again.
        }
    }

    /// <summary>Begins to encrypt a store.</summary>
    public Task EncryptAsync(long store, string storeId, CancellationToken cancellationToken) => BeginAsync(store, async () =>
    {
        if (database.Guard.VaultOf(store) is { } vault)
        {
            RefuseUnless(vault.State is SealingState.Sealed or SealingState.Sealing, "It is being decrypted. Wait until that has ended.");
            return;
        }

        var made = keys.Create(storeId, SealingState.Sealing);
        FailPoint.Hit("encrypt.keys-made");
        await SetAsync(store, SealingState.Sealing, made, cancellationToken);
    });

    /// <summary>Begins to decrypt a store.</summary>
    public Task DecryptAsync(long store, CancellationToken cancellationToken) => BeginAsync(store, async () =>
    {
        if (database.Guard.VaultOf(store) is not { } vault)
        {
            return;
        }

        RefuseUnless(vault.State is SealingState.Sealed or SealingState.Opening, "It is being encrypted. Wait until that has ended.");
        await SetAsync(store, SealingState.Opening, vault, cancellationToken);
    });

    /// <summary>Begins to replace keys.</summary>
    public Task RotateAsync(long store, Func<RingKey, bool> chosen, bool replacesMaster, bool compromised, CancellationToken cancellationToken) => BeginAsync(store, async () =>
    {
        var vault = Open(store);
        RefuseUnless(vault.State is SealingState.Sealed, "It is being encrypted or decrypted. Wait until that has ended.");
        if (replacesMaster)
        {
            await Task.Run(keys.ReplaceMaster, cancellationToken);
        }

        // First, so that a kill in between destroys too many keys rather than too few.
        if (compromised)
        {
            keys.Compromised.Begin(vault.StoreId);
        }

        if (await Task.Run(() => vault.Ring.Rotate(chosen), cancellationToken) > 0)
        {
            // Whoever wrote with the old keys has committed when this has; who writes afterwards sees the new epoch.
            await database.WriteAsync(
                (session, _) =>
                {
                    PutEpoch(session, store, vault);
                    return 0;
                },
                null,
                cancellationToken);
            FailPoint.Hit("rotate.active");
        }
    });

    /// <summary>Gives a store its exported keys back; see <see cref="KeyImporting"/>.</summary>
    public async Task<KeyImport> ImportAsync(long store, ExportedRing exported, bool withLoss, TimeProvider time, CancellationToken cancellationToken)
    {
        await _beginning.WaitAsync(cancellationToken);
        try
        {
            return await new KeyImporting(database, keys.Masters, time).RunAsync(store, exported, withLoss, cancellationToken);
        }
        finally
        {
            _beginning.Release();
        }
    }

    /// <summary>Says how far the work is, as <see cref="SealingProgress"/> does.</summary>
    public async Task<SealingProgress> ProgressAsync(long store, CancellationToken cancellationToken)
    {
        if (_running.TryGetValue(store, out var running) && running.Task is { IsFaulted: true, Exception.InnerException: MemoryException error })
        {
            throw new MemoryException(error.Code, error.Message, error);
        }

        var isRunning = running.Task is { IsCompleted: false };
        if (database.Guard.VaultOf(store) is not { } vault)
        {
            return new("plain", 0, 0, 0);
        }

        _ = Open(store);
        var counted = isRunning ? await running.Work.TotalAsync(cancellationToken) : 0;
        var done = isRunning ? running.Work.Done : 0;
        var state = vault.State switch
        {
            SealingState.Sealing => "encrypting",
            SealingState.Opening => "decrypting",
            _ when isRunning => "rotating",
            _ => "encrypted",
        };

        // What was written since it was counted is looked at too.
        return new(state, vault.Epoch, done, Math.Max(done, counted));
    }

    /// <summary>Waits until the work on a store has ended.</summary>
    public Task SettleAsync(long store) => _running.TryGetValue(store, out var running) ? running.Task : Task.CompletedTask;

    /// <summary>The vault of an encrypted store.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotSupported"/>: it is not encrypted; <see cref="MemoryErrorCode.Unavailable"/>: its keys cannot be had.</exception>
    public StoreVault Open(long store)
    {
        var vault = database.Guard.VaultOf(store)
            ?? throw new MemoryException(MemoryErrorCode.NotSupported, "This store is not encrypted, so it has no keys. Encrypt it with: keepsake store encrypt NAME");
        return vault.Locked is { } reason ? throw new MemoryException(reason.Code, reason.Message, reason) : vault;
    }

    /// <summary>Writes down the epoch that a store's ring has at least.</summary>
    public static void PutEpoch(SqliteSession session, long store, StoreVault vault)
    {
        var row = StoreRows.Rows(session).Find(row => row.Number == store) ?? throw MemoryException.NotFound("The store was deleted.");
        StoreRows.Write(session, row with { Sealing = vault.State, Epoch = vault.Epoch });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var (_, task) in _running.Values)
        {
            await task.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        _stop.Dispose();
        _beginning.Dispose();
    }

    private async Task BeginAsync(long store, Func<Task> begin)
    {
        await _beginning.WaitAsync(_stop.Token);
        try
        {
            await begin();
            Start(store);
        }
        finally
        {
            _beginning.Release();
        }
    }

    // One at a time for each store: work that is begun anew takes what the one before it had left.
    private void Start(long store)
    {
        var before = SettleAsync(store);
        var work = new KeyWork(database, store);
        _running[store] = (work, Task.Run(async () =>
        {
            await before.ContinueWith(_ => { }, TaskScheduler.Default);
            await RunAsync(store, work);
        }));
    }

    // What passes, such as read-only mode or a full disk, is waited for: nobody else begins this again.
    private async Task RunAsync(long store, KeyWork work)
    {
        for (var wait = FirstWait; ; wait = wait < LongestWait ? 2 * wait : wait)
        {
            try
            {
                work.Restart();
                await RunAsync(store, work, _stop.Token);
                database.Health.Note(Finding(store), null);
                return;
            }
            catch (MemoryException e) when (e.Code is MemoryErrorCode.ReadOnly or MemoryErrorCode.StorageFull or MemoryErrorCode.Unavailable)
            {
                database.Health.Note(Finding(store), $"The work on a store's keys waits: {e.Message}");
                await Task.Delay(wait, _stop.Token);
            }
            catch (MemoryException e)
            {
                // A store that was deleted meanwhile needs nobody's care.
                database.Health.Note(Finding(store), e.Code == MemoryErrorCode.NotFound ? null : e.Message);
                throw;
            }
        }
    }

    private async Task RunAsync(long store, KeyWork work, CancellationToken cancellationToken)
    {
        await database.Care.Checked;
        if (database.Health.Refused is not null)
        {
            return;
        }

        switch (database.Guard.VaultOf(store)?.State)
        {
            case SealingState.Sealing:
                await work.RewriteAsync($"NOT {IsSealed}", [], cancellationToken);
                await RefuseIfLeftAsync(work, $"NOT {IsSealed}", "encrypted", cancellationToken);
                FailPoint.Hit("encrypt.rows-done");
                await SetAsync(store, SealingState.Sealed, database.Guard.VaultOf(store)!, cancellationToken);
                break;
            case SealingState.Opening:
                await work.RewriteAsync(IsSealed, [], cancellationToken);
                await RefuseIfLeftAsync(work, IsSealed, "decrypted", cancellationToken);
                FailPoint.Hit("decrypt.rows-done");

                // Who began to read before may still come upon sealed rows. A ring without keys says that nothing is sealed, whatever comes between the two.
                await database.DrainReadersAsync(cancellationToken);
                database.Guard.VaultOf(store)!.Ring.Close();
                FailPoint.Hit("decrypt.keys-gone");
                await SetAsync(store, SealingState.Plain, null, cancellationToken);
                break;
            case SealingState.Sealed:
                await RotateRowsAsync(store, work, cancellationToken);
                break;
            default:
                break;
        }
    }

    // Called encrypted, they would lie there in plain; called decrypted, they would be lost with the keys.
    private static async Task RefuseIfLeftAsync(KeyWork work, string which, string what, CancellationToken cancellationToken)
    {
        if (await work.CountAsync(which, cancellationToken) is > 0 and var left)
        {
            throw new MemoryException(
                MemoryErrorCode.Corrupt,
                $"{left} rows cannot be read, so they were not {what}, and the store is not {what} as a whole. Forget what is damaged for good (hard), or put back what was removed or changed; "
                + "the work goes on with the next start.");
        }
    }

    private async Task RotateRowsAsync(long store, KeyWork work, CancellationToken cancellationToken)
    {
        var vault = Open(store);
        await WarnOfEarlierNoteAsync(store, cancellationToken);
        if (!keys.Compromised.IsBegun(vault.StoreId))
        {
            if (HasOld(vault))
            {
                await work.SealKeysAnewAsync(cancellationToken);
                FailPoint.Hit("rotate.verifying");
                await work.CountOldAsync(cancellationToken);
            }

            return;
        }

        bool isDone;
        do
        {
            var epoch = vault.Epoch;
            await work.RewriteOldAsync(cancellationToken);
            await work.SealKeysAnewAsync(cancellationToken);
            FailPoint.Hit("rotate.verifying");
            if (await work.CountOldAsync(cancellationToken) > 0)
            {
                return;
            }

            // Who began to read before still comes upon rows as they were.
            await database.DrainReadersAsync(cancellationToken);
            isDone = await DestroyOldAsync(store, vault, epoch, cancellationToken);
        }
        while (!isDone);
    }

    // Where keys were replaced again meanwhile, rows still need those before: they are looked through once more.
    private async Task<bool> DestroyOldAsync(long store, StoreVault vault, int epoch, CancellationToken cancellationToken)
    {
        await _beginning.WaitAsync(cancellationToken);
        try
        {
            if (vault.Epoch != epoch)
            {
                return false;
            }

            await database.WriteAsync(
                (session, _) =>
                {
                    vault.Ring.Destroy(key => vault.Ring.Active(key.Kind, key.Name)?.Number != key.Number);
                    vault.Forget();
                    FailPoint.Hit("rotate.destroyed");
                    PutEpoch(session, store, vault);
                    session.Execute("DELETE FROM integrity WHERE name = $1", EarlierNote(store));
                    return 0;
                },
                null,
                cancellationToken);
            FailPoint.Hit("rotate.ended");
            keys.Compromised.End(vault.StoreId);
            database.Health.Note(EarlierNote(store), null);
            return true;
        }
        finally
        {
            _beginning.Release();
        }
    }

    // Programs before this one noted in the database, where anybody who could change it could note it too, that keys are compromised.
    private async Task WarnOfEarlierNoteAsync(long store, CancellationToken cancellationToken)
    {
        if (await database.ReadAsync(session => session.Number("SELECT 1 FROM integrity WHERE name = $1", EarlierNote(store)), cancellationToken) > 0)
        {
            database.Health.Note(
                EarlierNote(store),
                "The database says that keys of this store are compromised and still to be destroyed, and it is not known who wrote that. If it was you: keepsake keys rotate --compromised");
        }
    }

    private static string EarlierNote(long store) => $"compromised {store}";

    private static bool HasOld(StoreVault vault) => vault.Ring.Keys.Any(key => key.Kind is KeyKind.Namespace or KeyKind.Actor
        && vault.Ring.Active(key.Kind, key.Name)?.Number != key.Number);

    private async Task SetAsync(long store, SealingState state, StoreVault? vault, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            (session, _) =>
            {
                var row = StoreRows.Rows(session).Find(row => row.Number == store) ?? throw MemoryException.NotFound("The store was deleted.");
                StoreRows.Write(session, row with { Sealing = state, Epoch = vault?.Epoch ?? 0 });
                return 0;
            },
            null,
            cancellationToken);
        FailPoint.Hit("seal.state");

        // A write between the two is as it was before, and so is one of those that are written anew.
        if (vault is null)
        {
            keys.Wipe(store);
        }
        else
        {
            vault.State = state;
            database.Guard.SetVault(store, vault);
        }
    }

    private static string Finding(long store) => $"sealing {store}";

    private static void RefuseUnless(bool holds, string reason)
    {
        if (!holds)
        {
            throw new MemoryException(MemoryErrorCode.Conflict, reason);
        }
    }
}
