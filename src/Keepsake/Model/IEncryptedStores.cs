namespace Keepsake;

/// <summary>What the stores of a data folder can do about their encryption and its keys.</summary>
/// <remarks>Encrypting, decrypting and rotating only begin here. They go on beside the work, also after a kill, and <see cref="SealingProgressAsync"/> says how far they are.</remarks>
public interface IEncryptedStores
{
    /// <summary>Creates a store whose content is sealed on disk.</summary>
    /// <inheritdoc cref="IMemoryStores.CreateAsync"/>
    Task<StoreInfo> CreateEncryptedAsync(string name, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Begins to encrypt a store, or to decrypt it. What is written from now on is as it will be.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: it is on its way the other way.</exception>
    Task<SealingProgress> ConvertAsync(string store, bool encrypted, CancellationToken cancellationToken = default);

    /// <summary>Begins to replace keys of an encrypted store. What is written from now on is sealed with the new ones.</summary>
    /// <param name="store">The store.</param>
    /// <param name="namespace">Only keys of this namespace and those under it; <see langword="null"/>: all, and the master key where it is ours.</param>
    /// <param name="compromised">Whether somebody may have the old keys: then the content is sealed anew, and the old keys are destroyed.</param>
    /// <param name="cancellationToken">Gives up before anything is done.</param>
    Task<SealingProgress> RotateKeysAsync(string store, string? @namespace, bool compromised, CancellationToken cancellationToken = default);

    /// <summary>Says how far encrypting, decrypting or rotating is.</summary>
    Task<SealingProgress> SealingProgressAsync(string store, CancellationToken cancellationToken = default);

    /// <summary>Lists the keys of an encrypted store by number. They are named, not shown.</summary>
    Task<IReadOnlyList<StoreKey>> ListKeysAsync(string store, CancellationToken cancellationToken = default);

    /// <summary>Seals all keys of an encrypted store with a passphrase, to be kept elsewhere.</summary>
    /// <returns>One line of JSON.</returns>
    Task<string> ExportKeysAsync(string store, string passphrase, CancellationToken cancellationToken = default);

    /// <summary>Gives an encrypted store whose keys are lost those of an export back. They count from the next time that the stores are opened.</summary>
    /// <param name="store">The store, which is there already: restored from a backup, say.</param>
    /// <param name="keys">What <see cref="ExportKeysAsync"/> gave.</param>
    /// <param name="passphrase">What it was sealed with.</param>
    /// <param name="withLoss">Whether what was sealed with keys that were made after the export may be given up for good.</param>
    /// <param name="cancellationToken">Gives up before anything is done.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is no export, or the passphrase is another;
    /// <see cref="MemoryErrorCode.Conflict"/>: the keys are of another store, older than its data, or others than those that it has.</exception>
    Task<KeyImport> ImportKeysAsync(string store, string keys, string passphrase, bool withLoss = false, CancellationToken cancellationToken = default);

    /// <summary>Destroys the keys of an actor or a namespace, so that no copy of what was sealed with them can be read again, and erases what is stored of it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="actorId">The actor; <see langword="null"/>: a namespace is named.</param>
    /// <param name="namespace">The namespace, with those under it; <see langword="null"/>: an actor is named.</param>
    /// <param name="cancellationToken">Gives up before anything is destroyed.</param>
    /// <returns>A signed receipt, which is kept in <c>keys/</c> too.</returns>
    Task<ShredReceipt> ShredAsync(string store, string? actorId, string? @namespace, CancellationToken cancellationToken = default);
}

/// <summary>How far a store's sealing is.</summary>
/// <param name="State"><c>plain</c>, <c>encrypted</c>, <c>encrypting</c>, <c>decrypting</c> or <c>rotating</c>.</param>
/// <param name="Epoch">The epoch of its keys; 0: it has none.</param>
/// <param name="Done">Rows that were looked at.</param>
/// <param name="Total">Rows to look at, about; 0: nothing is to be done.</param>
public sealed record SealingProgress(string State, int Epoch, long Done, long Total);

/// <summary>What became of keys that were imported.</summary>
/// <param name="Keys">How many there are, destroyed ones too.</param>
/// <param name="IsUnchanged">Whether the store had them already.</param>
/// <param name="LostKeys">How many keys the store's data needs besides, and are lost.</param>
/// <param name="LostRows">How many records and events were sealed with those.</param>
public sealed record KeyImport(int Keys, bool IsUnchanged, int LostKeys, long LostRows);

/// <summary>A key of an encrypted store, as it is listed.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Kind"><c>store</c>, <c>namespace</c>, <c>actor</c> or <c>destroyed</c>.</param>
/// <param name="Name">Whose it is; empty for a store's and a destroyed one.</param>
/// <param name="Epoch">The epoch in which it was made or destroyed.</param>
/// <param name="State"><c>active</c>: it seals; <c>retired</c>: it only opens; <c>destroyed</c>.</param>
/// <param name="CreatedAt">When it was made or destroyed.</param>
/// <param name="MasterKey">The id of the master key that it is sealed with.</param>
public sealed record StoreKey(int Number, string Kind, string Name, int Epoch, string State, DateTimeOffset CreatedAt, string MasterKey);

/// <summary>Says, with a signature, that keys were destroyed and what was erased.</summary>
public sealed record ShredReceipt
{
    /// <summary>Gets the receipt's id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the store's id.</summary>
    public required string StoreId { get; init; }

    /// <summary>Gets the actor; <see langword="null"/>: it was a namespace.</summary>
    public string? ActorId { get; init; }

    /// <summary>Gets the namespace; <see langword="null"/>: it was an actor.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the numbers of the keys that were destroyed.</summary>
    public required IReadOnlyList<int> DestroyedKeys { get; init; }

    /// <summary>Gets how many records were erased here.</summary>
    public long Records { get; init; }

    /// <summary>Gets how many events were erased here.</summary>
    public long Events { get; init; }

    /// <summary>Gets when the keys were destroyed, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets the key that signs the folder's receipts: ECDSA over P-256, as a SubjectPublicKeyInfo in base64.</summary>
    public string PublicKey { get; init; } = "";

    /// <summary>Gets the signature in base64: ECDSA with SHA-256, in DER, over the receipt as JSON without this member.</summary>
    public string? Signature { get; init; }
}
