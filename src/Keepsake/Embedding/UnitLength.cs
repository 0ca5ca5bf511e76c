using System.Numerics;

namespace Keepsake.Embedding;

/// <summary>Scales vectors to length 1.</summary>
internal static class UnitLength
{
    /// <summary>Scales a vector to length 1, in place.</summary>
    /// <returns>Whether it has a length to scale: false, and nothing changed, for zeros, for numbers too small to scale, and for those that are not finite.</returns>
    public static bool TryScale(Span<float> vector)
    {
        var factor = (float)(1 / Math.Sqrt(SumOfSquares(vector)));
        if (!float.IsFinite(factor) || factor == 0)
        {
            return false;
        }

        var i = 0;
        for (; i <= vector.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(vector[i..]) * factor).CopyTo(vector[i..]);
        }

        for (; i < vector.Length; i++)
        {
            vector[i] *= factor;
        }

        return true;
    }

    // Squares of large or tiny floats leave the range of floats, so they are added as doubles where that happens.
    private static double SumOfSquares(ReadOnlySpan<float> vector)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= vector.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> part = new(vector[i..]);
            sums += part * part;
        }

        double sum = Vector.Sum(sums);
        for (; i < vector.Length; i++)
        {
            sum += (double)vector[i] * vector[i];
        }

        return sum is > 1e-30 and < 1e30 ? sum : SumOfSquaresAsDoubles(vector);
    }

    private static double SumOfSquaresAsDoubles(ReadOnlySpan<float> vector)
    {
        var sum = 0d;
        foreach (var value in vector)
        {
            sum += (double)value * value;
        }

        return sum;
    }
}
