using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Keepsake.Serialization;

/// <summary>An embedding as text and bytes: float32, little-endian, one value after another; base64 in JSON.</summary>
internal static class EmbeddingText
{
    /// <summary>Reads an embedding back.</summary>
    /// <returns>The values, or <see langword="null"/> when the text is not base64 of whole, finite values.</returns>
    public static float[]? FromBase64(string text)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length % sizeof(float) != 0)
        {
            return null;
        }

        var values = FromBytes(bytes.AsSpan(0, length));
        return values.AsSpan().ContainsNonFinite() ? null : values;
    }

    public static byte[] ToBytes(ReadOnlyMemory<float> embedding)
    {
        var bytes = new byte[embedding.Length * sizeof(float)];
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(embedding.Span).CopyTo(bytes);
            return bytes;
        }

        for (var i = 0; i < embedding.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), embedding.Span[i]);
        }

        return bytes;
    }

    public static float[] FromBytes(ReadOnlySpan<byte> bytes)
    {
        var values = new float[bytes.Length / sizeof(float)];
        if (BitConverter.IsLittleEndian)
        {
            bytes[..(values.Length * sizeof(float))].CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        }

        return values;
    }

    private static bool ContainsNonFinite(this Span<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                return true;
            }
        }

        return false;
    }
}
