using System.Globalization;
using Keepsake.Access;
using Keepsake.Operations;
using Keepsake.Protection.Audit;
using Keepsake.Server.Http;

namespace Keepsake.Server.Ownership;

/// <summary>The stores of a data folder that another process owns, through that process.</summary>
/// <remarks>
/// Safe for concurrent use. Every method throws <see cref="OwnerGoneException"/> when the owner is not there. A caller that asks
/// again after that must have given its writes tokens: the token that a write without one gets is lost with the failure.
/// </remarks>
internal sealed partial class RemoteMemoryStores : IMemoryStores, IAdministration, IAuthentication, IDisposable
{
    private readonly OwnerClient _owner;
    private readonly TimeProvider _time;

    public RemoteMemoryStores(string socketPath, TimeProvider time)
        : this(new OwnerClient(socketPath), time)
    {
    }

    private RemoteMemoryStores(OwnerClient owner, TimeProvider time) => (_owner, _time) = (owner, time);

    /// <summary>Gets the operations on the data folder.</summary>
    public IMemoryOperations Operations => new RemoteOperations(_owner);

    /// <inheritdoc/>
    public IMemory this[string name] => new RemoteMemory(_owner, name, _time);

    /// <summary>The same connection, for a caller. Not to be disposed.</summary>
    public IMemoryStores As(Caller caller) => new RemoteMemoryStores(_owner.As(caller), _time);

    /// <inheritdoc/>
    public Task<CreatedApiKey> CreateKeyAsync(NewApiKey key, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<NewApiKey, CreatedApiKey>(HttpMethod.Post, "/owner/keys", key, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(CancellationToken cancellationToken = default) =>
        _owner.GetAsync<IReadOnlyList<ApiKey>>("/owner/keys", cancellationToken);

    /// <inheritdoc/>
    public Task<ApiKey> RevokeKeyAsync(string name, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<ApiKey>(HttpMethod.Delete, RemotePath.Of("/owner/keys/", name), cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMode> ReadOnlyAsync(CancellationToken cancellationToken = default) =>
        _owner.GetAsync<ReadOnlyMode>("/owner/readonly", cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMode> SetReadOnlyAsync(bool on, string? reason = null, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<ReadOnlyWish, ReadOnlyMode>(HttpMethod.Put, "/owner/readonly", new(on, reason), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken = default) => _owner.GetAsync<Page<AuditEntry>>(
        RemotePath.Of("/v1/audit").With("actor", query.Actor).With("namespace", query.Namespace).With("since", Text(query.Since))
            .With("limit", query.Page.Limit).With("cursor", query.Page.Cursor),
        cancellationToken);

    /// <inheritdoc/>
    public Task<AuditReport> VerifyAuditAsync(CancellationToken cancellationToken = default) =>
        _owner.GetAsync<AuditReport>("/v1/audit/verification", cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditAnomaly>> AuditAnomaliesAsync(DateTimeOffset? since = null, CancellationToken cancellationToken = default) =>
        _owner.GetAsync<IReadOnlyList<AuditAnomaly>>(RemotePath.Of("/v1/audit/anomalies").With("since", Text(since)), cancellationToken);

    /// <inheritdoc/>
    public Task<Authenticated> AuthenticateAsync(string? secret, CancellationToken cancellationToken) =>
        _owner.SendAsync<Presented, Authenticated>(HttpMethod.Post, "/owner/authenticate", new(secret), cancellationToken);

    /// <inheritdoc/>
    public Task NoteRefusalAsync(Refusal refusal, CancellationToken cancellationToken) =>
        _owner.SendAsync<Refusal, DeleteAnswer>(HttpMethod.Post, "/owner/refused", refusal, cancellationToken);

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken = default)
    {
        List<StoreInfo> all = [];
        string? cursor = null;
        do
        {
            var page = await _owner.GetAsync<Page<StoreInfo>>(
                RemotePath.Of("/v1/stores").With("limit", PageRequest.MaxLimit).With("cursor", cursor), cancellationToken);
            all.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return all;
    }

    /// <inheritdoc/>
    public Task<StoreInfo> CreateAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<NewStore, StoreInfo>(HttpMethod.Post, "/v1/stores", new() { Name = name }, cancellationToken, token);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<DeleteAnswer>(HttpMethod.Delete, RemotePath.Of("/v1/stores/", name), cancellationToken, token);

    /// <summary>Asks who the owner is.</summary>
    public Task<OwnerInfo> DescribeOwnerAsync(CancellationToken cancellationToken) =>
        _owner.GetAsync<OwnerInfo>("/owner", cancellationToken);

    /// <summary>Asks the owner to make way.</summary>
    /// <param name="self">Who asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it does.</returns>
    public async Task<bool> AskForHandOverAsync(OwnerInfo self, CancellationToken cancellationToken) =>
        (await _owner.SendAsync<OwnerInfo, HandOverAnswer>(HttpMethod.Post, "/owner/hand-over", self, cancellationToken)).Accepted;

    /// <summary>Asks the owner to use a model.</summary>
    public Task UseModelAsync(string name, CancellationToken cancellationToken) =>
        _owner.SendAsync<ModelChoice, ModelChoice>(HttpMethod.Post, "/owner/model", new(name), cancellationToken);

    /// <summary>Asks how far re-embedding is.</summary>
    public Task<ModelProgress> ModelProgressAsync(string store, CancellationToken cancellationToken) =>
        _owner.GetAsync<ModelProgress>(RemotePath.Of("/owner/model").With("store", store), cancellationToken);

    /// <summary>Asks how well the store finds its own records.</summary>
    public Task<BenchmarkReport> ProbeAsync(string store, CancellationToken cancellationToken) =>
        _owner.GetAsync<BenchmarkReport>(RemotePath.Of("/owner/probe").With("store", store), cancellationToken);

    /// <summary>Asks the owner to scan a page of a store.</summary>
    public Task<ScanPage> ScanAsync(string store, ScanStep step, CancellationToken cancellationToken) =>
        _owner.SendAsync<ScanStep, ScanPage>(HttpMethod.Post, RemotePath.Of("/owner/scan").With("store", store), step, cancellationToken);

    /// <summary>Asks the owner to whom memories were handed out.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadersAsync(string store, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        _owner.SendAsync<ReadersQuestion, IReadOnlyDictionary<string, IReadOnlyList<string>>>(
            HttpMethod.Post, RemotePath.Of("/owner/readers").With("store", store), new(ids), cancellationToken);

    /// <summary>Asks the owner to make a store's search index anew.</summary>
    public Task RebuildIndexAsync(string store, CancellationToken cancellationToken) =>
        _owner.SendAsync<Done, Done>(HttpMethod.Post, RemotePath.Of("/owner/rebuild-index").With("store", store), new(Success: false), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();
}
