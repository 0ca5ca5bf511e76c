using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keepsake.Recall.Index;

/// <summary>The signs of many vectors, one bit a dimension, laid out so that one instruction looks up dozens of them.</summary>
/// <remarks>
/// A block holds <see cref="BlockSize"/> vectors. Byte p of all of them stand together: it holds the signs of dimensions 8p to 8p + 7, two
/// lookups of four. Even bytes belong to the first half of the block and odd ones to the second, which is the order in which the sums of bytes
/// come out as 16-bit numbers. The method is the fast scan of André, Kermarrec and Le Scouarnec (VLDB 2015).
/// </remarks>
internal static class SignBlocks
{
    /// <summary>Vectors in a block.</summary>
    public const int BlockSize = 32;

    private const int Half = BlockSize / 2;
    private const int TableSize = 16;

    /// <summary>Lays out the signs of all rows. Rows that fill up the last block are zero.</summary>
    /// <param name="upper">The rows' upper bits, as <see cref="VectorTable.Upper"/> has them.</param>
    /// <param name="width">Numbers a row, a multiple of 64.</param>
    public static byte[] Pack(ReadOnlySpan<byte> upper, int width)
    {
        var half = width / 2;
        var rows = upper.Length / half;
        var blocks = (rows + BlockSize - 1) / BlockSize;
        var packed = new byte[blocks * BlockSize * (width / 8)];
        for (var row = 0; row < rows; row++)
        {
            var block = packed.AsSpan(row / BlockSize * BlockSize * (width / 8));
            var within = row % BlockSize;
            var place = within < Half ? 2 * within : (2 * (within - Half)) + 1;
            var codes = upper.Slice(row * half, half);
            for (var at = 0; at < half; at += Vector256<byte>.Count)
            {
                // The highest bit of a code says that its number is not below zero.
                var both = Vector256.Create(codes.Slice(at, Vector256<byte>.Count));
                var low = ~(both << CodeDots.UpperBits).ExtractMostSignificantBits();
                var high = ~both.ExtractMostSignificantBits();
                for (var p = 0; p < 4; p++)
                {
                    block[(((at / 8) + p) * BlockSize) + place] = (byte)(low >> (8 * p));
                    block[((((half + at) / 8) + p) * BlockSize) + place] = (byte)(high >> (8 * p));
                }
            }
        }

        return packed;
    }

    /// <summary>Estimates one block.</summary>
    /// <param name="block">The block's bytes.</param>
    /// <param name="lookups">The question's tables.</param>
    /// <param name="sums"><see cref="BlockSize"/> sums, in the order of rows.</param>
    public static void Estimate(ReadOnlySpan<byte> block, ReadOnlySpan<byte> lookups, Span<ushort> sums)
    {
        if (Avx512BW.IsSupported)
        {
            EstimateBy512(block, lookups, sums);
        }
        else if (Avx2.IsSupported)
        {
            EstimateBy256(block, lookups, sums);
        }
        else
        {
            EstimateOneByOne(block, lookups, sums);
        }
    }

    /// <summary>Finds the sums from <paramref name="least"/> to <paramref name="most"/>.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="from">Where to begin; afterwards, where to go on.</param>
    /// <param name="least">The least that is wanted.</param>
    /// <param name="most">The greatest; not below <paramref name="least"/>.</param>
    /// <param name="chosen">Takes their places, in order; at least <see cref="BlockSize"/>.</param>
    /// <returns>How many were found; there may be more while <paramref name="from"/> is less than the number of sums.</returns>
    public static int Choose(ReadOnlySpan<ushort> sums, ref int from, ushort least, ushort most, Span<int> chosen)
    {
        var count = 0;
        if (Avx512BW.IsSupported)
        {
            ref var first = ref MemoryMarshal.GetReference(sums);
            var (offset, range) = (Vector512.Create(least), Vector512.Create((ushort)(most - least)));
            for (; from + Vector512<ushort>.Count <= sums.Length && count + Vector512<ushort>.Count <= chosen.Length; from += Vector512<ushort>.Count)
            {
                // Below the least a difference is greater than any range, for it has no sign.
                var wanted = Vector512.LessThanOrEqual(Vector512.LoadUnsafe(ref first, (nuint)from) - offset, range).ExtractMostSignificantBits();
                for (; wanted != 0; wanted &= wanted - 1)
                {
                    chosen[count++] = from + BitOperations.TrailingZeroCount(wanted);
                }
            }

            if (from + Vector512<ushort>.Count <= sums.Length)
            {
                return count;
            }
        }

        while (from < sums.Length && count < chosen.Length)
        {
            var next = sums[from..].IndexOfAnyInRange(least, most);
            from += next < 0 ? sums.Length - from : next;
            if (next >= 0)
            {
                chosen[count++] = from++;
            }
        }

        return count;
    }

