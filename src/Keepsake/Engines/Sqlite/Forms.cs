using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite;

/// <summary>How a key or a content may stand in its column: as it is, or blinded. While a store is encrypted or decrypted both are there.</summary>
internal static class Forms
{
    /// <summary>Whether rows of both forms may be there.</summary>
    public static bool AreTwo(StoreVault? vault) => vault is { State: SealingState.Sealing or SealingState.Opening };

    /// <summary>The forms of a key, two of them also where there is one.</summary>
    public static string[] OfKey(StoreVault? vault, string key) =>
        vault is null ? [key, key] : vault.BlindKey(key) is var blind && AreTwo(vault) ? [blind, key] : [blind, blind];

    /// <summary>The forms of a record's content, two of them also where there is one.</summary>
    public static byte[][] OfContent(StoreVault? vault, MemoryRecord record)
    {
        var plain = vault is null || AreTwo(vault) ? ContentHash.Of(record.Content) : null;
        var blind = vault?.BlindContent(record.Namespace.Path, record.ActorId, record.Content);
        return [blind ?? plain!, plain ?? blind!];
    }
}
