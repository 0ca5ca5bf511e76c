using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Keepsake.Embedding;

namespace Keepsake.Protection.Integrity;

/// <summary>The key by which a folder's rows are told from rows that something else wrote. It lies in <c>keys/</c>, never in the database.</summary>
/// <remarks>Safe for concurrent use. A tag is an HMAC-SHA256, cut to <see cref="TagLength"/> bytes.</remarks>
internal sealed class IntegrityKey : IDisposable
{
    /// <summary>The file in <c>keys/</c>.</summary>
    public const string FileName = "integrity";

    /// <summary>Bytes of a tag.</summary>
    public const int TagLength = 16;

    /// <summary>Bytes of a row's checksum: its tag, and a CRC that tells damage also to who has not the key.</summary>
    public const int ChecksumLength = TagLength + sizeof(uint);

    private const int KeyLength = 32;
    private const int MessageLength = (2 * sizeof(long)) + SHA256.HashSizeInBytes;

    private readonly byte[] _tagging;
    private readonly byte[] _cursors;
    private readonly Aes _summing = Aes.Create();
    private readonly Lock _lock = new();

    /// <summary>Makes a key of 32 bytes.</summary>
    public IntegrityKey(ReadOnlySpan<byte> key)
    {
        var id = new byte[sizeof(long)];
        HKDF.Expand(HashAlgorithmName.SHA256, key, id, "keepsake integrity id"u8);
        Id = Convert.ToHexStringLower(id);
        _tagging = new byte[KeyLength];
        HKDF.Expand(HashAlgorithmName.SHA256, key, _tagging, "keepsake integrity tags"u8);
        var summing = new byte[KeyLength];
        HKDF.Expand(HashAlgorithmName.SHA256, key, summing, "keepsake integrity sums"u8);
        _summing.Key = summing;
        _cursors = new byte[KeyLength];
        HKDF.Expand(HashAlgorithmName.SHA256, key, _cursors, "keepsake cursors"u8);
    }

    /// <summary>Gets the key's name, which says nothing about it.</summary>
    public string Id { get; }

    /// <summary>Gets the key that seals cursors, which neither signs rows nor tells of the one that does.</summary>
    public ReadOnlySpan<byte> Cursors => _cursors;

    /// <summary>Reads the key of a folder, and makes one where there is none.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: the file is no key; <see cref="MemoryErrorCode.Forbidden"/>: others may read it.</exception>
    public static IntegrityKey Of(KeysFolder keys)
    {
        var bytes = keys.Read(FileName);
        if (bytes is null)
        {
            keys.Replace(FileName, bytes = RandomNumberGenerator.GetBytes(KeyLength));
        }

        return bytes.Length == KeyLength
            ? new(bytes)
            : throw new MemoryException(
                MemoryErrorCode.Corrupt, $"keys/{FileName} is damaged. Put it back from a copy, or remove it to have the rows taken as they are and signed anew.");
    }

    /// <summary>What vouches for a row.</summary>
    /// <param name="store">The row's store.</param>
    /// <param name="row">The row's number.</param>
    /// <param name="digest">A SHA-256 over its other columns and its table's name.</param>
    public byte[] Checksum(long store, long row, ReadOnlySpan<byte> digest)
    {
        Span<byte> message = stackalloc byte[MessageLength];
        var checksum = new byte[ChecksumLength];
        Fill(message, store, row, digest);
        Tag(message, checksum.AsSpan(0, TagLength));
        BinaryPrimitives.WriteUInt32LittleEndian(checksum.AsSpan(TagLength), Crc32C.Of(message));
        return checksum;
    }

    /// <summary>Whether a row is as it was written, by who has this key.</summary>
    public bool Vouches(long store, long row, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> checksum)
    {
        Span<byte> message = stackalloc byte[MessageLength];
        Span<byte> tag = stackalloc byte[TagLength];
        Fill(message, store, row, digest);
        Tag(message, tag);
        return checksum.Length == ChecksumLength && CryptographicOperations.FixedTimeEquals(tag, checksum[..TagLength]);
    }

    /// <summary>Whether a row is undamaged, whoever wrote it.</summary>
    public static bool IsUndamaged(long store, long row, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> checksum)
    {
        Span<byte> message = stackalloc byte[MessageLength];
        Fill(message, store, row, digest);
        return checksum.Length == ChecksumLength && BinaryPrimitives.ReadUInt32LittleEndian(checksum[TagLength..]) == Crc32C.Of(message);
    }

    /// <summary>Makes a tag.</summary>
    public void Tag(ReadOnlySpan<byte> message, Span<byte> tag)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_tagging, message, hash);
        hash[..tag.Length].CopyTo(tag);
    }

    /// <summary>The numbers that tags add to the sum over a set of rows. Who knows the tags does not know the numbers, so cannot make two sets of one sum.</summary>
    /// <param name="tags">Tags, one after another.</param>
    /// <param name="numbers">Room for as many numbers.</param>
    public void Numbers(ReadOnlySpan<byte> tags, Span<UInt128> numbers)
    {
        var bytes = MemoryMarshal.AsBytes(numbers);
        lock (_lock)
        {
            _summing.EncryptEcb(tags, bytes, PaddingMode.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _summing.Dispose();
        CryptographicOperations.ZeroMemory(_tagging);
        CryptographicOperations.ZeroMemory(_cursors);
    }

    private static void Fill(Span<byte> message, long store, long row, ReadOnlySpan<byte> digest)
    {
        BinaryPrimitives.WriteInt64LittleEndian(message, store);
        BinaryPrimitives.WriteInt64LittleEndian(message[sizeof(long)..], row);
        digest.CopyTo(message[(2 * sizeof(long))..]);
    }
}