    internal static void EstimateOneByOne(ReadOnlySpan<byte> block, ReadOnlySpan<byte> lookups, Span<ushort> sums)
    {
        sums[..BlockSize].Clear();
        for (var p = 0; p < block.Length / BlockSize; p++)
        {
            var low = lookups.Slice(2 * p * TableSize, TableSize);
            var high = lookups.Slice(((2 * p) + 1) * TableSize, TableSize);
            for (var i = 0; i < BlockSize; i++)
            {
                var signs = block[(p * BlockSize) + (i < Half ? 2 * i : (2 * (i - Half)) + 1)];
                sums[i] += (ushort)(low[signs & 15] + high[signs >> 4]);
            }
        }
    }

    internal static void EstimateBy256(ReadOnlySpan<byte> block, ReadOnlySpan<byte> lookups, Span<ushort> sums)
    {
        ref var bytes = ref MemoryMarshal.GetReference(block);
        ref var tables = ref MemoryMarshal.GetReference(lookups);
        var nibble = Vector256.Create((byte)15);
        var both = Vector256<ushort>.Zero;
        var odd = Vector256<ushort>.Zero;
        for (var p = 0; p < block.Length / BlockSize; p++)
        {
            var signs = Vector256.LoadUnsafe(ref bytes, (nuint)(p * BlockSize));
            var low = Table(ref tables, 2 * p);
            var high = Table(ref tables, (2 * p) + 1);
            var first = Avx2.Shuffle(low, signs & nibble).AsUInt16();
            var second = Avx2.Shuffle(high, (signs.AsUInt16() >> 4).AsByte() & nibble).AsUInt16();
            both += first + second;
            odd += (first >> 8) + (second >> 8);
        }

        (both - (odd << 8)).CopyTo(sums);
        odd.CopyTo(sums[Half..]);
    }

    private static void EstimateBy512(ReadOnlySpan<byte> block, ReadOnlySpan<byte> lookups, Span<ushort> sums)
    {
        ref var bytes = ref MemoryMarshal.GetReference(block);
        ref var tables = ref MemoryMarshal.GetReference(lookups);
        var nibble = Vector512.Create((byte)15);
        var both = Vector512<ushort>.Zero;
        var odd = Vector512<ushort>.Zero;
        for (var p = 0; p < block.Length / BlockSize; p += 2)
        {
            var signs = Vector512.LoadUnsafe(ref bytes, (nuint)(p * BlockSize));
            var low = Vector512.Create(Table(ref tables, 2 * p), Table(ref tables, 2 * (p + 1)));
            var high = Vector512.Create(Table(ref tables, (2 * p) + 1), Table(ref tables, (2 * (p + 1)) + 1));
            var first = Avx512BW.Shuffle(low, signs & nibble).AsUInt16();
            var second = Avx512BW.Shuffle(high, (signs.AsUInt16() >> 4).AsByte() & nibble).AsUInt16();
            both += first + second;
            odd += (first >> 8) + (second >> 8);
        }

        var even = both - (odd << 8);
        (even.GetLower() + even.GetUpper()).CopyTo(sums);
        (odd.GetLower() + odd.GetUpper()).CopyTo(sums[Half..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Table(ref byte tables, int number)
    {
        var table = Vector128.LoadUnsafe(ref tables, (nuint)(number * TableSize));
        return Vector256.Create(table, table);
    }
}
