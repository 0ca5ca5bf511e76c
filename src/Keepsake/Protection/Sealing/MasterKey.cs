using System.Security.Cryptography;

namespace Keepsake.Protection.Sealing;

/// <summary>The key that seals the keys of a ring. It is kept outside the database and outside every backup of it.</summary>
internal sealed class MasterKey : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int Length = 32;

    private readonly AesGcm _aes;
    private readonly Lock _lock = new();

    /// <summary>Takes 32 bytes as the key. They are not kept.</summary>
    public MasterKey(ReadOnlySpan<byte> key)
    {
        var id = new byte[8];
        HKDF.Expand(HashAlgorithmName.SHA256, key, id, "keepsake master key id"u8);
        Id = Convert.ToHexStringLower(id);
        _aes = new(key, Envelope.TagLength);
    }

    /// <summary>Gets the key's name, which says nothing about it.</summary>
    public string Id { get; }

    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> about)
    {
        lock (_lock)
        {
            return Envelope.Seal(_aes, 0, plain, about);
        }
    }

    /// <exception cref="CryptographicException">It was changed, or sealed with another key.</exception>
    public byte[] Open(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> about)
    {
        lock (_lock)
        {
            return Envelope.Open(_aes, envelope, about);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _aes.Dispose();
}
