namespace Keepsake.Server.Ownership;

/// <content>What the stores can do about their encryption.</content>
internal sealed partial class SharedStores : IEncryptedStores
{
    /// <inheritdoc/>
    public Task<StoreInfo> CreateEncryptedAsync(string name, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores).CreateEncryptedAsync(name, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SealingProgress> ConvertAsync(string store, bool encrypted, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores).ConvertAsync(store, encrypted, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SealingProgress> RotateKeysAsync(string store, string? @namespace, bool compromised, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores).RotateKeysAsync(store, @namespace, compromised, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SealingProgress> SealingProgressAsync(string store, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores).SealingProgressAsync(store, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreKey>> ListKeysAsync(string store, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores).ListKeysAsync(store, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<string> ExportKeysAsync(string store, string passphrase, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores).ExportKeysAsync(store, passphrase, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ShredReceipt> ShredAsync(string store, string? actorId, string? @namespace, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores).ShredAsync(store, actorId, @namespace, cancellationToken), cancellationToken);
}
