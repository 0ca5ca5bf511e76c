using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Keepsake.Protection.Audit;

/// <summary>How far the chain has come: <c>h(i) = HMAC(K(i), h(i-1) ‖ entry)</c>, <c>K(i+1) = HKDF(K(i))</c>, and a digest of all of it that checkpoints sign.</summary>
/// <param name="Seq">The last entry's place; 0: there is none.</param>
/// <param name="Key">The key of the next entry. Those before it cannot be worked out from it.</param>
/// <param name="Head">The last entry's MAC.</param>
/// <param name="Digest">The digest over every entry and its MAC.</param>
internal sealed record AuditChain(long Seq, byte[] Key, byte[] Head, byte[] Digest)
{
    private static ReadOnlySpan<byte> NextKey => "keepsake audit: next key"u8;

    private static ReadOnlySpan<byte> Statement => "keepsake audit: checkpoint\0"u8;

    /// <summary>Gets what stands before the first entry.</summary>
    public static byte[] Nothing { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>The chain with one more entry.</summary>
    /// <param name="seq">The entry's place; one that leaves places out is a gap, which the digest shows too.</param>
    /// <param name="body">The entry's bytes.</param>
    public AuditChain With(long seq, ReadOnlySpan<byte> body)
    {
        var key = Key;
        for (var skipped = Seq + 1; skipped < seq; skipped++)
        {
            key = Next(key);
        }

        var head = Mac(key, Head, body);
        return new(seq, Next(key), head, DigestWith(body, head));
    }

    /// <summary>The chain after an entry as it is stored, right or wrong, for those who have no key.</summary>
    public AuditChain WithStored(long seq, ReadOnlySpan<byte> body, byte[] mac) => this with { Seq = seq, Head = mac, Digest = DigestWith(body, mac) };

    /// <summary>What a checkpoint signs.</summary>
    public byte[] Signed(AuditCheckpointKind kind, DateTimeOffset at)
    {
        byte[] bytes = [.. Statement, (byte)kind, .. new byte[16], .. Head, .. Digest];
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(Statement.Length + 1), Seq);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(Statement.Length + 9), at.UtcTicks);
        return bytes;
    }

    /// <summary>Works out another key from a chain's, for another purpose.</summary>
    public static byte[] Derive(byte[] key, ReadOnlySpan<byte> purpose) =>
        HKDF.Expand(HashAlgorithmName.SHA256, key, SHA256.HashSizeInBytes, purpose.ToArray());

    private static byte[] Next(byte[] key) => Derive(key, NextKey);

    private static byte[] Mac(byte[] key, byte[] head, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(head);
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }

    private byte[] DigestWith(ReadOnlySpan<byte> body, byte[] mac)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Digest);
        hash.AppendData(body);
        hash.AppendData(mac);
        return hash.GetHashAndReset();
    }
}

/// <summary>What a checkpoint says.</summary>
internal enum AuditCheckpointKind : byte
{
    /// <summary>The log was so far.</summary>
    SoFar,

    /// <summary>Everything up to here was removed by the limit on entries.</summary>
    Removed,

    /// <summary>What comes after is chained with the key whose id stands in the place of the head: see <see cref="AuditBeginning"/>.</summary>
    Begun,
}

/// <summary>A signed statement about the chain.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Chain">The chain there; its key is not part of it.</param>
/// <param name="At">When it was made.</param>
/// <param name="Signature">ECDSA P-256 over <see cref="AuditChain.Signed"/>.</param>
internal sealed record AuditCheckpoint(AuditCheckpointKind Kind, AuditChain Chain, DateTimeOffset At, byte[] Signature)
{
    public static AuditCheckpoint Sign(ECDsa key, AuditCheckpointKind kind, AuditChain chain, DateTimeOffset at) =>
        new(kind, chain, at, key.SignData(chain.Signed(kind, at), HashAlgorithmName.SHA256));

    public bool IsSignedBy(ECDsa key) => key.VerifyData(Chain.Signed(Kind, At), Signature, HashAlgorithmName.SHA256);
}
