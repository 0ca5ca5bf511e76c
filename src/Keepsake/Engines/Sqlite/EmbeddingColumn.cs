using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>An embedding as its column holds it: float32, or half precision where that says the same.</summary>
/// <remarks>
/// Embeddings that the store makes are rounded to half precision (<see cref="Capture.HalfPrecision"/>), so half a kilobyte less of each
/// row of 256 dimensions is hashed, logged and copied. What callers bring is kept to its last bit. Halves are little-endian like float32, and one byte follows them: only
/// they have an odd length.
/// </remarks>
internal static class EmbeddingColumn
{
    /// <summary>The column's value; <see langword="null"/>: there is no embedding.</summary>
    public static byte[]? ToBytes(ReadOnlyMemory<float> embedding) =>
        embedding.IsEmpty ? null : TryToHalves(embedding.Span) ?? EmbeddingText.ToBytes(embedding);

    /// <summary>Reads the column's value.</summary>
    public static ReadOnlyMemory<float> FromBytes(byte[]? bytes)
    {
        if (bytes is null || bytes.Length % 2 == 0)
        {
            return bytes is null ? default : EmbeddingText.FromBytes(bytes);
        }

        var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan(0, bytes.Length - 1));
        var values = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, values);
        return values;
    }

    private static byte[]? TryToHalves(ReadOnlySpan<float> values)
    {
        const int Step = 256;
        var bytes = new byte[(values.Length * 2) + 1];
        var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan(0, bytes.Length - 1));
        Span<float> back = stackalloc float[Step];
        for (var start = 0; start < values.Length; start += Step)
        {
            var part = values[start..Math.Min(start + Step, values.Length)];
            var half = halves.Slice(start, part.Length);
            TensorPrimitives.ConvertToHalf(part, half);
            TensorPrimitives.ConvertToSingle(half, back);
            if (!MemoryMarshal.AsBytes(part).SequenceEqual(MemoryMarshal.AsBytes(back[..part.Length])))
            {
                return null;
            }
        }

        return bytes;
    }
}
