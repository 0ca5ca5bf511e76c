using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keepsake.Recall.Index;

/// <summary>The vectors of a segment's passages: a byte a dimension and a scale a vector; and where there are many, their signs apart.</summary>
/// <remarks>
/// The vectors are turned (<see cref="VectorRotation"/>), so that bytes with one scale for all dimensions keep a cosine to about 0.001, a
/// standard error of 0.0005 at 256 dimensions. A passage without a vector has the scale 0.
/// </remarks>
internal sealed class VectorTable
{
    /// <summary>From this many rows on signs are kept: fewer are compared one by one in less time than it takes to choose.</summary>
    public const int MinRowsForSigns = 2_048;

    /// <summary>Takes rows as <see cref="Write"/> wrote them.</summary>
    /// <param name="dimensions">How many numbers a vector has; 0: there are no vectors.</param>
    /// <param name="codes">The rows, each of <see cref="Width"/> bytes.</param>
    /// <param name="scales">What one is worth in each row; 0: the row has no vector.</param>
    public VectorTable(int dimensions, sbyte[] codes, float[] scales)
    {
        (Dimensions, Codes, Scales) = (dimensions, codes, scales);
        Signs = dimensions > 0 && scales.Length >= MinRowsForSigns ? SignBlocks.Pack(codes, Width) : [];
    }

    /// <summary>How many numbers a vector has.</summary>
    public int Dimensions { get; }

    /// <summary>How many bytes a row has.</summary>
    public int Width => VectorRotation.Padded(Dimensions);

    /// <summary>The rows, as given.</summary>
    public sbyte[] Codes { get; }

    /// <summary>The scales, as given.</summary>
    public float[] Scales { get; }

    /// <summary>The signs in <see cref="SignBlocks"/>; empty where there are few rows.</summary>
    public byte[] Signs { get; }

    /// <summary>A row.</summary>
    public ReadOnlySpan<sbyte> Row(int row) => Codes.AsSpan(row * Width, Width);

    /// <summary>The signs of a block of rows.</summary>
    public ReadOnlySpan<byte> SignBlock(int block)
    {
        var size = SignBlocks.BlockSize * (Width / 8);
        return Signs.AsSpan(block * size, size);
    }

    /// <summary>Writes a vector as a row.</summary>
    /// <returns>The row's scale; 0: the vector is zero or not a number.</returns>
    public static float Write(ReadOnlySpan<float> vector, Span<sbyte> row)
    {
        Span<float> turned = stackalloc float[row.Length];
        VectorRotation.Rotate(vector, turned);
        var most = Math.Abs(TensorPrimitives.MaxMagnitude<float>(turned));
        if (!(most > 0) || !float.IsFinite(most))
        {
            row.Clear();
            return 0;
        }

        var scale = most / sbyte.MaxValue;
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = (sbyte)MathF.Round(turned[i] / scale);
        }

        return scale;
    }

    /// <summary>The cosine of a question and a row; 0 where the row has no vector.</summary>
    public float Cosine(VectorQuery query, int row) =>
        Dot(Row(row), query.Fixed) * Scales[row] * VectorQuery.FixedUnit;

    /// <summary>The length of the sum of some rows.</summary>
    public float LengthOfSum(int from, int to)
    {
        if (to - from == 1)
        {
            return Scales[from] > 0 ? 1 : 0;
        }

        Span<float> sum = stackalloc float[Width];
        sum.Clear();
        for (var row = from; row < to; row++)
        {
            var codes = Row(row);
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += codes[i] * Scales[row];
            }
        }

        return TensorPrimitives.Norm<float>(sum);
    }

    private static int Dot(ReadOnlySpan<sbyte> row, ReadOnlySpan<short> query)
    {
        ref var codes = ref MemoryMarshal.GetReference(row);
        ref var numbers = ref MemoryMarshal.GetReference(query);
        if (Avx512BW.IsSupported)
        {
            var sums = Vector512<int>.Zero;
            for (nuint i = 0; i < (nuint)row.Length; i += (nuint)Vector512<short>.Count)
            {
                sums += Avx512BW.MultiplyAddAdjacent(
                    Avx512BW.ConvertToVector512Int16(Vector256.LoadUnsafe(ref codes, i)), Vector512.LoadUnsafe(ref numbers, i));
            }

            return Vector512.Sum(sums);
        }

        if (Avx2.IsSupported)
        {
            var sums = Vector256<int>.Zero;
            for (nuint i = 0; i < (nuint)row.Length; i += (nuint)Vector256<short>.Count)
            {
                sums += Avx2.MultiplyAddAdjacent(
                    Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref codes, i)), Vector256.LoadUnsafe(ref numbers, i));
            }

            return Vector256.Sum(sums);
        }

        return DotOneByOne(row, query);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int DotOneByOne(ReadOnlySpan<sbyte> row, ReadOnlySpan<short> query)
    {
        var sum = 0;
        for (var i = 0; i < row.Length; i++)
        {
            sum += row[i] * query[i];
        }

        return sum;
    }
}
