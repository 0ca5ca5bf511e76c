using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Keepsake.Recall.Index;

/// <summary>One bit a dimension of many vectors, by which a cosine is estimated with a known error.</summary>
/// <remarks>
/// <para>The bit is the sign of the difference to the <see cref="Centre"/>: what is common to all texts, a third of a cosine in some models, would
/// else drown what tells them apart. The estimate is that of Gao and Long (RaBitQ, SIGMOD 2024), which
/// centres too: with x the vector, c the centre, r = x - c and s the signs of r, by √n, q·x = q·c + c·r + (q - c)·r, and (q - c)·r is about
/// (q - c)·s × |r|² / (r·s).</para>
/// <para>Two numbers of 16 bits a vector, the first half of a float each: c·r, and |r|² / (r·s) by √n.</para>
/// </remarks>
internal sealed class SignTable
{
    // A sample says where the middle of many lies to within what it matters.
    private const int MaxSampled = 2_048;
    private const int MinRowsToSplit = 1 << 15;

    /// <summary>Makes the table of all rows.</summary>
    public SignTable(VectorTable vectors)
    {
        var rows = vectors.Scales.Length;
        var blocks = (rows + SignBlocks.BlockSize - 1) / SignBlocks.BlockSize;
        Centre = CentreOf(vectors);
        Blocks = new(blocks * SignBlocks.BlockSize * (vectors.Width / 8));
        Offsets = new ushort[blocks * SignBlocks.BlockSize];
        Factors = new ushort[blocks * SignBlocks.BlockSize];
        var errors = new double[blocks];
        if (rows < MinRowsToSplit || SearchTraffic.IsFlowing)
        {
            for (var block = 0; block < blocks; block++)
            {
                errors[block] = FillBlock(vectors, block);
            }
        }
        else
        {
            Parallel.For(0, blocks, block => errors[block] = FillBlock(vectors, block));
        }

        Error = (float)Math.Sqrt(errors.Sum() / Math.Max(1, rows) / (vectors.Width - 1));
    }

    /// <summary>Takes a table as it was made before.</summary>
    public SignTable(float[] centre, AlignedBytes blocks, ushort[] offsets, ushort[] factors, float error) =>
        (Centre, Blocks, Offsets, Factors, Error) = (centre, blocks, offsets, factors, error);

    /// <summary>The mean of the turned vectors.</summary>
    public float[] Centre { get; }

    /// <summary>The signs, in <see cref="SignBlocks"/>.</summary>
    public AlignedBytes Blocks { get; }

    /// <summary>Each row's c·r.</summary>
    public ushort[] Offsets { get; }

    /// <summary>Each row's |r|² / (r·s).</summary>
    public ushort[] Factors { get; }

    /// <summary>The standard error of an estimate for a question at the distance 1 from the centre, the root mean square over the rows.</summary>
    public float Error { get; }

    /// <summary>Estimates the cosines of the rows of some blocks.</summary>
    /// <param name="query">The question, made ready for this table.</param>
    /// <param name="first">The first block.</param>
    /// <param name="end">After the last block.</param>
    /// <param name="estimates"><see cref="SignBlocks.BlockSize"/> numbers for each block; see <see cref="CosineOf"/>.</param>
    public void Estimate(SignQuery query, int first, int end, Span<ushort> estimates)
    {
        var size = Blocks.Length / (Offsets.Length / SignBlocks.BlockSize);
        for (var block = first; block < end; block++)
        {
            var sums = estimates.Slice((block - first) * SignBlocks.BlockSize, SignBlocks.BlockSize);
            SignBlocks.Sum(Blocks.Span.Slice(block * size, size), query.Lookups.Span, sums);
            ToEstimates(query, block * SignBlocks.BlockSize, sums);
        }
    }

    /// <summary>The cosine that an estimate stands for.</summary>
    public static float CosineOf(int estimate) => (estimate / 32_768f) - 1;

