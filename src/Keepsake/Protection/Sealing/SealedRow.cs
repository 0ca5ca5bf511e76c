namespace Keepsake.Protection.Sealing;

/// <summary>What a row is, as far as its seal says it.</summary>
/// <param name="IsRecord">A record, rather than an event.</param>
/// <param name="Namespace">Its namespace; <see langword="null"/>: an event that has none.</param>
/// <param name="Actor">Its actor; <see langword="null"/>: none.</param>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version; 1 for an event.</param>
internal readonly record struct RowName(bool IsRecord, string? Namespace, string? Actor, string Id, long Version);

/// <summary>The key of a row, sealed, and the numbers of the keys that open it.</summary>
/// <param name="NamespaceKey">The namespace's key; 0: none.</param>
/// <param name="ActorKey">The actor's key; 0: none.</param>
/// <param name="Sealed">The row's key.</param>
internal sealed record RowKey(int NamespaceKey, int ActorKey, byte[] Sealed);

/// <summary>What a row holds when it is sealed.</summary>
/// <param name="Body">The body.</param>
/// <param name="Embedding">The embedding; <see langword="null"/>: it has none.</param>
/// <param name="Key">What opens both.</param>
/// <param name="Vault">The vault that sealed it.</param>
/// <param name="Epoch">The epoch of its ring at that time.</param>
internal sealed record SealedRow(byte[] Body, byte[]? Embedding, RowKey Key, StoreVault Vault, int Epoch)
{
    /// <summary>Whether a row is as the store keeps rows now.</summary>
    /// <param name="row">The row; <see langword="null"/>: it is plain.</param>
    /// <param name="vault">The store's vault now; <see langword="null"/>: the store is not encrypted. One that was decrypted and encrypted anew has another.</param>
    public static bool IsFor(SealedRow? row, StoreVault? vault) =>
        vault is { Seals: true } ? ReferenceEquals(row?.Vault, vault) && row.Epoch == vault.Epoch : row is null;
}
