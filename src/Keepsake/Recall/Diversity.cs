using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>Keeps an answer from saying one thing ten times: of entries that say nearly the same, the best two stand, and the others count for half.</summary>
internal static class Diversity
{
    /// <summary>From this cosine on two entries say nearly the same.</summary>
    public const float Likeness = 0.92f;

    /// <summary>So many of those stay as they are: the second may say it better.</summary>
    public const int MaxAlike = 2;

    /// <summary>What a score is multiplied by where enough others say the same.</summary>
    public const float Discount = 0.5f;

    /// <summary>Discounts repetitions among the best.</summary>
    /// <param name="search">The search.</param>
    /// <param name="order">The candidates, best first.</param>
    /// <param name="scores">Their scores; those of repetitions are lowered.</param>
    /// <param name="depth">How many of the best to look at.</param>
    /// <returns>Whether any was lowered, so that the order may be another.</returns>
    public static bool Discounted(Search search, ReadOnlySpan<int> order, Span<float> scores, int depth)
    {
        var any = false;
        List<(VectorTable Table, int Row)> standing = [];
        foreach (var candidate in order[..Math.Min(depth, order.Length)])
        {
            // A text of several passages says several things.
            if (search.OnlyVectorOf(candidate) is not { } own)
            {
                continue;
            }

            var alike = 0;
            for (var i = 0; i < standing.Count && alike < MaxAlike; i++)
            {
                alike += VectorTable.Cosine(own.Table, own.Row, standing[i].Table, standing[i].Row) >= Likeness ? 1 : 0;
            }

            if (alike < MaxAlike)
            {
                standing.Add(own);
            }
            else
            {
                scores[candidate] *= Discount;
                any = true;
            }
        }

        return any;
    }
}
