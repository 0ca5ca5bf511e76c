using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keepsake.Recall.Index;

/// <summary>Bytes that stay where they are in memory and begin at a line of the processor's cache, so that no row of 64 bytes lies on two.</summary>
internal sealed class AlignedBytes
{
    /// <summary>Bytes a line.</summary>
    public const int Line = 64;

    private readonly byte[] _bytes;
    private readonly int _start;

    /// <summary>Takes memory; all zeros.</summary>
    /// <param name="length">How many bytes.</param>
    public unsafe AlignedBytes(int length)
    {
        _bytes = GC.AllocateArray<byte>(checked(length + Line - 1), pinned: true);
        _start = length == 0 ? 0 : (int)(-(nint)Unsafe.AsPointer(ref _bytes[0]) & (Line - 1));
        Length = length;
    }

    /// <summary>How many there are.</summary>
    public int Length { get; }

    /// <summary>All of them.</summary>
    public Span<byte> Span => _bytes.AsSpan(_start, Length);

    /// <summary>The first of them.</summary>
    public ref byte First => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), _start);

    /// <summary>A copy of some bytes.</summary>
    public static AlignedBytes Of(ReadOnlySpan<byte> bytes)
    {
        var copy = new AlignedBytes(bytes.Length);
        bytes.CopyTo(copy.Span);
        return copy;
    }
}
