using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keepsake.Embedding;

/// <summary>A table of rows of 8-bit numbers, each row with a scale of its own, and sums over chosen rows.</summary>
/// <remarks>
/// A sum is made 64 columns at a time: its vectors then stay in registers over all rows, and a step reads one cache line of each
/// row, so that the processor waits for the lines of several rows at once instead of for one row after another.
/// </remarks>
internal sealed class Int8Rows
{
    private const int Block = 64;
    private const int CacheLine = 64;

    private readonly ReadOnlyMemory<byte> _rows;
    private readonly float[] _scales;

    /// <summary>Makes a table.</summary>
    /// <param name="rows">The numbers, row after row: one row for each scale.</param>
    /// <param name="scales">What each row is multiplied with.</param>
    public Int8Rows(ReadOnlyMemory<byte> rows, float[] scales)
    {
        Debug.Assert(rows.Length % scales.Length == 0, "Rows are whole.");

        (_rows, _scales, Width) = (rows, scales, rows.Length / scales.Length);
    }

    /// <summary>Numbers in a row.</summary>
    public int Width { get; }

    /// <summary>Adds rows, each times its scale.</summary>
    /// <param name="ids">Which rows; one that comes twice is added twice.</param>
    /// <param name="sum">What they are added to; <see cref="Width"/> numbers.</param>
    public void AddTo(Span<float> sum, ReadOnlySpan<int> ids)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sum.Length, Width);
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)_scales.Length, nameof(ids));
        }

        Prefetch(ids);
        var column = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; column <= Width - Block; column += Block)
            {
                AddBlock512(sum, ids, column);
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (; column <= Width - Block; column += Block)
            {
                AddBlock256(sum, ids, column);
            }
        }

        AddColumns(sum, ids, column);
    }

    // Rows of rare words come from memory. Asked for all at once they arrive together, in a fraction of the time.
    private unsafe void Prefetch(ReadOnlySpan<int> ids)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        ref var first = ref FirstOf(0);
        foreach (var id in ids)
        {
            ref var row = ref Unsafe.Add(ref first, (nint)id * Width);
            for (var at = 0; at < Width; at += CacheLine)
            {
                // A hint only: the address is not kept, so the table may move meanwhile.
                Sse.Prefetch1(Unsafe.AsPointer(ref Unsafe.Add(ref row, at)));
            }
        }
    }

    // From here on every id is a row and every column inside of it: AddTo has checked both. Compiled at its best at once: code of this width is not compiled ahead.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddBlock512(Span<float> sum, ReadOnlySpan<int> ids, int column)
    {
        ref var first = ref FirstOf(column);
        ref var to = ref sum[column];
        var a = Vector512.LoadUnsafe(ref to);
        var b = Vector512.LoadUnsafe(ref to, 16);
        var c = Vector512.LoadUnsafe(ref to, 32);
        var d = Vector512.LoadUnsafe(ref to, 48);
        foreach (var id in ids)
        {
            ref var row = ref Unsafe.Add(ref first, (nint)id * Width);
            var scale = Vector512.Create(_scales[id]);
            a = Vector512.FusedMultiplyAdd(Sixteen(ref row, 0), scale, a);
            b = Vector512.FusedMultiplyAdd(Sixteen(ref row, 16), scale, b);
            c = Vector512.FusedMultiplyAdd(Sixteen(ref row, 32), scale, c);
            d = Vector512.FusedMultiplyAdd(Sixteen(ref row, 48), scale, d);
        }

        a.StoreUnsafe(ref to);
        b.StoreUnsafe(ref to, 16);
        c.StoreUnsafe(ref to, 32);
        d.StoreUnsafe(ref to, 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddBlock256(Span<float> sum, ReadOnlySpan<int> ids, int column)
    {
        ref var first = ref FirstOf(column);
        ref var to = ref sum[column];
        var a = Vector256.LoadUnsafe(ref to);
        var b = Vector256.LoadUnsafe(ref to, 8);
        var c = Vector256.LoadUnsafe(ref to, 16);
        var d = Vector256.LoadUnsafe(ref to, 24);
        var e = Vector256.LoadUnsafe(ref to, 32);
        var f = Vector256.LoadUnsafe(ref to, 40);
        var g = Vector256.LoadUnsafe(ref to, 48);
        var h = Vector256.LoadUnsafe(ref to, 56);
        foreach (var id in ids)
        {
            ref var row = ref Unsafe.Add(ref first, (nint)id * Width);
            var scale = Vector256.Create(_scales[id]);
            a = Vector256.FusedMultiplyAdd(Eight(ref row, 0), scale, a);
            b = Vector256.FusedMultiplyAdd(Eight(ref row, 8), scale, b);
            c = Vector256.FusedMultiplyAdd(Eight(ref row, 16), scale, c);
            d = Vector256.FusedMultiplyAdd(Eight(ref row, 24), scale, d);
            e = Vector256.FusedMultiplyAdd(Eight(ref row, 32), scale, e);
            f = Vector256.FusedMultiplyAdd(Eight(ref row, 40), scale, f);
            g = Vector256.FusedMultiplyAdd(Eight(ref row, 48), scale, g);
            h = Vector256.FusedMultiplyAdd(Eight(ref row, 56), scale, h);
        }

        a.StoreUnsafe(ref to);
        b.StoreUnsafe(ref to, 8);
        c.StoreUnsafe(ref to, 16);
        d.StoreUnsafe(ref to, 24);
        e.StoreUnsafe(ref to, 32);
        f.StoreUnsafe(ref to, 40);
        g.StoreUnsafe(ref to, 48);
        h.StoreUnsafe(ref to, 56);
    }

    /// <summary>Any columns on any processor: those after the last whole block, or all of them.</summary>
    internal void AddColumns(Span<float> sum, ReadOnlySpan<int> ids, int column)
    {
        if (column == Width)
        {
            return;
        }

        foreach (var id in ids)
        {
            var row = MemoryMarshal.Cast<byte, sbyte>(_rows.Span.Slice(id * Width, Width));
            var scale = _scales[id];
            for (var i = column; i < row.Length; i++)
            {
                sum[i] += row[i] * scale;
            }
        }
    }

    private ref sbyte FirstOf(int column) =>
        ref Unsafe.Add(ref Unsafe.As<byte, sbyte>(ref MemoryMarshal.GetReference(_rows.Span)), column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sixteen(ref sbyte row, nuint at)
    {
        var narrow = Vector128.LoadUnsafe(ref row, at);
        return Vector512.ConvertToSingle(Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(narrow)
            : Vector512.WidenLower(Vector256.WidenLower(narrow.ToVector256Unsafe()).ToVector512Unsafe()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Eight(ref sbyte row, nuint at)
    {
        var narrow = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<long>(ref Unsafe.As<sbyte, byte>(ref Unsafe.Add(ref row, at)))).AsSByte();
        return Vector256.ConvertToSingle(Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(narrow)
            : Vector256.WidenLower(Vector128.WidenLower(narrow).ToVector256Unsafe()));
    }
}
