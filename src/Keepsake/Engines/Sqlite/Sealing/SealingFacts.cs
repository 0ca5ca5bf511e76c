using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite.Sealing;

/// <summary>Says of a store what is sealed and what is not.</summary>
internal static class SealingFacts
{
    private const string Sealed = "content, metadata, keys, sources, speakers, reasons, embeddings and the search index";
    private const string NotSealed = "names of stores, namespaces, actors, sessions and branches, ids, kinds, times, versions, sizes and why a namespace is in quarantine";

    public static string Of(StoreVault? vault) => vault switch
    {
        null => "none",
        { Locked: { } reason } => $"on, and locked: {reason.Message}",
        { State: SealingState.Sealed } => $"on, key epoch {vault.Epoch}; sealed: {Sealed}; not sealed: {NotSealed}",
        { State: SealingState.Sealing } => $"being encrypted, key epoch {vault.Epoch}; to be sealed: {Sealed}; not sealed: {NotSealed}",
        _ => "being decrypted",
    };
}
