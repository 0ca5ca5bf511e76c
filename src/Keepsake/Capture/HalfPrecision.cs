using System.Numerics.Tensors;

namespace Keepsake.Capture;

/// <summary>Rounds the embeddings that a store makes to what half a float holds: eleven bits a value.</summary>
/// <remarks>
/// Searches compare with ten bits a value (<see cref="Recall.Index.VectorTable"/>), so hardly anything is found otherwise (decision 0003), and an embedding takes
/// half the bytes.
/// </remarks>
internal static class HalfPrecision
{
    /// <summary>Rounds values in their place, to the nearest.</summary>
    /// <param name="values">The values of a vector of unit length, which are all in range.</param>
    public static void Round(Span<float> values)
    {
        const int Step = 256;
        Span<Half> halves = stackalloc Half[Step];
        for (var start = 0; start < values.Length; start += Step)
        {
            var part = values[start..Math.Min(start + Step, values.Length)];
            TensorPrimitives.ConvertToHalf(part, halves);
            TensorPrimitives.ConvertToSingle(halves[..part.Length], part);
        }
    }
}
