using Keepsake.Capture;
using Keepsake.Engines.Sqlite;
using Keepsake.Engines.Sqlite.Sealing;
using Keepsake.Protection.Sealing;

namespace Keepsake;

/// <content>What the stores can do about their encryption.</content>
public sealed partial class MemoryStores : IEncryptedStores
{
    /// <summary>Most ids that are erased in one write.</summary>
    private const int MaxErasedAtOnce = 200;

    /// <inheritdoc/>
    public Task<StoreInfo> CreateEncryptedAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
        CreateOwnAsync(name, encrypted: true, token, cancellationToken);

    /// <inheritdoc/>
    public async Task<SealingProgress> ConvertAsync(string store, bool encrypted, CancellationToken cancellationToken = default)
    {
        var number = NumberOf(store);
        _database.Health.ThrowIfReadOnly();
        if (encrypted)
        {
            await _sealing.EncryptAsync(number, _ids[number], cancellationToken);
        }
        else
        {
            await _sealing.DecryptAsync(number, cancellationToken);
        }

        // What was derived from the content is in files too.
        await Own(store).CleanIndexAsync(all: true);
        return await _sealing.ProgressAsync(number, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<SealingProgress> RotateKeysAsync(string store, string? @namespace, bool compromised, CancellationToken cancellationToken = default)
    {
        var number = NumberOf(store);
        var scope = @namespace is null ? null : MemoryNamespace.ParseScope(@namespace);
        _database.Health.ThrowIfReadOnly();
        var vault = _sealing.Open(number);
        if (scope is not null && !vault.Ring.Keys.Any(key => IsIn(key, scope)))
        {
            throw MemoryException.NotFound("No key of this store is of that namespace. List them with: keepsake keys list");
        }

        await _sealing.RotateAsync(
            number,
            scope is null ? key => key.Kind is KeyKind.Namespace or KeyKind.Actor : key => IsIn(key, scope),
            replacesMaster: scope is null,
            compromised,
            cancellationToken);
        return await _sealing.ProgressAsync(number, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SealingProgress> SealingProgressAsync(string store, CancellationToken cancellationToken = default) =>
        _sealing.ProgressAsync(NumberOf(store), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreKey>> ListKeysAsync(string store, CancellationToken cancellationToken = default)
    {
        var ring = _sealing.Open(NumberOf(store)).Ring;
        return Task.FromResult<IReadOnlyList<StoreKey>>([.. ring.Keys.OrderBy(key => key.Number).Select(key => new StoreKey(
            key.Number, key.Kind.ToString().ToLowerInvariant(), key.Name, key.Epoch, ring.StateOf(key), key.CreatedAt, key.Master))]);
    }

    /// <inheritdoc/>
    public Task<string> ExportKeysAsync(string store, string passphrase, CancellationToken cancellationToken = default) =>
        Task.Run(() => KeyExport.Of(_ids[NumberOf(store)], _sealing.Open(NumberOf(store)).Ring, passphrase), cancellationToken);

    /// <inheritdoc/>
    public async Task<KeyImport> ImportKeysAsync(string store, string keys, string passphrase, bool withLoss = false, CancellationToken cancellationToken = default)
    {
        var number = NumberOf(store);
        _database.Health.ThrowIfReadOnly();
        using var exported = await Task.Run(() => KeyExport.Read(keys, passphrase), cancellationToken);
        return await _sealing.ImportAsync(number, exported, withLoss, _time, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ShredReceipt> ShredAsync(string store, string? actorId, string? @namespace, CancellationToken cancellationToken = default)
    {
        var number = NumberOf(store);
        if ((actorId is null) == (@namespace is null))
        {
            throw MemoryException.Invalid("Name either an actor or a namespace to shred.");
        }

        var actor = actorId is null ? null : Rules.ActorId(actorId);
        var scope = @namespace is null ? null : MemoryNamespace.ParseScope(@namespace);
        if (scope is { Path.Length: 0 })
        {
            throw MemoryException.Invalid("Name the namespace to shred. A whole store is deleted with: keepsake store delete NAME");
        }

        var vault = _sealing.Open(number);
        var receipts = new Receipts(_database.Guard.Keys);
        bool IsChosen(RingKey key) => scope is null ? key.Kind == KeyKind.Actor && string.Equals(key.Name, actor, StringComparison.Ordinal) : IsIn(key, scope);
        if (!vault.Ring.Keys.Any(IsChosen))
        {
            // Asked again, because the answer was lost, it is answered again.
            return receipts.Find(_ids[number], actor, scope?.Path)
                ?? throw MemoryException.NotFound("No key of this store is of that actor or namespace. List them with: keepsake keys list");
        }

        var pending = await _database.WriteAsync(
            (session, _) =>
            {
                var begun = receipts.Begin(new()
                {
                    StoreId = _ids[number],
                    ActorId = actor,
                    Namespace = scope?.Path,
                    Keys = [.. vault.Ring.Keys.Where(IsChosen).Select(key => key.Number)],
                    UpTo = _database.NextSeq.Take(),
                    At = _time.GetUtcNow(),
                });
                FailPoint.Hit("shred.begun");
                vault.Ring.Destroy(IsChosen);
                vault.Forget();
                FailPoint.Hit("shred.destroyed");
                StoreSealing.PutEpoch(session, number, vault);
                return begun;
            },
            committed: null,
            cancellationToken);

        // Done is done: what follows only tidies up, and is not to be left half-way because the caller went away.
        return await FinishShredAsync(Own(store), number, pending, receipts);
    }

    private async Task<ShredReceipt> FinishShredAsync(MemoryStore store, long number, PendingShred pending, Receipts receipts)
    {
        var records = await EraseAsync(store, session => ShredRows.Records(session, number, pending, MaxErasedAtOnce));
        var events = await EraseAsync(store, session => ShredRows.Events(session, number, pending, MaxErasedAtOnce));
        await store.CleanIndexAsync(all: false);
        FailPoint.Hit("shred.erased");
        return receipts.Sign(pending, records, events);
    }

    private async Task<long> EraseAsync(MemoryStore store, Func<SqliteSession, IReadOnlyList<string>> some)
    {
        for (var erased = 0L; ;)
        {
            var ids = await _database.ReadAsync(some, CancellationToken.None);
            if (ids.Count == 0)
            {
                return erased;
            }

            erased += await store.EraseAsync(ids, CancellationToken.None);
        }
    }

    /// <summary>Goes on with what a kill cut off.</summary>
    private async Task ResumeSealingAsync()
    {
        _sealing.Resume();
        if (_database.Health.ReadOnly is not null)
        {
            return;
        }

        var receipts = new Receipts(_database.Guard.Keys);
        foreach (var pending in _database.Health.Refused is null ? receipts.Pending() : [])
        {
            if (_numbers.FirstOrDefault(store => _ids[store.Value] == pending.StoreId) is { Key: { } name, Value: var number })
            {
                if (_database.Guard.VaultOf(number) is { Locked: null } vault)
                {
                    await ResumeShredAsync(Own(name), number, vault, pending, receipts);
                }
            }
            else
            {
                receipts.Sign(pending, 0, 0);
            }
        }
    }

    private async Task ResumeShredAsync(MemoryStore store, long number, StoreVault vault, PendingShred pending, Receipts receipts)
    {
        try
        {
            vault.Ring.Destroy(key => pending.Keys.Contains(key.Number));
            await FinishShredAsync(store, number, pending, receipts);
        }
        catch (MemoryException)
        {
            // What is wrong with the disk is said to whoever reads; the next start tries again.
        }
    }

    private IndexSeal? IndexSealOf(long number) => _database.Guard.VaultOf(number) switch
    {
        { Locked: not null } => IndexSeal.None,
        { Seals: true } vault => new(vault.IndexKey, vault.StoreId),
        _ => null,
    };

    private static bool IsIn(RingKey key, MemoryNamespace scope) =>
        key.Kind == KeyKind.Namespace && (scope.Path.Length == 0 || scope.Contains(MemoryNamespace.Parse(key.Name)));
}
