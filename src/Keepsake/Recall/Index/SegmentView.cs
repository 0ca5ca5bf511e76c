namespace Keepsake.Recall.Index;

/// <summary>A segment as one search sees it: with what had been removed when the search began.</summary>
internal sealed class SegmentView
{
    private readonly ulong[]? _removed;

    private SegmentView(Segment segment, ulong[]? removed, int removedCount)
    {
        Segment = segment;
        _removed = removed;
        Removed = removedCount;
    }

    /// <summary>A segment with nothing removed.</summary>
    public SegmentView(Segment segment)
        : this(segment, null, 0)
    {
    }

    /// <summary>The segment.</summary>
    public Segment Segment { get; }

    /// <summary>How many documents are removed.</summary>
    public int Removed { get; }

    /// <summary>How many are not.</summary>
    public int Live => Segment.Count - Removed;

    /// <summary>One bit a document, set where it is removed; empty: none is.</summary>
    public ReadOnlySpan<ulong> RemovedBits => _removed;

    /// <summary>A segment with some removed.</summary>
    public static SegmentView Of(Segment segment, ReadOnlySpan<ulong> removed)
    {
        var count = 0;
        foreach (var bits in removed)
        {
            count += System.Numerics.BitOperations.PopCount(bits);
        }

        return new(segment, count == 0 ? null : removed.ToArray(), count);
    }

    /// <summary>Whether a document is not removed.</summary>
    public bool IsLive(int document) => _removed is null || (_removed[document >> 6] >> (document & 63) & 1) == 0;

    /// <summary>The same with more removed. Copying a bit a document is cheap beside what led to it.</summary>
    public SegmentView Without(IReadOnlyCollection<int> documents)
    {
        var removed = _removed is null ? new ulong[(Segment.Count + 63) >> 6] : (ulong[])_removed.Clone();
        foreach (var document in documents)
        {
            removed[document >> 6] |= 1UL << (document & 63);
        }

        return Of(Segment, removed);
    }
}
