using Keepsake.Protection.Audit;

namespace Keepsake.Access;

/// <summary>The stores of a data folder as one caller sees them.</summary>
/// <param name="stores">The stores.</param>
/// <param name="guard">Checks and notes each call.</param>
internal sealed partial class GuardedStores(MemoryStores stores, Guard guard) : IMemoryStores, IAdministration
{
    /// <inheritdoc/>
    public IMemory this[string name] => guard.Reach.ReachesStore(name) ? new GuardedMemory(stores.Own(name), guard) : throw MemoryStores.NoSuchStore(name);

    /// <inheritdoc/>
    public IMemoryStores As(Caller caller) => stores.As(caller);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken = default) => guard.RunAsync<IReadOnlyList<StoreInfo>>(
        new(MemoryOperation.ListStores),
        async () => [.. (await stores.ListOwnAsync(cancellationToken)).Where(store => guard.Reach.ReachesStore(store.Name))]);

    /// <inheritdoc/>
    public Task<StoreInfo> CreateAsync(string name, string? token = null, CancellationToken cancellationToken = default) => guard.RunAsync(
        new(MemoryOperation.CreateStore, Detail: name),
        () =>
        {
            DemandStore(name);
            return stores.CreateOwnAsync(name, encrypted: false, guard.Token(token), cancellationToken);
        });

    /// <inheritdoc/>
    public Task DeleteAsync(string name, string? token = null, CancellationToken cancellationToken = default) => guard.RunAsync(
        new(MemoryOperation.DeleteStore, Detail: name),
        async () =>
        {
            _ = guard.Reach.ReachesStore(name) ? name : throw MemoryStores.NoSuchStore(name);
            DemandWhole();
            await stores.DeleteOwnAsync(name, guard.Token(token), cancellationToken);
            return true;
        },
        _ => (1, []));

    /// <inheritdoc/>
    public Task<CreatedApiKey> CreateKeyAsync(NewApiKey key, CancellationToken cancellationToken = default) => guard.RunAsync(
        new(MemoryOperation.CreateKey, Detail: key.Name), () => Folder(() => stores.Keys.CreateAsync(key, cancellationToken)));

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(CancellationToken cancellationToken = default) =>
        guard.RunAsync(new(MemoryOperation.ListKeys), () => Folder(() => Task.FromResult(stores.Keys.List())));

    /// <inheritdoc/>
    public Task<ApiKey> RevokeKeyAsync(string name, CancellationToken cancellationToken = default) => guard.RunAsync(
        new(MemoryOperation.RevokeKey, Detail: name), () => Folder(() => stores.Keys.RevokeAsync(name, cancellationToken)));

    /// <inheritdoc/>
    public Task<ReadOnlyMode> ReadOnlyAsync(CancellationToken cancellationToken = default) =>
        guard.RunAsync(new(MemoryOperation.GetReadOnly), () => Folder(() => Task.FromResult(stores.ReadOnly.Now)));

    /// <inheritdoc/>
    public Task<ReadOnlyMode> SetReadOnlyAsync(bool on, string? reason = null, CancellationToken cancellationToken = default) => guard.RunAsync(
        new(MemoryOperation.SetReadOnly, Detail: on ? "on" : "off", IsCommitted: on), () => Folder(() => stores.ReadOnly.SetAsync(on, reason, guard.Caller, cancellationToken)));

    /// <inheritdoc/>
    public Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken = default) =>
        guard.RunAsync(new(MemoryOperation.Audit), () => Folder(() => stores.Log.ListAsync(query, cancellationToken)), page => (page.Items.Count, []));

    /// <inheritdoc/>
    public Task<AuditReport> VerifyAuditAsync(CancellationToken cancellationToken = default) =>
        guard.RunAsync(new(MemoryOperation.VerifyAudit), () => Folder(() => stores.Log.VerifyAsync(cancellationToken)));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditAnomaly>> AuditAnomaliesAsync(DateTimeOffset? since = null, CancellationToken cancellationToken = default) =>
        guard.RunAsync(new(MemoryOperation.AuditAnomalies), () => Folder(() => stores.Log.AnomaliesAsync(since, cancellationToken)));

    private Task<T> Folder<T>(Func<Task<T>> body)
    {
        DemandStore(null);
        return body();
    }

    // What is about the whole folder tells of every store and every namespace in it.
    private void DemandStore(string? name)
    {
        if (name is null || !guard.Reach.ReachesStore(name))
        {
            DemandWhole();
            if (!guard.Reach.ReachesEveryStore)
            {
                throw new MemoryException(MemoryErrorCode.Forbidden, "Your key is for some stores only, and this is about the whole data folder.");
            }
        }
    }

    private void DemandWhole()
    {
        if (!guard.Reach.IsWhole)
        {
            throw new MemoryException(MemoryErrorCode.Forbidden, "Your key is for some namespaces or actors only, and this is about more than those.");
        }
    }
}
