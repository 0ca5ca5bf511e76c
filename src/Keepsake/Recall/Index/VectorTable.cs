using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keepsake.Recall.Index;

/// <summary>The vectors of a segment's passages in three grades: signs to choose by, bytes to compare by, and finer bits to order the best by.</summary>
/// <remarks>
/// The vectors are turned (<see cref="VectorRotation"/>), so that one scale does for all dimensions. A number has 12 bits: the upper 8 stand in rows of
/// bytes and give a cosine with a standard error of 0.0005 at 256 dimensions; the lower 4 stand apart and bring it to 0.00003. A passage without
/// a vector has the scale 0.
/// </remarks>
internal sealed class VectorTable
{
    /// <summary>From this many rows on signs are kept: fewer are compared one by one in less time than it takes to choose.</summary>
    public const int MinRowsForSigns = 2_048;

    private const int FineBits = 4;
    private const int FineSteps = 1 << FineBits;

    /// <summary>Takes rows as <see cref="Write"/> wrote them.</summary>
    /// <param name="dimensions">How many numbers a vector has; 0: there are no vectors.</param>
    /// <param name="codes">The rows, each of <see cref="Width"/> bytes.</param>
    /// <param name="fine">The rows' lower bits, each of half as many bytes.</param>
    /// <param name="scales">What one is worth in each row; 0: the row has no vector.</param>
    public VectorTable(int dimensions, sbyte[] codes, byte[] fine, float[] scales)
    {
        (Dimensions, Codes, Fine, Scales) = (dimensions, codes, fine, scales);
        Signs = dimensions > 0 && scales.Length >= MinRowsForSigns ? SignBlocks.Pack(codes, Width) : [];
    }

    /// <summary>How many numbers a vector has.</summary>
    public int Dimensions { get; }

    /// <summary>How many bytes a row has.</summary>
    public int Width => VectorRotation.Padded(Dimensions);

    /// <summary>The rows, as given.</summary>
    public sbyte[] Codes { get; }

    /// <summary>The lower bits, as given.</summary>
    public byte[] Fine { get; }

    /// <summary>The scales, as given.</summary>
    public float[] Scales { get; }

    /// <summary>The signs in <see cref="SignBlocks"/>; empty where there are few rows.</summary>
    public byte[] Signs { get; }

    /// <summary>No vectors.</summary>
    public static VectorTable Empty { get; } = new(0, [], [], []);

    /// <summary>A row's upper bits.</summary>
    public ReadOnlySpan<sbyte> Row(int row) => Codes.AsSpan(row * Width, Width);

    /// <summary>A row's lower bits: byte i holds those of dimension i, and in its upper half those of dimension i + half the width.</summary>
    public ReadOnlySpan<byte> FineRow(int row) => Fine.AsSpan(row * Width / 2, Width / 2);

    /// <summary>The signs of a block of rows.</summary>
    public ReadOnlySpan<byte> SignBlock(int block)
    {
        var size = SignBlocks.BlockSize * (Width / 8);
        return Signs.AsSpan(block * size, size);
    }

    /// <summary>Writes a vector as a row.</summary>
    /// <returns>The row's scale; 0: the vector is zero or not a number.</returns>
    public static float Write(ReadOnlySpan<float> vector, Span<sbyte> row, Span<byte> fine)
    {
        Span<float> turned = stackalloc float[row.Length];
        VectorRotation.Rotate(vector, turned);
        var most = Math.Abs(TensorPrimitives.MaxMagnitude<float>(turned));
        if (!(most > 0) || !float.IsFinite(most))
        {
            row.Clear();
            fine.Clear();
            return 0;
        }

        var scale = most / (FineSteps * sbyte.MaxValue);
        fine.Clear();
        for (var i = 0; i < row.Length; i++)
        {
            var number = (int)MathF.Round(turned[i] / scale);
            var upper = (number + (FineSteps / 2)) >> FineBits;
            row[i] = (sbyte)upper;
            var lower = number - (upper << FineBits) + (FineSteps / 2);
            fine[i % fine.Length] |= (byte)(i < fine.Length ? lower : lower << FineBits);
        }

        return scale;
    }

    /// <summary>The cosine of a question and a row by the upper bits; 0 where the row has no vector.</summary>
    public float RoughCosine(VectorQuery query, int row) =>
        Dot(Row(row), query.Fixed) * (Scales[row] * (FineSteps * VectorQuery.FixedUnit));

    /// <summary>The cosine of a question and a row; 0 where the row has no vector.</summary>
    public float Cosine(VectorQuery query, int row) =>
        ((FineSteps * Dot(Row(row), query.Fixed)) + FineDot(FineRow(row), query.Fixed)) * (Scales[row] * VectorQuery.FixedUnit);

    /// <summary>The cosine of two rows by their upper bits; 0 where they are of different models.</summary>
    public static float Cosine(VectorTable a, int rowOfA, VectorTable b, int rowOfB)
    {
        if (a.Dimensions != b.Dimensions)
        {
            return 0;
        }

        Span<short> wide = stackalloc short[a.Width];
        var codes = a.Row(rowOfA);
        for (var i = 0; i < wide.Length; i++)
        {
            wide[i] = codes[i];
        }

        return Dot(b.Row(rowOfB), wide) * (FineSteps * FineSteps * a.Scales[rowOfA] * b.Scales[rowOfB]);
    }

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
            var (codes, fine) = (row * Width, row * Width / 2);
            for (var i = 0; i < sum.Length; i++)
            {
                var lower = i < Width / 2 ? Fine[fine + i] & (FineSteps - 1) : Fine[fine + i - (Width / 2)] >> FineBits;
                sum[i] += ((Codes[codes + i] * FineSteps) + lower - (FineSteps / 2)) * Scales[row];
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

    // What is kept is 8 more than what is meant.
    private static int FineDot(ReadOnlySpan<byte> fine, ReadOnlySpan<short> query)
    {
        if (!Avx2.IsSupported)
        {
            return FineDotOneByOne(fine, query);
        }

        ref var bytes = ref MemoryMarshal.GetReference(fine);
        ref var numbers = ref MemoryMarshal.GetReference(query);
        var offset = Vector256.Create((short)(FineSteps / 2));
        var mask = Vector256.Create((short)(FineSteps - 1));
        var sums = Vector256<int>.Zero;
        for (nuint i = 0; i < (nuint)fine.Length; i += (nuint)Vector128<byte>.Count)
        {
            var both = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref bytes, i));
            sums += Avx2.MultiplyAddAdjacent((both & mask) - offset, Vector256.LoadUnsafe(ref numbers, i))
                + Avx2.MultiplyAddAdjacent((both >>> FineBits) - offset, Vector256.LoadUnsafe(ref numbers, i + (nuint)fine.Length));
        }

        return Vector256.Sum(sums);
    }

    private static int FineDotOneByOne(ReadOnlySpan<byte> fine, ReadOnlySpan<short> query)
    {
        var sum = 0;
        for (var i = 0; i < fine.Length; i++)
        {
            sum += (((fine[i] & (FineSteps - 1)) - (FineSteps / 2)) * query[i])
                + (((fine[i] >> FineBits) - (FineSteps / 2)) * query[i + fine.Length]);
        }

        return sum;
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
