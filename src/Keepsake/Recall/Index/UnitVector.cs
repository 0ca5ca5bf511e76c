using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keepsake.Recall.Index;

/// <summary>A unit-length vector in 16-bit fixed point: half the memory to read, and a cosine that is right to about 0.00001.</summary>
/// <remarks>
/// A number from −1 to 1 is kept as that many 32,767ths. The products of two such vectors add up to about 32,767² = 2^30 at most,
/// whatever part of them is summed (Cauchy–Schwarz), so 32-bit sums have room to spare and no scale is kept per vector. Rounding
/// is off by at most half a 32,767th a number; over a dot product that comes to a standard deviation of 0.000012.
/// </remarks>
internal static class UnitVector
{
    private const float One = short.MaxValue;

    /// <summary>Writes a vector, brought to unit length, in fixed point. The zero vector stays.</summary>
    public static void Write(ReadOnlySpan<float> vector, Span<short> destination)
    {
        var length = TensorPrimitives.Norm(vector);
        var scale = length > 0 ? One / length : 0;
        for (var i = 0; i < vector.Length; i++)
        {
            destination[i] = (short)MathF.Round(vector[i] * scale);
        }
    }

    /// <summary>The cosine of two vectors of one length.</summary>
    public static float Cosine(ReadOnlySpan<short> a, ReadOnlySpan<short> b) =>
        (Avx2.IsSupported ? SumByPairs(a, b) : Sum(a, b)) / (One * One);

    private static int SumByPairs(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        ref var first = ref MemoryMarshal.GetReference(a);
        ref var second = ref MemoryMarshal.GetReference(b);
        var (even, odd) = (Vector256<int>.Zero, Vector256<int>.Zero);
        var i = 0;
        for (; i <= a.Length - (2 * Vector256<short>.Count); i += 2 * Vector256<short>.Count)
        {
            even += Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref first, (nuint)i), Vector256.LoadUnsafe(ref second, (nuint)i));
            var next = (nuint)(i + Vector256<short>.Count);
            odd += Avx2.MultiplyAddAdjacent(Vector256.LoadUnsafe(ref first, next), Vector256.LoadUnsafe(ref second, next));
        }

        return Vector256.Sum(even + odd) + Sum(a[i..], b[i..]);
    }

    private static int Sum(ReadOnlySpan<short> a, ReadOnlySpan<short> b)
    {
        var sums = Vector<int>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(a[i..]), out var lowA, out var highA);
            Vector.Widen(new Vector<short>(b[i..]), out var lowB, out var highB);
            sums += (lowA * lowB) + (highA * highB);
        }

        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
