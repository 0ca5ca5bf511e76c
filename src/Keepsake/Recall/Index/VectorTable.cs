using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Keepsake.Recall.Index;

/// <summary>The vectors of a segment's passages in three grades: signs to choose by, upper bits to compare by, and lower bits to order the best by.</summary>
/// <remarks>
/// The vectors are turned (<see cref="VectorRotation"/>), so that one scale does for all dimensions. A number has 10 bits, of which 0 to 1,023 stand for
/// -512 to 511. The upper 4 stand in rows of half a byte, two lines of the processor's cache at 256 dimensions, and give a cosine with a
/// standard error of about 0.007; the lower 6 stand apart and bring it to 0.0001. A passage without a vector has the scale 0.
/// </remarks>
internal sealed class VectorTable
{
    /// <summary>From this many rows on signs are kept: fewer are compared one by one in less time than it takes to choose.</summary>
    public const int MinRowsForSigns = 2_048;

    private const int LowerBits = CodeDots.LowerBits;
    private const int Middle = 1 << (CodeDots.UpperBits + LowerBits - 1);
    private const float MiddleOfLower = (1 << (LowerBits - 1)) - 0.5f;

    /// <summary>Takes rows as <see cref="Write"/> wrote them, and makes their signs.</summary>
    /// <param name="dimensions">How many numbers a vector has; 0: there are no vectors.</param>
    /// <param name="upper">The rows' upper bits, half of <see cref="Width"/> bytes each.</param>
    /// <param name="lower">The rows' lower bits, three quarters of <see cref="Width"/> bytes each.</param>
    /// <param name="scales">What one is worth in each row; 0: the row has no vector.</param>
    public VectorTable(int dimensions, AlignedBytes upper, AlignedBytes lower, float[] scales)
        : this(dimensions, upper, new LowerRows(LowerSize(VectorRotation.Padded(dimensions)), lower), scales, signs: null) =>
        Signs = dimensions > 0 && scales.Length >= MinRowsForSigns ? new(this) : null;

    /// <summary>Takes a table whose signs were made.</summary>
    public VectorTable(int dimensions, AlignedBytes upper, LowerRows lower, float[] scales, SignTable? signs) =>
        (Dimensions, Upper, Lower, Scales, Signs) = (dimensions, upper, lower, scales, signs);

    /// <summary>How many numbers a vector has.</summary>
    public int Dimensions { get; }

    /// <summary>How many numbers a row has.</summary>
    public int Width => VectorRotation.Padded(Dimensions);

    /// <summary>The upper bits, as given.</summary>
    public AlignedBytes Upper { get; }

    /// <summary>The lower bits.</summary>
    public LowerRows Lower { get; }

    /// <summary>The scales, as given.</summary>
    public float[] Scales { get; }

    /// <summary>The signs; <see langword="null"/> where there are few rows.</summary>
    public SignTable? Signs { get; }

    /// <summary>No vectors.</summary>
    public static VectorTable Empty { get; } = new(0, new(0), new(0), []);

    /// <summary>A row's upper bits: byte i holds those of dimension i, and in its upper half those of dimension i + half the width.</summary>
    public ReadOnlySpan<byte> UpperRow(int row) => Upper.Span.Slice(row * UpperSize(Width), UpperSize(Width));

    /// <summary>Bytes of a row's upper bits.</summary>
    public static int UpperSize(int width) => width / 2;

    /// <summary>Bytes of a row's lower bits.</summary>
    public static int LowerSize(int width) => width / 4 * 3;

    /// <summary>Writes a vector as a row.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="upper">The row's upper bits, all overwritten.</param>
    /// <param name="lower">The row's lower bits, all overwritten.</param>
    /// <returns>The row's scale; 0: the vector is zero or not a number.</returns>
    public static float Write(ReadOnlySpan<float> vector, Span<byte> upper, Span<byte> lower)
    {
        Span<float> turned = stackalloc float[2 * upper.Length];
        VectorRotation.Rotate(vector, turned);
        var most = Math.Abs(TensorPrimitives.MaxMagnitude<float>(turned));
        upper.Clear();
        lower.Clear();
        if (!(most > 0) || !float.IsFinite(most))
        {
            return 0;
        }

        var scale = most / (Middle - 1);
        for (var i = 0; i < turned.Length; i++)
        {
            var number = Middle + (int)MathF.Round(turned[i] / scale);
            var code = number >> LowerBits;
            CodeDots.SetLowerCode(lower, i, number & ((1 << LowerBits) - 1));
            upper[i % upper.Length] |= (byte)(i < upper.Length ? code : code << CodeDots.UpperBits);
        }

        return scale;
    }

