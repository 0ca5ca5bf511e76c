using System.Security.Cryptography;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Protection.Audit;

/// <summary>From where on a log is chained with which key: a statement among the checkpoints, signed by the key that begins there.</summary>
/// <remarks>
/// A database may come without <c>keys/</c>, from a backup or by a move. Its entries fit no key that is here, which is something else than that
/// one of them was changed; and the chain that goes on here is checked by itself.
/// </remarks>
/// <param name="After">The last entry before it.</param>
/// <param name="KeyId">The key's id; <see langword="null"/>: earlier builds did not say.</param>
/// <param name="IsOurs">Whether it is the key that is here.</param>
internal sealed record AuditBeginning(long After, string? KeyId, bool IsOurs)
{
    private const int IdBytes = 8;

    /// <summary>What a key says of itself when it begins.</summary>
    public static AuditCheckpoint State(ECDsa signing, long after, DateTimeOffset at) =>
        AuditCheckpoint.Sign(signing, AuditCheckpointKind.Begun, new(after, [], IdOf(signing), AuditChain.Nothing), at);

    /// <summary>Finds out whether a log is chained with a key, in part or as a whole.</summary>
    /// <param name="session">The log.</param>
    /// <param name="checkpoints">Its checkpoints.</param>
    /// <param name="saved">The chain as the key's file has it.</param>
    /// <param name="signing">The key that signs.</param>
    /// <returns>The place after which it is; <see langword="null"/>: nothing of the log is.</returns>
    public static long? Of(SqliteSession session, IReadOnlyList<AuditCheckpoint> checkpoints, AuditChain saved, ECDsa signing)
    {
        if (checkpoints.LastOrDefault(c => IsOf(c, signing)) is { } begun)
        {
            return begun.Chain.Seq;
        }

        // A log of an earlier build; or the statement was removed, and then so little is taken for another key's as can be.
        var isEmpty = checkpoints.Count == 0 && AuditRows.LastSeq(session) == 0;
        return isEmpty || checkpoints.Any(c => c.IsSignedBy(signing)) || AnyFits(session, saved) ? 0 : null;
    }

    /// <summary>The beginnings within a log, in their order; the first is of its first entry, and none comes after ours.</summary>
    /// <param name="checkpoints">Its checkpoints.</param>
    /// <param name="ours">Where ours begins; <see langword="null"/>: nowhere.</param>
    public static List<AuditBeginning> Within(IReadOnlyList<AuditCheckpoint> checkpoints, long? ours)
    {
        List<AuditBeginning> all =
        [
            .. checkpoints.Where(c => c.Kind == AuditCheckpointKind.Begun && c.Chain.Seq < (ours ?? long.MaxValue))
                .Select(c => new AuditBeginning(c.Chain.Seq, Name(c.Chain.Head), false)),
        ];
        if (ours is { } own)
        {
            all.Add(new(own, null, true));
        }

        return all is [{ After: <= 0 }, ..] ? all : [new(0, null, false), .. all];
    }

    private static bool IsOf(AuditCheckpoint checkpoint, ECDsa signing) =>
        checkpoint.Kind == AuditCheckpointKind.Begun && checkpoint.Chain.Head.AsSpan().SequenceEqual(IdOf(signing)) && checkpoint.IsSignedBy(signing);

    private static byte[] IdOf(ECDsa signing) => SHA256.HashData(signing.ExportSubjectPublicKeyInfo());

    private static string Name(byte[] id) => Convert.ToHexStringLower(id.AsSpan(0, Math.Min(IdBytes, id.Length)));

    private static bool AnyFits(SqliteSession session, AuditChain saved)
    {
        var (any, chain) = (false, saved);
        AuditRows.Each(session, saved.Seq, (seq, _, body, mac) =>
        {
            chain = chain.With(seq, body);
            any |= chain.Head.AsSpan().SequenceEqual(mac);
            chain = chain with { Head = mac };
        });
        return any;
    }
}
