namespace Keepsake.Server.Ownership;

/// <content>What the stores can do about their encryption.</content>
internal sealed partial class SharedStores : IEncryptedStores
{
    /// <inheritdoc/>
    public Task<StoreInfo> CreateEncryptedAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
        WriteAsync(token, (stores, named) => KeyEndpoints.Of(stores.As(_caller)).CreateEncryptedAsync(name, named, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SealingProgress> ConvertAsync(string store, bool encrypted, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores.As(_caller)).ConvertAsync(store, encrypted, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SealingProgress> RotateKeysAsync(string store, string? @namespace, bool compromised, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores.As(_caller)).RotateKeysAsync(store, @namespace, compromised, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SealingProgress> SealingProgressAsync(string store, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores.As(_caller)).SealingProgressAsync(store, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreKey>> ListKeysAsync(string store, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores.As(_caller)).ListKeysAsync(store, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<string> ExportKeysAsync(string store, string passphrase, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores.As(_caller)).ExportKeysAsync(store, passphrase, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<KeyImport> ImportKeysAsync(string store, string keys, string passphrase, bool withLoss = false, CancellationToken cancellationToken = default) =>
        ImportKeysAsync(_caller, store, keys, passphrase, withLoss, cancellationToken);

    /// <inheritdoc/>
    public Task<ShredReceipt> ShredAsync(string store, string? actorId, string? @namespace, CancellationToken cancellationToken = default) =>
        CallAsync((stores, _) => KeyEndpoints.Of(stores.As(_caller)).ShredAsync(store, actorId, @namespace, cancellationToken), cancellationToken);

    private async Task<KeyImport> ImportKeysAsync(
        Keepsake.Access.Caller caller, string store, string keys, string passphrase, bool withLoss, CancellationToken cancellationToken)
    {
        var imported = await CallAsync((stores, _) => KeyEndpoints.Of(stores.As(caller)).ImportKeysAsync(store, keys, passphrase, withLoss, cancellationToken), cancellationToken);

        // An owner elsewhere opens its stores again by itself; this process does when it is the owner.
        if (!imported.IsUnchanged)
        {
            await ReopenAsync();
        }

        return imported;
    }

    internal sealed partial class SharedView : IEncryptedStores
    {
        /// <inheritdoc/>
        public Task<StoreInfo> CreateEncryptedAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
            shared.WriteAsync(token, (stores, named) => KeyEndpoints.Of(stores.As(caller)).CreateEncryptedAsync(name, named, cancellationToken), cancellationToken);

        /// <inheritdoc/>
        public Task<SealingProgress> ConvertAsync(string store, bool encrypted, CancellationToken cancellationToken = default) =>
            shared.CallAsync((stores, _) => KeyEndpoints.Of(stores.As(caller)).ConvertAsync(store, encrypted, cancellationToken), cancellationToken);

        /// <inheritdoc/>
        public Task<SealingProgress> RotateKeysAsync(string store, string? @namespace, bool compromised, CancellationToken cancellationToken = default) =>
            shared.CallAsync((stores, _) => KeyEndpoints.Of(stores.As(caller)).RotateKeysAsync(store, @namespace, compromised, cancellationToken), cancellationToken);

        /// <inheritdoc/>
        public Task<SealingProgress> SealingProgressAsync(string store, CancellationToken cancellationToken = default) =>
            shared.CallAsync((stores, _) => KeyEndpoints.Of(stores.As(caller)).SealingProgressAsync(store, cancellationToken), cancellationToken);

        /// <inheritdoc/>
        public Task<IReadOnlyList<StoreKey>> ListKeysAsync(string store, CancellationToken cancellationToken = default) =>
            shared.CallAsync((stores, _) => KeyEndpoints.Of(stores.As(caller)).ListKeysAsync(store, cancellationToken), cancellationToken);

        /// <inheritdoc/>
        public Task<string> ExportKeysAsync(string store, string passphrase, CancellationToken cancellationToken = default) =>
            shared.CallAsync((stores, _) => KeyEndpoints.Of(stores.As(caller)).ExportKeysAsync(store, passphrase, cancellationToken), cancellationToken);

        /// <inheritdoc/>
        public Task<KeyImport> ImportKeysAsync(string store, string keys, string passphrase, bool withLoss = false, CancellationToken cancellationToken = default) =>
            shared.ImportKeysAsync(caller, store, keys, passphrase, withLoss, cancellationToken);

        /// <inheritdoc/>
        public Task<ShredReceipt> ShredAsync(string store, string? actorId, string? @namespace, CancellationToken cancellationToken = default) =>
            shared.CallAsync((stores, _) => KeyEndpoints.Of(stores.As(caller)).ShredAsync(store, actorId, @namespace, cancellationToken), cancellationToken);
    }
}
