using System.Numerics.Tensors;

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
        List<float[]> standing = [];
        foreach (var candidate in order[..Math.Min(depth, order.Length)])
        {
            // A text of several passages says several things.
            if (search.OnlyVectorOf(candidate) is not { } own)
            {
                continue;
            }

            var vector = new float[own.Table.Width];
            own.Table.Read(own.Row, vector);

            var alike = 0;
            for (var i = 0; i < standing.Count && alike < MaxAlike; i++)
            {
                alike += standing[i].Length == vector.Length && TensorPrimitives.Dot<float>(vector, standing[i]) >= Likeness ? 1 : 0;
            }

            if (alike < MaxAlike)
            {
                standing.Add(vector);
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
