using Keepsake.Access;
using Keepsake.Protection.Audit;

namespace Keepsake.Server.Ownership;

/// <content>Who may do what, and what was done: asked of the owner, whoever that is.</content>
internal sealed partial class SharedStores
{
    /// <inheritdoc/>
    public IMemoryStores As(Caller caller) => new SharedView(this, caller);

    /// <inheritdoc/>
    public Task<CreatedApiKey> CreateKeyAsync(NewApiKey key, CancellationToken cancellationToken = default) =>
        AskAsync(stores => stores.CreateKeyAsync(key, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(CancellationToken cancellationToken = default) =>
        AskAsync(stores => stores.ListKeysAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ApiKey> RevokeKeyAsync(string name, CancellationToken cancellationToken = default) =>
        AskAsync(stores => stores.RevokeKeyAsync(name, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMode> ReadOnlyAsync(CancellationToken cancellationToken = default) =>
        AskAsync(stores => stores.ReadOnlyAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMode> SetReadOnlyAsync(bool on, string? reason = null, CancellationToken cancellationToken = default) =>
        AskAsync(stores => stores.SetReadOnlyAsync(on, reason, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken = default) =>
        AskAsync(stores => stores.AuditAsync(query, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<AuditReport> VerifyAuditAsync(CancellationToken cancellationToken = default) =>
        AskAsync(stores => stores.VerifyAuditAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditAnomaly>> AuditAnomaliesAsync(DateTimeOffset? since = null, CancellationToken cancellationToken = default) =>
        AskAsync(stores => stores.AuditAnomaliesAsync(since, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<Authenticated> AuthenticateAsync(string? secret, CancellationToken cancellationToken) =>
        CallAsync((stores, _) => ((IAuthentication)stores).AuthenticateAsync(secret, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task NoteRefusalAsync(Refusal refusal, CancellationToken cancellationToken) => CallAsync(
        async (stores, _) =>
        {
            await ((IAuthentication)stores).NoteRefusalAsync(refusal, cancellationToken);
            return true;
        },
        cancellationToken);

    private Task<T> AskAsync<T>(Func<IAdministration, Task<T>> call, CancellationToken cancellationToken) => AskAsync(_caller, call, cancellationToken);

    private Task<T> AskAsync<T>(Caller caller, Func<IAdministration, Task<T>> call, CancellationToken cancellationToken) =>
        CallAsync((stores, _) => call((IAdministration)stores.As(caller)), cancellationToken);

    /// <summary>The shared stores as another caller sees them.</summary>
    internal sealed partial class SharedView(SharedStores shared, Caller caller) : IMemoryStores, IAdministration
    {
        public IMemory this[string name] => new SharedMemory(shared, name, caller);

        public IMemoryOperations Operations => new SharedOperations(shared, shared._time, caller);

        public IMemoryStores As(Caller other) => shared.As(other);

        public Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken = default) =>
            shared.CallAsync((stores, _) => stores.As(caller).ListAsync(cancellationToken), cancellationToken);

        public Task<StoreInfo> CreateAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
            shared.WriteAsync(token, (stores, named) => stores.As(caller).CreateAsync(name, named, cancellationToken), cancellationToken);

        public Task DeleteAsync(string name, string? token = null, CancellationToken cancellationToken = default) => shared.WriteAsync(
            token,
            async (stores, named) =>
            {
                await stores.As(caller).DeleteAsync(name, named, cancellationToken);
                return true;
            },
            cancellationToken);

        public Task<CreatedApiKey> CreateKeyAsync(NewApiKey key, CancellationToken cancellationToken = default) =>
            shared.AskAsync(caller, stores => stores.CreateKeyAsync(key, cancellationToken), cancellationToken);

        public Task<IReadOnlyList<ApiKey>> ListKeysAsync(CancellationToken cancellationToken = default) =>
            shared.AskAsync(caller, stores => stores.ListKeysAsync(cancellationToken), cancellationToken);

        public Task<ApiKey> RevokeKeyAsync(string name, CancellationToken cancellationToken = default) =>
            shared.AskAsync(caller, stores => stores.RevokeKeyAsync(name, cancellationToken), cancellationToken);

        public Task<ReadOnlyMode> ReadOnlyAsync(CancellationToken cancellationToken = default) =>
            shared.AskAsync(caller, stores => stores.ReadOnlyAsync(cancellationToken), cancellationToken);

        public Task<ReadOnlyMode> SetReadOnlyAsync(bool on, string? reason = null, CancellationToken cancellationToken = default) =>
            shared.AskAsync(caller, stores => stores.SetReadOnlyAsync(on, reason, cancellationToken), cancellationToken);

        public Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken = default) =>
            shared.AskAsync(caller, stores => stores.AuditAsync(query, cancellationToken), cancellationToken);

        public Task<AuditReport> VerifyAuditAsync(CancellationToken cancellationToken = default) =>
            shared.AskAsync(caller, stores => stores.VerifyAuditAsync(cancellationToken), cancellationToken);

        public Task<IReadOnlyList<AuditAnomaly>> AuditAnomaliesAsync(DateTimeOffset? since = null, CancellationToken cancellationToken = default) =>
            shared.AskAsync(caller, stores => stores.AuditAnomaliesAsync(since, cancellationToken), cancellationToken);
    }
}
