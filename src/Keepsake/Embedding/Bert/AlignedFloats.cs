using System.Runtime.CompilerServices;

namespace Keepsake.Embedding.Bert;

/// <summary>Floats that stay where they are in memory and begin at a cache line, so that no vector of them straddles two.</summary>
internal sealed unsafe class AlignedFloats
{
    private const int CacheLine = 64;

    private readonly float[] _values;

    /// <summary>Takes memory; all zeros.</summary>
    /// <param name="count">How many floats.</param>
    public AlignedFloats(long count)
    {
        _values = GC.AllocateArray<float>(checked((int)(count + (CacheLine / sizeof(float)))), pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref _values[0]);
        First = (float*)((start + CacheLine - 1) & ~(nuint)(CacheLine - 1));
        Count = (int)count;
    }

    /// <summary>The first float. Valid while this object is referenced: see <see cref="GC.KeepAlive"/>.</summary>
    public float* First { get; }

    /// <summary>How many there are.</summary>
    public int Count { get; }
}
