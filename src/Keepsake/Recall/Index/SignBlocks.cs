using System.Numerics;
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
    /// <summary>The most that a lookup may be: four add up to no more than a byte holds.</summary>
    public const int MaxLookup = 63;

    /// <summary>Vectors in a block.</summary>
    public const int BlockSize = 32;

    private const int Half = BlockSize / 2;
    private const int TableSize = 16;
    private const int Copies = 2;

    // The lookups of two bytes.
    private const int PairSize = 4 * Copies * TableSize;

    /// <summary>Writes the signs of one vector of a block that was zero.</summary>
    /// <param name="block">The block's bytes; a set bit stands for a number below zero.</param>
    /// <param name="place">The vector's place in the block.</param>
    /// <param name="vector">The vector, of a multiple of 64 numbers.</param>
    public static void Write(Span<byte> block, int place, ReadOnlySpan<float> vector)
    {
        var column = place < Half ? 2 * place : (2 * (place - Half)) + 1;
        for (var at = 0; at < vector.Length; at += Vector256<float>.Count)
        {
            block[(at / 8 * BlockSize) + column] = (byte)Vector256.Create(vector.Slice(at, Vector256<float>.Count)).ExtractMostSignificantBits();
        }
    }

    /// <summary>Bytes that the lookups of a question take.</summary>
    /// <param name="width">Numbers a vector, a multiple of 64.</param>
    public static int LookupSize(int width) => width / 4 * Copies * TableSize;

    /// <summary>Sets the lookups of four dimensions.</summary>
    /// <param name="lookups">All lookups.</param>
    /// <param name="group">The dimensions from 4 × this on.</param>
    /// <param name="table">What each of the 16 combinations of signs adds, at most <see cref="MaxLookup"/>; all groups' add up to no more than 16 bits.</param>
    public static void SetLookup(Span<byte> lookups, int group, ReadOnlySpan<byte> table)
    {
        var at = LookupOf(group / 2, isHigh: group % 2 == 1);
        for (var copy = 0; copy < Copies; copy++)
        {
            table.CopyTo(lookups[(at + (copy * TableSize))..]);
        }
    }

    /// <summary>Adds up the lookups of one block.</summary>
    /// <param name="block">The block's bytes.</param>
    /// <param name="lookups">The question's lookups.</param>
    /// <param name="sums"><see cref="BlockSize"/> sums, in the order of vectors.</param>
    public static void Sum(ReadOnlySpan<byte> block, ReadOnlySpan<byte> lookups, Span<ushort> sums)
    {
        if (Avx512BW.IsSupported)
        {
            SumBy512(block, lookups, sums);
        }
        else if (Avx2.IsSupported)
        {
            SumBy256(block, lookups, sums);
        }
        else
        {
            SumOneByOne(block, lookups, sums);
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

    internal static void SumOneByOne(ReadOnlySpan<byte> block, ReadOnlySpan<byte> lookups, Span<ushort> sums)
    {
        sums[..BlockSize].Clear();
        for (var p = 0; p < block.Length / BlockSize; p++)
        {
            var low = lookups.Slice(LookupOf(p, isHigh: false), TableSize);
            var high = lookups.Slice(LookupOf(p, isHigh: true), TableSize);
            for (var i = 0; i < BlockSize; i++)
            {
                var signs = block[(p * BlockSize) + (i < Half ? 2 * i : (2 * (i - Half)) + 1)];
                sums[i] += (ushort)(low[signs & 15] + high[signs >> 4]);
            }
        }
    }

    internal static void SumBy256(ReadOnlySpan<byte> block, ReadOnlySpan<byte> lookups, Span<ushort> sums)
    {
        ref var bytes = ref MemoryMarshal.GetReference(block);
        ref var tables = ref MemoryMarshal.GetReference(lookups);
        var nibble = Vector256.Create((byte)15);
        var both = Vector256<ushort>.Zero;
        var odd = Vector256<ushort>.Zero;
        for (nuint at = 0, table = 0; at < (nuint)block.Length; at += 2 * BlockSize, table += PairSize)
        {
            var (first, second) = (Vector256.LoadUnsafe(ref bytes, at), Vector256.LoadUnsafe(ref bytes, at + BlockSize));
            var four = (Avx2.Shuffle(Vector256.LoadUnsafe(ref tables, table), first & nibble)
                + Avx2.Shuffle(Vector256.LoadUnsafe(ref tables, table + BlockSize), second & nibble)
                + Avx2.Shuffle(Vector256.LoadUnsafe(ref tables, table + (2 * BlockSize)), (first.AsUInt16() >> 4).AsByte() & nibble)
                + Avx2.Shuffle(Vector256.LoadUnsafe(ref tables, table + (3 * BlockSize)), (second.AsUInt16() >> 4).AsByte() & nibble)).AsUInt16();
            both += four;
            odd += four >> 8;
        }

        (both - (odd << 8)).CopyTo(sums);
        odd.CopyTo(sums[Half..]);
    }

    private static void SumBy512(ReadOnlySpan<byte> block, ReadOnlySpan<byte> lookups, Span<ushort> sums)
    {
        ref var bytes = ref MemoryMarshal.GetReference(block);
        ref var tables = ref MemoryMarshal.GetReference(lookups);
        var nibble = Vector512.Create((byte)15);
        var both = Vector512<ushort>.Zero;
        var odd = Vector512<ushort>.Zero;
        for (nuint at = 0, table = 0; at < (nuint)block.Length; at += 4 * BlockSize, table += 2 * PairSize)
        {
            var (first, second) = (Vector512.LoadUnsafe(ref bytes, at), Vector512.LoadUnsafe(ref bytes, at + (2 * BlockSize)));
            var four = (Avx512BW.Shuffle(Vector512.LoadUnsafe(ref tables, table), first & nibble)
                + Avx512BW.Shuffle(Vector512.LoadUnsafe(ref tables, table + PairSize), second & nibble)
                + Avx512BW.Shuffle(Vector512.LoadUnsafe(ref tables, table + (PairSize / 2)), (first.AsUInt16() >> 4).AsByte() & nibble)
                + Avx512BW.Shuffle(Vector512.LoadUnsafe(ref tables, table + PairSize + (PairSize / 2)), (second.AsUInt16() >> 4).AsByte() & nibble)).AsUInt16();
            both += four;
            odd += four >> 8;
        }

        var even = both - (odd << 8);
        (even.GetLower() + even.GetUpper()).CopyTo(sums);
        (odd.GetLower() + odd.GetUpper()).CopyTo(sums[Half..]);
    }

    // Two bytes at a time: the low halves' lookups, twice each for a vector of 32 bytes, and then the high halves'.
    private static int LookupOf(int position, bool isHigh) =>
        (position / 2 * PairSize) + (position % 2 * Copies * TableSize) + (isHigh ? PairSize / 2 : 0);
}
