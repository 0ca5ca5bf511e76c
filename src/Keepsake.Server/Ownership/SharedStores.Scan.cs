using Keepsake.Operations;

namespace Keepsake.Server.Ownership;

/// <content>Looking for secrets that are stored already: by this process where it owns the folder, else through the owner.</content>
internal sealed partial class SharedStores
{
    /// <inheritdoc/>
    public Task<ScanPage> ScanAsync(string store, ScanStep step, CancellationToken cancellationToken) => CallAsync(
        (stores, _) => stores is RemoteMemoryStores remote
            ? remote.ScanAsync(store, step, cancellationToken)
            : ((MemoryStores)stores).ScanAsAsync(_caller, store, step.Apply, step.Cursor, cancellationToken),
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadersAsync(string store, IReadOnlyList<string> ids, CancellationToken cancellationToken) => CallAsync(
        (stores, _) => stores is RemoteMemoryStores remote
            ? remote.ReadersAsync(store, ids, cancellationToken)
            : ((MemoryStores)stores).ReadersAsAsync(_caller, store, ids, cancellationToken),
        cancellationToken);

    /// <inheritdoc/>
    public Task RebuildIndexAsync(string store, CancellationToken cancellationToken) => CallAsync(
        async (stores, _) =>
        {
            await (stores is RemoteMemoryStores remote
                ? remote.RebuildIndexAsync(store, cancellationToken)
                : ((MemoryStores)stores).Own(store).RebuildIndexAsync(cancellationToken));
            return true;
        },
        cancellationToken);
}
