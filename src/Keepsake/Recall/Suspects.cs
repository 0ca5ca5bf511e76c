using Keepsake.Recall.Analysis;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>Lets what is suspicious count for a little less, so that it never comes before what is as good and is not. It is not left out for that.</summary>
internal static class Suspects
{
    /// <summary>What a suspicious entry's score is multiplied by.</summary>
    public const float Discount = 0.9f;

    /// <summary>Discounts the suspicious ones of an answer.</summary>
    /// <param name="candidates">What was ranked.</param>
    /// <param name="standing">The candidates that reach the floor.</param>
    /// <param name="scores">Their scores; those of suspicious ones are lowered.</param>
    /// <returns>Whether any was lowered, so that the order may be another.</returns>
    public static bool Discounted(ReadOnlySpan<Candidate> candidates, ReadOnlySpan<int> standing, Span<float> scores)
    {
        var any = false;
        foreach (var candidate in standing)
        {
            if (candidates[candidate].Traits.HasFlag(Trait.Suspicious))
            {
                scores[candidate] *= Discount;
                any = true;
            }
        }

        return any;
    }
}
