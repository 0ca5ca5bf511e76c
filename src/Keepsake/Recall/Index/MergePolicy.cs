namespace Keepsake.Recall.Index;

/// <summary>Says which segments become one, so that there are few and each document is copied seldom.</summary>
internal static class MergePolicy
{
    /// <summary>A segment of more documents is not merged with others any more, so that no merge takes long or holds much twice.</summary>
    public const int MaxMergedDocuments = 1 << 18;

    /// <summary>As many segments of one size become one of the next.</summary>
    private const int MergeFactor = 8;

    /// <summary>What should become one segment: many of one size, or one that has lost more than half.</summary>
    /// <param name="views">All segments.</param>
    /// <param name="most">Most documents of the outcome.</param>
    /// <returns>What to merge, or <see langword="null"/>: nothing.</returns>
    public static List<SegmentView>? Due(IReadOnlyList<SegmentView> views, int most)
    {
        foreach (var view in views)
        {
            if (view.Live <= most && view.Removed > view.Live)
            {
                return [view];
            }
        }

        foreach (var tier in views.Where(view => view.Live < MaxMergedDocuments).GroupBy(TierOf).OrderBy(tier => tier.Key))
        {
            List<SegmentView> smallest = [.. tier.OrderBy(view => view.Live).Take(MergeFactor)];
            if (smallest.Count == MergeFactor && smallest.Sum(view => view.Live) <= most)
            {
                return smallest;
            }
        }

        return null;
    }

    private static int TierOf(SegmentView view) => System.Numerics.BitOperations.Log2((uint)view.Live) / 3;
}
