namespace Keepsake.Recall;

/// <summary>Keeps an answer from saying one thing ten times: of entries that say nearly the same, the best two stand, and the others count for half.</summary>
internal static class Diversity
{
    /// <summary>So many of those stay as they are: the second may say it better.</summary>
    public const int MaxAlike = 2;

    /// <summary>What a score is multiplied by where enough others say the same.</summary>
    public const float Discount = 0.5f;

    /// <summary>Discounts repetitions among the best.</summary>
    /// <param name="search">The search.</param>
    /// <param name="order">The candidates, best first.</param>
    /// <param name="scores">Their scores; those of repetitions are lowered.</param>
    /// <param name="depth">How many of the best to look at.</param>
    /// <returns>How many were lowered: with any, the order may be another.</returns>
    public static int Discounted(Search search, ReadOnlySpan<int> order, Span<float> scores, int depth)
    {
        var discounted = 0;
        List<Likeness> standing = [];
        foreach (var candidate in order[..Math.Min(depth, order.Length)])
        {
            var own = search.LikenessOf(candidate);
            var alike = 0;
            for (var i = 0; i < standing.Count && alike < MaxAlike; i++)
            {
                alike += own.To(standing[i], Likeness.NearlySame) ? 1 : 0;
            }

            if (alike < MaxAlike)
            {
                standing.Add(own);
            }
            else
            {
                scores[candidate] *= Discount;
                discounted++;
            }
        }

        return discounted;
    }
}
