using Keepsake.Server.Http;

namespace Keepsake.Server.Ownership;

/// <content>What the stores can do about their encryption, through the owner.</content>
internal sealed partial class RemoteMemoryStores : IEncryptedStores
{
    /// <inheritdoc/>
    public Task<StoreInfo> CreateEncryptedAsync(string name, string? token = null, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<NewStore, StoreInfo>(HttpMethod.Post, "/v1/stores", new() { Name = name, Encrypted = true }, cancellationToken, token);

    /// <inheritdoc/>
    public Task<SealingProgress> ConvertAsync(string store, bool encrypted, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<ConvertRequest, SealingProgress>(HttpMethod.Post, Keys(store, "/convert"), new(encrypted), cancellationToken);

    /// <inheritdoc/>
    public Task<SealingProgress> RotateKeysAsync(string store, string? @namespace, bool compromised, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<RotateRequest, SealingProgress>(HttpMethod.Post, Keys(store, "/rotate"), new(@namespace, compromised), cancellationToken);

    /// <inheritdoc/>
    public Task<SealingProgress> SealingProgressAsync(string store, CancellationToken cancellationToken = default) =>
        _owner.GetAsync<SealingProgress>(Keys(store, "/progress"), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreKey>> ListKeysAsync(string store, CancellationToken cancellationToken = default) =>
        _owner.GetAsync<IReadOnlyList<StoreKey>>(Keys(store, ""), cancellationToken);

    /// <inheritdoc/>
    public async Task<string> ExportKeysAsync(string store, string passphrase, CancellationToken cancellationToken = default) =>
        (await _owner.SendAsync<ExportRequest, ExportedKeys>(HttpMethod.Post, Keys(store, "/export"), new(passphrase), cancellationToken)).Keys;

    /// <inheritdoc/>
    public Task<KeyImport> ImportKeysAsync(string store, string keys, string passphrase, bool withLoss = false, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<ImportKeysRequest, KeyImport>(HttpMethod.Post, Keys(store, "/import"), new(keys, passphrase, withLoss), cancellationToken);

    /// <inheritdoc/>
    public Task<ShredReceipt> ShredAsync(string store, string? actorId, string? @namespace, CancellationToken cancellationToken = default) =>
        _owner.SendAsync<ShredRequest, ShredReceipt>(HttpMethod.Post, Keys(store, "/shred"), new(actorId, @namespace), cancellationToken);

    private static string Keys(string store, string what) => RemotePath.Of("/owner/stores/", store, "/keys" + what);
}
