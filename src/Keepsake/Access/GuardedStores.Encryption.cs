namespace Keepsake.Access;

/// <content>What the stores can do about their encryption.</content>
internal sealed partial class GuardedStores : IEncryptedStores
{
    /// <inheritdoc/>
    public Task<StoreInfo> CreateEncryptedAsync(string name, string? token = null, CancellationToken cancellationToken = default) => guard.RunAsync(
        new(MemoryOperation.CreateStore, Detail: name),
        () =>
        {
            DemandStore(name);
            return stores.CreateOwnAsync(name, encrypted: true, guard.Token(token), cancellationToken);
        });

    /// <inheritdoc/>
    public Task<SealingProgress> ConvertAsync(string store, bool encrypted, CancellationToken cancellationToken = default) =>
        ManageAsync(store, encrypted ? "encrypt" : "decrypt", () => stores.ConvertAsync(store, encrypted, cancellationToken));

    /// <inheritdoc/>
    public Task<SealingProgress> RotateKeysAsync(string store, string? @namespace, bool compromised, CancellationToken cancellationToken = default) =>
        ManageAsync(store, compromised ? "rotate compromised" : "rotate", () => stores.RotateKeysAsync(store, @namespace, compromised, cancellationToken));

    /// <inheritdoc/>
    public Task<SealingProgress> SealingProgressAsync(string store, CancellationToken cancellationToken = default) =>
        InspectAsync(store, () => stores.SealingProgressAsync(store, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreKey>> ListKeysAsync(string store, CancellationToken cancellationToken = default) =>
        InspectAsync(store, () => stores.ListKeysAsync(store, cancellationToken));

    /// <inheritdoc/>
    public Task<string> ExportKeysAsync(string store, string passphrase, CancellationToken cancellationToken = default) =>
        ManageAsync(store, "export", () => stores.ExportKeysAsync(store, passphrase, cancellationToken));

    /// <inheritdoc/>
    public Task<KeyImport> ImportKeysAsync(string store, string keys, string passphrase, bool withLoss = false, CancellationToken cancellationToken = default) =>
        ManageAsync(store, withLoss ? "import with loss" : "import", () => stores.ImportKeysAsync(store, keys, passphrase, withLoss, cancellationToken));

    /// <inheritdoc/>
    public Task<ShredReceipt> ShredAsync(string store, string? actorId, string? @namespace, CancellationToken cancellationToken = default) =>
        ManageAsync(store, "shred", () => stores.ShredAsync(store, actorId, @namespace, cancellationToken));

    private Task<T> ManageAsync<T>(string store, string what, Func<Task<T>> body) => EncryptionAsync(MemoryOperation.ManageEncryption, store, what, body);

    private Task<T> InspectAsync<T>(string store, Func<Task<T>> body) => EncryptionAsync(MemoryOperation.InspectEncryption, store, null, body);

    private Task<T> EncryptionAsync<T>(MemoryOperation operation, string store, string? what, Func<Task<T>> body) => guard.RunAsync(
        new(operation, store, Detail: what),
        () =>
        {
            _ = guard.Reach.ReachesStore(store) ? store : throw MemoryStores.NoSuchStore(store);
            DemandWhole();
            return body();
        });
}
