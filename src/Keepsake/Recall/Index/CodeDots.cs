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

    /// <summary>Bits of a lower code.</summary>
    public const int LowerBits = 6;

    private const byte UpperMask = (1 << UpperBits) - 1;
    private const byte LowerMask = (1 << LowerBits) - 1;

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

    /// <summary>The sum of products with lower codes, four in three bytes.</summary>
    /// <param name="codes">Three stretches of bytes, whose lower six bits are the codes of the first three quarters of the dimensions; their upper
    /// two bits are together those of the last quarter, the first stretch's the lowest. A multiple of 48 bytes.</param>
    /// <param name="query">A number for each dimension.</param>
    public static int Lower(ReadOnlySpan<byte> codes, ReadOnlySpan<short> query)
    {
        if (!Avx2.IsSupported)
        {
            return LowerOneByOne(codes, query);
        }

        var quarter = (nuint)(codes.Length / 3);
        ref var bytes = ref MemoryMarshal.GetReference(codes);
        ref var numbers = ref MemoryMarshal.GetReference(query);
        var mask = Vector256.Create((short)LowerMask);
        var sums = Vector256<int>.Zero;
        for (nuint i = 0; i < quarter; i += (nuint)Vector128<byte>.Count)
        {
            var first = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref bytes, i));
            var second = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref bytes, i + quarter));
            var third = Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref bytes, i + (2 * quarter)));
            var last = (first >>> LowerBits) | (second >>> LowerBits << 2) | (third >>> LowerBits << 4);
            sums += Avx2.MultiplyAddAdjacent(first & mask, Vector256.LoadUnsafe(ref numbers, i))
                + Avx2.MultiplyAddAdjacent(second & mask, Vector256.LoadUnsafe(ref numbers, i + quarter))
                + Avx2.MultiplyAddAdjacent(third & mask, Vector256.LoadUnsafe(ref numbers, i + (2 * quarter)))
                + Avx2.MultiplyAddAdjacent(last, Vector256.LoadUnsafe(ref numbers, i + (3 * quarter)));
        }

        return Vector256.Sum(sums);
    }

    /// <summary>Puts the codes of a row together again.</summary>
    /// <param name="upper">The upper codes, as <see cref="Upper"/> takes them.</param>
    /// <param name="lower">The lower codes, as <see cref="Lower"/> takes them.</param>
    /// <param name="numbers">Takes a number for each dimension, twice as many as <paramref name="upper"/> has bytes.</param>
    public static void Read(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, Span<float> numbers)
    {
        if (!Avx2.IsSupported)
        {
            ReadOneByOne(upper, lower, numbers);
            return;
        }

        var quarter = (nuint)(numbers.Length / 4);
        ref var high = ref MemoryMarshal.GetReference(upper);
        ref var low = ref MemoryMarshal.GetReference(lower);
        ref var to = ref MemoryMarshal.GetReference(numbers);
        var (upperMask, lowerMask) = (Vector256.Create((int)UpperMask), Vector256.Create((int)LowerMask));
        for (nuint i = 0; i < quarter; i += (nuint)Vector256<int>.Count)
        {
            var (one, other) = (Eight(ref high, i), Eight(ref high, i + quarter));
            var (first, second, third) = (Eight(ref low, i), Eight(ref low, i + quarter), Eight(ref low, i + (2 * quarter)));
            var last = (first >>> LowerBits) | (second >>> LowerBits << 2) | (third >>> LowerBits << 4);
            Together(one & upperMask, first & lowerMask).StoreUnsafe(ref to, i);
            Together(other & upperMask, second & lowerMask).StoreUnsafe(ref to, i + quarter);
            Together(one >>> UpperBits, third & lowerMask).StoreUnsafe(ref to, i + (2 * quarter));
            Together(other >>> UpperBits, last).StoreUnsafe(ref to, i + (3 * quarter));
        }

        static Vector256<int> Eight(ref byte bytes, nuint at) =>
            Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at))).AsByte());

        static Vector256<float> Together(Vector256<int> upperCode, Vector256<int> lowerCode) =>
            Vector256.ConvertToSingle((upperCode << LowerBits) + lowerCode);
    }

    /// <summary>One lower code.</summary>
    public static int LowerCode(ReadOnlySpan<byte> codes, int dimension)
    {
        var quarter = codes.Length / 3;
        return dimension < codes.Length
            ? codes[dimension] & LowerMask
            : (codes[dimension - (3 * quarter)] >> LowerBits) | (codes[dimension - (2 * quarter)] >> LowerBits << 2) | (codes[dimension - quarter] >> LowerBits << 4);
    }

    /// <summary>Sets all lower codes of a row to the middle of what they may be.</summary>
    public static void SetLowerMiddle(Span<byte> codes)
    {
        codes.Clear();
        for (var dimension = 0; dimension < codes.Length / 3 * 4; dimension++)
        {
            SetLowerCode(codes, dimension, 1 << (LowerBits - 1));
        }
    }

    /// <summary>Sets a lower code that was 0.</summary>
    public static void SetLowerCode(Span<byte> codes, int dimension, int code)
    {
        var quarter = codes.Length / 3;
        if (dimension < codes.Length)
        {
            codes[dimension] |= (byte)code;
            return;
        }

        for (var part = 0; part < 3; part++)
        {
            codes[dimension - ((3 - part) * quarter)] |= (byte)(code >> (2 * part) << LowerBits);
        }
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

    internal static void ReadOneByOne(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, Span<float> numbers)
    {
        for (var i = 0; i < upper.Length; i++)
        {
            numbers[i] = ((upper[i] & UpperMask) << LowerBits) + LowerCode(lower, i);
            numbers[i + upper.Length] = (upper[i] >> UpperBits << LowerBits) + LowerCode(lower, i + upper.Length);
        }
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

    internal static int LowerOneByOne(ReadOnlySpan<byte> codes, ReadOnlySpan<short> query)
    {
        var sum = 0;
        for (var i = 0; i < query.Length; i++)
        {
            sum += LowerCode(codes, i) * query[i];
        }

        return sum;
    }
}
