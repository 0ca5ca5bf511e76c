using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keepsake.Recall.Index;

/// <summary>Products of a question with the codes of a row, at the width the processor has. All widths give the same number.</summary>
internal static class CodeDots
{
    /// <summary>Bits of an upper code.</summary>
    public const int UpperBits = 4;

    private const byte UpperMask = (1 << UpperBits) - 1;

    // Pairs of products are at most 2 × 15 × 127, so that four of each half stay within 16 bits.
    private const int StepsOf16Bits = 4;

    /// <summary>The sum of products with upper codes, two in a byte.</summary>
    /// <param name="codes">Byte i holds the code of dimension i, and in its upper half that of dimension i + the number of bytes. A multiple of 32 bytes.</param>
    /// <param name="query">A number for each dimension, from -127 to 127.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Upper(ReadOnlySpan<byte> codes, ReadOnlySpan<sbyte> query) =>
        Avx512BW.IsSupported && codes.Length % Vector512<byte>.Count == 0 ? UpperBy512(codes, query)
        : Avx2.IsSupported ? UpperBy256(codes, query)
        : UpperOneByOne(codes, query);

    /// <summary>The sum of products with lower codes, a byte each.</summary>
    /// <param name="codes">A multiple of 32 bytes.</param>
    /// <param name="query">A number for each.</param>
    public static int Lower(ReadOnlySpan<byte> codes, ReadOnlySpan<short> query)
    {
        if (!Avx2.IsSupported)
        {
            return LowerOneByOne(codes, query);
        }

        ref var bytes = ref MemoryMarshal.GetReference(codes);
        ref var numbers = ref MemoryMarshal.GetReference(query);
        var sums = Vector256<int>.Zero;
        for (nuint i = 0; i < (nuint)codes.Length; i += (nuint)Vector128<byte>.Count)
        {
            sums += Avx2.MultiplyAddAdjacent(
                Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref bytes, i)), Vector256.LoadUnsafe(ref numbers, i));
        }

        return Vector256.Sum(sums);
    }

    /// <summary>The sum of products of upper codes with finer numbers.</summary>
    public static int UpperFine(ReadOnlySpan<byte> codes, ReadOnlySpan<short> query)
    {
        if (!Avx2.IsSupported)
        {
            return UpperFineOneByOne(codes, query);
        }

        ref var bytes = ref MemoryMarshal.GetReference(codes);
        ref var numbers = ref MemoryMarshal.GetReference(query);
        var mask = Vector256.Create((short)UpperMask);
        var sums = Vector256<int>.Zero;
        for (nuint i = 0; i < (nuint)codes.Length; i += (nuint)Vector128<byte>.Count)
        {
            var both = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref bytes, i));
            sums += Avx2.MultiplyAddAdjacent(both & mask, Vector256.LoadUnsafe(ref numbers, i))
                + Avx2.MultiplyAddAdjacent(both >>> UpperBits, Vector256.LoadUnsafe(ref numbers, i + (nuint)codes.Length));
        }

        return Vector256.Sum(sums);
    }

    internal static int UpperBy256(ReadOnlySpan<byte> codes, ReadOnlySpan<sbyte> query)
    {
        ref var bytes = ref MemoryMarshal.GetReference(codes);
        ref var numbers = ref MemoryMarshal.GetReference(query);
        var mask = Vector256.Create(UpperMask);
        var one = Vector256.Create((short)1);
        var sums = Vector256<int>.Zero;
        for (nuint i = 0, length = (nuint)codes.Length; i < length;)
        {
            var pairs = Vector256<short>.Zero;
            for (var step = 0; step < StepsOf16Bits && i < length; step++, i += (nuint)Vector256<byte>.Count)
            {
                var both = Vector256.LoadUnsafe(ref bytes, i);
                pairs += Avx2.MultiplyAddAdjacent(both & mask, Vector256.LoadUnsafe(ref numbers, i))
                    + Avx2.MultiplyAddAdjacent((both.AsUInt16() >>> UpperBits).AsByte() & mask, Vector256.LoadUnsafe(ref numbers, i + length));
            }

            sums += Avx2.MultiplyAddAdjacent(pairs, one);
        }

        return Vector256.Sum(sums);
    }

    internal static int UpperOneByOne(ReadOnlySpan<byte> codes, ReadOnlySpan<sbyte> query)
    {
        var sum = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            sum += ((codes[i] & UpperMask) * query[i]) + ((codes[i] >> UpperBits) * query[i + codes.Length]);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int UpperBy512(ReadOnlySpan<byte> codes, ReadOnlySpan<sbyte> query)
    {
        ref var bytes = ref MemoryMarshal.GetReference(codes);
        ref var numbers = ref MemoryMarshal.GetReference(query);
        var mask = Vector512.Create(UpperMask);
        var one = Vector512.Create((short)1);
        var sums = Vector512<int>.Zero;
        for (nuint i = 0, length = (nuint)codes.Length; i < length;)
        {
            var pairs = Vector512<short>.Zero;
            for (var step = 0; step < StepsOf16Bits && i < length; step++, i += (nuint)Vector512<byte>.Count)
            {
                var both = Vector512.LoadUnsafe(ref bytes, i);
                pairs += Avx512BW.MultiplyAddAdjacent(both & mask, Vector512.LoadUnsafe(ref numbers, i))
                    + Avx512BW.MultiplyAddAdjacent((both.AsUInt16() >>> UpperBits).AsByte() & mask, Vector512.LoadUnsafe(ref numbers, i + length));
            }

            sums += Avx512BW.MultiplyAddAdjacent(pairs, one);
        }

        return Vector512.Sum(sums);
    }

    private static int UpperFineOneByOne(ReadOnlySpan<byte> codes, ReadOnlySpan<short> query)
    {
        var sum = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            sum += ((codes[i] & UpperMask) * query[i]) + ((codes[i] >> UpperBits) * query[i + codes.Length]);
        }

        return sum;
    }

    private static int LowerOneByOne(ReadOnlySpan<byte> codes, ReadOnlySpan<short> query)
    {
        var sum = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            sum += codes[i] * query[i];
        }

        return sum;
    }
}
