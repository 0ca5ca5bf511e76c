using Keepsake.Operations;
using Keepsake.Server.Http;

namespace Keepsake.Server.Ownership;

/// <summary>The stores of a data folder that another process owns, through that process.</summary>
/// <remarks>
/// Safe for concurrent use. Every method throws <see cref="OwnerGoneException"/> when the owner is not there. A caller that asks
/// again after that must have given its writes tokens: the token that a write without one gets is lost with the failure.
/// </remarks>
/// <param name="socketPath">The owner's socket.</param>
/// <param name="time">The clock of the tokens made here.</param>
internal sealed partial class RemoteMemoryStores(string socketPath, TimeProvider time) : IMemoryStores, IDisposable
{
    private readonly OwnerClient _owner = new(socketPath);

    /// <summary>Gets the operations on the data folder.</summary>
    public IMemoryOperations Operations => new RemoteOperations(_owner);

    /// <inheritdoc/>
    public IMemory this[string name] => new RemoteMemory(_owner, name, time);

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
    public Task<StoreInfo> CreateAsync(string name, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<NewStore, StoreInfo>(HttpMethod.Post, "/v1/stores", new() { Name = name }, cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        _owner.DeleteAsync<DeleteAnswer>(RemotePath.Of("/v1/stores/", name), cancellationToken);

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

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();
}
