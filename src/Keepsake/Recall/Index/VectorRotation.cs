using System.Numerics;
using System.Numerics.Tensors;

namespace Keepsake.Recall.Index;

/// <summary>Turns vectors so that each number carries as much as any other; lengths and cosines stay as they are.</summary>
/// <remarks>
/// A model puts most of what it says into a few numbers. One bit a number, or one scale for all, would then lose much. Two rounds of fixed random signs
/// and Walsh–Hadamard transforms spread it evenly in n log n steps. The number of dimensions is rounded up to a multiple of
/// <see cref="Unit"/>; where that is no power of two, each round transforms the first and the last stretch that is one, which overlap.
/// </remarks>
internal static class VectorRotation
{
    /// <summary>Turned vectors have a multiple of this many numbers.</summary>
    public const int Unit = 64;

    private const int Rounds = 2;

    /// <summary>How many numbers a turned vector has.</summary>
    public static int Padded(int dimensions) => (dimensions + Unit - 1) / Unit * Unit;

    /// <summary>Turns a vector and brings it to unit length. The zero vector stays.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="turned"><see cref="Padded"/> numbers, all overwritten.</param>
    public static void Rotate(ReadOnlySpan<float> vector, Span<float> turned)
    {
        vector.CopyTo(turned);
        turned[vector.Length..].Clear();
        var stretch = (int)BitOperations.RoundUpToPowerOf2((uint)turned.Length);
        stretch = stretch == turned.Length ? stretch : stretch / 2;
        for (var round = 0; round < Rounds; round++)
        {
            FlipSigns(turned, round);
            Transform(turned[..stretch]);
            if (stretch < turned.Length)
            {
                Transform(turned[^stretch..]);
            }
        }

        var length = TensorPrimitives.Norm(turned);
        if (length > 0)
        {
            TensorPrimitives.Divide(turned, length, turned);
        }
    }

    // The same signs for ever: what is stored was turned with them. SplitMix64 of the place.
    private static void FlipSigns(Span<float> values, int round)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var bits = ((ulong)(i + 1) + ((ulong)round << 32)) * 0x9e3779b97f4a7c15;
            bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
            bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
            if ((bits >> 63) != 0)
            {
                values[i] = -values[i];
            }
        }
    }

    private static void Transform(Span<float> values)
    {
        for (var half = 1; half < values.Length; half *= 2)
        {
            for (var from = 0; from < values.Length; from += 2 * half)
            {
                var low = values.Slice(from, half);
                var high = values.Slice(from + half, half);
                if (half >= Vector<float>.Count)
                {
                    Combine(low, high);
                    continue;
                }

                for (var i = 0; i < half; i++)
                {
                    (low[i], high[i]) = (low[i] + high[i], low[i] - high[i]);
                }
            }
        }

        // What is transformed keeps its length, or it would outweigh what is not.
        TensorPrimitives.Divide(values, MathF.Sqrt(values.Length), values);
    }

    private static void Combine(Span<float> low, Span<float> high)
    {
        for (var i = 0; i < low.Length; i += Vector<float>.Count)
        {
            var (a, b) = (new Vector<float>(low[i..]), new Vector<float>(high[i..]));
            (a + b).CopyTo(low[i..]);
            (a - b).CopyTo(high[i..]);
        }
    }
}