    /// <summary>The cosine of a question and a row by the upper bits; 0 where the row has no vector.</summary>
    public float RoughCosine(VectorQuery query, int row) => query.RoughCosine(
        CodeDots.Upper(UpperRow(row), query.Short), Scales[row] * (1 << LowerBits), (Middle - MiddleOfLower) / (1 << LowerBits));

    /// <summary>The cosines of a question and some rows by the upper bits; 0 where a row has no vector.</summary>
    /// <param name="query">The question.</param>
    /// <param name="first">What the numbers of rows are counted from.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cosines">Takes a cosine for each.</param>
    public void RoughCosines(VectorQuery query, int first, ReadOnlySpan<int> rows, Span<float> cosines)
    {
        // Rows far apart come from memory one by one, unless they are asked for in time.
        const int Ahead = 12;
        for (var i = 0; i < Math.Min(Ahead, rows.Length); i++)
        {
            Prefetch(first + rows[i]);
        }

        for (var i = 0; i < rows.Length; i++)
        {
            if (i + Ahead < rows.Length)
            {
                Prefetch(first + rows[i + Ahead]);
            }

            cosines[i] = RoughCosine(query, first + rows[i]);
        }
    }

    /// <summary>The cosine of a question and a row; 0 where the row has no vector.</summary>
    public float Cosine(VectorQuery query, int row) => Cosine(query, row, LowerRow(row, stackalloc byte[LowerSize(Width)]));

    /// <summary>The cosines of two vectors and a row, which is read once; 0 where the row has no vector.</summary>
    public (float First, float Second) Cosines(VectorQuery first, VectorQuery second, int row)
    {
        var lower = LowerRow(row, stackalloc byte[LowerSize(Width)]);
        return (Cosine(first, row, lower), Cosine(second, row, lower));
    }

    // Where it stands, or as it was read.
    private ReadOnlySpan<byte> LowerRow(int row, Span<byte> read)
    {
        if (Lower.InMemory is { } lower)
        {
            return lower.Span.Slice(row * LowerSize(Width), LowerSize(Width));
        }

        Lower.Read(row, read);
        return read;
    }

    private float Cosine(VectorQuery query, int row, ReadOnlySpan<byte> lower)
    {
        var sum = ((long)CodeDots.UpperFine(UpperRow(row), query.Fixed) << LowerBits) + CodeDots.Lower(lower, query.Fixed);
        return (sum - ((long)Middle * query.FixedSum)) * (Scales[row] * VectorQuery.FixedUnit);
    }

    /// <summary>The length of the sum of some rows.</summary>
    public float LengthOfSum(int from, int to)
    {
        if (to - from == 1)
        {
            return Scales[from] > 0 ? 1 : 0;
        }

        Span<float> sum = stackalloc float[Width];
        Span<float> one = stackalloc float[Width];
        sum.Clear();
        for (var row = from; row < to; row++)
        {
            Read(row, one);
            TensorPrimitives.Add(sum, one, sum);
        }

        return TensorPrimitives.Norm<float>(sum);
    }

    /// <summary>Reads a turned vector, of unit length or zero.</summary>
    public void Read(int row, Span<float> vector)
    {
        Span<byte> lower = stackalloc byte[LowerSize(Width)];
        Lower.Read(row, lower);
        CodeDots.Read(UpperRow(row), lower, vector);
        TensorPrimitives.Subtract(vector, Middle, vector);
        TensorPrimitives.Multiply(vector, Scales[row], vector);
    }

    /// <summary>Adds rows to a sum, by their upper bits.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="sum">Takes the sum, a turned vector.</param>
    public void AddRough(ReadOnlySpan<int> rows, Span<float> sum)
    {
        foreach (var row in rows)
        {
            Prefetch(row);
        }

        Span<float> one = stackalloc float[Width];
        Span<byte> middle = stackalloc byte[LowerSize(Width)];
        CodeDots.SetLowerMiddle(middle);
        var scales = 0f;
        foreach (var row in rows)
        {
            CodeDots.Read(UpperRow(row), middle, one);
            TensorPrimitives.MultiplyAdd(one, Scales[row], sum, sum);
            scales += Scales[row];
        }

        TensorPrimitives.Subtract(sum, Middle * scales, sum);
    }

    /// <summary>Brings a row near, which is to be compared soon.</summary>
    /// <param name="row">The row.</param>
    /// <param name="whole">Whether its lower bits are wanted too.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int row, bool whole = false)
    {
        if (Sse.IsSupported && Dimensions > 0)
        {
            Prefetch(Upper, row, UpperSize(Width));
            if (whole && Lower.InMemory is { } lower)
            {
                Prefetch(lower, row, LowerSize(Width));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(AlignedBytes rows, int row, int width)
    {
        ref var first = ref Unsafe.Add(ref rows.First, (nint)row * width);
        for (var at = 0; at < width; at += AlignedBytes.Line)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref first, at)));
        }
    }
}
