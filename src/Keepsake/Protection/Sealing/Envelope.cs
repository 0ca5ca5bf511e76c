using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Keepsake.Protection.Sealing;

/// <summary>What something looks like that is sealed: <c>magic 4 | algorithm 1 | key 4 | nonce 12 | ciphertext | tag 16</c>, numbers big-endian.</summary>
/// <remarks>The algorithm is 1, AES-256-GCM. The key's number is one of the key ring, or 0 for a key that is of use for this row alone.</remarks>
internal static class Envelope
{
    /// <summary>Bytes that an envelope has more than what is in it.</summary>
    public const int Overhead = HeaderLength + NonceLength + TagLength;

    /// <summary>Bytes of a tag; shorter ones are never taken.</summary>
    public const int TagLength = 16;

    private const byte Aes256Gcm = 1;
    private const int HeaderLength = 9;
    private const int NonceLength = 12;

    private static ReadOnlySpan<byte> Magic => "KSE1"u8;

    /// <summary>Whether bytes claim to be an envelope.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes.Length >= Overhead && bytes.StartsWith(Magic);

    /// <summary>Seals bytes.</summary>
    /// <param name="key">The key.</param>
    /// <param name="number">The key's number.</param>
    /// <param name="plain">The bytes.</param>
    /// <param name="about">What the envelope is about: it opens only for the same.</param>
    public static byte[] Seal(AesGcm key, int number, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> about)
    {
        var envelope = new byte[plain.Length + Overhead];
        Magic.CopyTo(envelope);
        envelope[4] = Aes256Gcm;
        BinaryPrimitives.WriteInt32BigEndian(envelope.AsSpan(5), number);
        var nonce = envelope.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        key.Encrypt(nonce, plain, envelope.AsSpan(HeaderLength + NonceLength, plain.Length), envelope.AsSpan(envelope.Length - TagLength), about);
        return envelope;
    }

    /// <summary>Opens an envelope.</summary>
    /// <exception cref="CryptographicException">It was changed, is about something else, or was sealed with another key.</exception>
    public static byte[] Open(AesGcm key, ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> about)
    {
        if (!Is(envelope) || envelope[4] != Aes256Gcm)
        {
            throw new CryptographicException("This is no envelope, or of an algorithm that is not known.");
        }

        var plain = GC.AllocateUninitializedArray<byte>(envelope.Length - Overhead);
        key.Decrypt(
            envelope.Slice(HeaderLength, NonceLength), envelope.Slice(HeaderLength + NonceLength, plain.Length), envelope[^TagLength..], plain, about);
        return plain;
    }
}