    /// <summary>The estimate that stands for a cosine.</summary>
    public static ushort EstimateOf(float cosine) => (ushort)Math.Clamp((cosine + 1) * 32_768, 0, ushort.MaxValue);

    private static float[] CentreOf(VectorTable vectors)
    {
        var centre = new float[vectors.Width];
        var vector = new float[vectors.Width];
        var step = Math.Max(1, vectors.Scales.Length / MaxSampled);
        var count = 0;
        for (var row = 0; row < vectors.Scales.Length; row += step)
        {
            if (vectors.Scales[row] > 0)
            {
                vectors.Read(row, vector);
                TensorPrimitives.Add(centre, vector, centre);
                count++;
            }
        }

        TensorPrimitives.Divide(centre, Math.Max(1, count), centre);
        return centre;
    }

    // Returns the sum of the squares of what the estimates err by.
    private double FillBlock(VectorTable vectors, int block)
    {
        Span<float> rest = stackalloc float[vectors.Width];
        var errors = 0.0;
        for (var row = block * SignBlocks.BlockSize; row < Math.Min((block + 1) * SignBlocks.BlockSize, vectors.Scales.Length); row++)
        {
            if (vectors.Scales[row] == 0)
            {
                // Never chosen.
                Offsets[row] = First16(-2);
                continue;
            }

            vectors.Read(row, rest);
            TensorPrimitives.Subtract(rest, Centre, rest);
            SignBlocks.Write(Blocks.Span[(block * SignBlocks.BlockSize * (rest.Length / 8))..], row % SignBlocks.BlockSize, rest);
            var square = TensorPrimitives.Dot<float>(rest, rest);
            var sum = Math.Max(TensorPrimitives.SumOfMagnitudes<float>(rest), float.Epsilon);
            Offsets[row] = First16(TensorPrimitives.Dot(Centre, rest));
            Factors[row] = First16(square / sum);
            errors += Math.Max(0, ((double)square * square / sum / sum * rest.Length) - square);
        }

        return errors;
    }

    private void ToEstimates(SignQuery query, int row, Span<ushort> sums)
    {
        ref var sum = ref MemoryMarshal.GetReference(sums);
        ref var offsets = ref MemoryMarshal.GetArrayDataReference(Offsets);
        ref var factors = ref MemoryMarshal.GetArrayDataReference(Factors);
        var (step, least) = (Vector256.Create(query.Step), Vector256.Create(query.Least));
        var (most, scale, shift) = (Vector256.Create(65_535f), Vector256.Create(32_768f), Vector256.Create((query.Centre + 1) * 32_768));
        for (nuint i = 0; i < SignBlocks.BlockSize; i += (nuint)Vector256<ushort>.Count)
        {
            var (lowSum, highSum) = Vector256.Widen(Vector256.LoadUnsafe(ref sum, i));
            var (lowOffset, highOffset) = Vector256.Widen(Vector256.LoadUnsafe(ref offsets, (nuint)row + i));
            var (lowFactor, highFactor) = Vector256.Widen(Vector256.LoadUnsafe(ref factors, (nuint)row + i));
            Vector256.Narrow(Estimated(lowSum, lowOffset, lowFactor), Estimated(highSum, highOffset, highFactor)).StoreUnsafe(ref sum, i);
        }

        Vector256<uint> Estimated(Vector256<uint> number, Vector256<uint> offset, Vector256<uint> factor)
        {
            var product = least + (step * Vector256.ConvertToSingle(number.AsInt32()));
            var cosine = (offset << 16).AsSingle() + ((factor << 16).AsSingle() * product);
            return Vector256.ConvertToInt32(Vector256.Min(Vector256.Max(shift + (scale * cosine), Vector256<float>.Zero), most)).AsUInt32();
        }
    }

    // Rounded to nearest.
    private static ushort First16(float value) => (ushort)((BitConverter.SingleToUInt32Bits(value) + 0x8000) >> 16);
}
