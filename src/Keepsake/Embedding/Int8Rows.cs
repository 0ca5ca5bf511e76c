using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Keepsake.Embedding;

/// <summary>Adds rows of 8-bit numbers, each with a scale of its own, to a sum of floats.</summary>
/// <remarks>The widest vectors that the processor adds quickly are chosen once, when the code is compiled.</remarks>
internal static class Int8Rows
{
    /// <summary>Adds <c>row × scale</c> to <paramref name="sum"/>.</summary>
    public static void AddScaled(ReadOnlySpan<sbyte> row, float scale, Span<float> sum)
    {
        Debug.Assert(row.Length == sum.Length, "A row has as many numbers as the sum.");

        ref var from = ref MemoryMarshal.GetReference(row);
        ref var to = ref MemoryMarshal.GetReference(sum);
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= row.Length - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Add512(ref from, ref to, (nuint)i, scale);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= row.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Add256(ref from, ref to, (nuint)i, scale);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (; i <= row.Length - (2 * Vector128<float>.Count); i += 2 * Vector128<float>.Count)
            {
                Add128(ref from, ref to, (nuint)i, scale);
            }
        }

        for (; i < row.Length; i++)
        {
            sum[i] += row[i] * scale;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add512(ref sbyte row, ref float sum, nuint i, float scale)
    {
        var wide = Vector512.WidenLower(Vector256.WidenLower(Vector128.LoadUnsafe(ref row, i).ToVector256Unsafe()).ToVector512Unsafe());
        var added = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(wide), Vector512.Create(scale), Vector512.LoadUnsafe(ref sum, i));
        added.StoreUnsafe(ref sum, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add256(ref sbyte row, ref float sum, nuint i, float scale)
    {
        var narrow = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref row, i)))).AsSByte();
        var wide = Vector256.WidenLower(Vector128.WidenLower(narrow).ToVector256Unsafe());
        var added = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(wide), Vector256.Create(scale), Vector256.LoadUnsafe(ref sum, i));
        added.StoreUnsafe(ref sum, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Add128(ref sbyte row, ref float sum, nuint i, float scale)
    {
        var narrow = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref row, i)))).AsSByte();
        var (lower, upper) = Vector128.Widen(Vector128.WidenLower(narrow));
        var factor = Vector128.Create(scale);
        (Vector128.LoadUnsafe(ref sum, i) + (Vector128.ConvertToSingle(lower) * factor)).StoreUnsafe(ref sum, i);
        (Vector128.LoadUnsafe(ref sum, i + 4) + (Vector128.ConvertToSingle(upper) * factor)).StoreUnsafe(ref sum, i + 4);
    }
}
