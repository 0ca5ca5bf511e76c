using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Keepsake.Engines;
using Keepsake.Protection.Integrity;

namespace Keepsake.Access;

/// <summary>Seals the cursors of callers that reach a part of a store: a cursor is a place in the whole of it, and names others' namespaces.</summary>
/// <remarks>
/// Safe for concurrent use. The key is the folder's, so a cursor leads on after a restart; with another <c>keys/integrity</c> it is unknown, and the
/// list begins anew. AES-256-GCM with random nonces: one key is good for some 2^32 cursors, at a hundred a second for more than a year.
/// </remarks>
/// <param name="key">Holds the key.</param>
internal sealed class CursorSeal(IntegrityKey key)
{
    private const int NonceLength = 12;
    private const int TagLength = 16;

    // The length of a namespace tells of it too.
    private const int Block = 128;

    /// <summary>Seals a cursor.</summary>
    /// <param name="cursor">The cursor; <see langword="null"/>: the list has ended.</param>
    /// <param name="use">Whose it is and for what. It opens for nothing else.</param>
    public string? Seal(string? cursor, string use)
    {
        if (cursor is null)
        {
            return null;
        }

        var length = (Encoding.UTF8.GetByteCount(cursor) + Block - 1) / Block * Block;
        var plain = new byte[length];
        Encoding.UTF8.GetBytes(cursor, plain);
        var all = new byte[NonceLength + length + TagLength];
        RandomNumberGenerator.Fill(all.AsSpan(0, NonceLength));
        using var aes = new AesGcm(key.Cursors, TagLength);
        aes.Encrypt(all.AsSpan(0, NonceLength), plain, all.AsSpan(NonceLength, length), all.AsSpan(NonceLength + length), Encoding.UTF8.GetBytes(use));
        return Base64Url.EncodeToString(all);
    }

    /// <summary>Opens what <see cref="Seal"/> gave for the same use.</summary>
    /// <returns>The cursor, or <see langword="null"/>: there is none, and the list begins.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it was not given for this.</exception>
    public string? Open(string? sealedCursor, string use)
    {
        if (string.IsNullOrEmpty(sealedCursor))
        {
            return null;
        }

        try
        {
            var all = Base64Url.DecodeFromChars(sealedCursor);
            if (all.Length < NonceLength + TagLength)
            {
                throw Cursor.Unknown();
            }

            var plain = new byte[all.Length - NonceLength - TagLength];
            using var aes = new AesGcm(key.Cursors, TagLength);
            aes.Decrypt(all.AsSpan(0, NonceLength), all.AsSpan(NonceLength, plain.Length), all.AsSpan(NonceLength + plain.Length), plain, Encoding.UTF8.GetBytes(use));
            return Encoding.UTF8.GetString(plain.AsSpan().TrimEnd((byte)0));
        }
        catch (Exception e) when (e is FormatException or AuthenticationTagMismatchException)
        {
            throw Cursor.Unknown();
        }
    }
}
