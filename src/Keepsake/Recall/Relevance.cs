using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>What relevance means: how good an answer the entry is among the others, and how good any of them is.</summary>
/// <remarks>
/// <para>The sum of the signals orders the entries of one answer, but each signal is scaled to its best entry, so the sum is high
/// even where the best is bad. How good it is in itself is known of two signals. Words: the share of the question's terms that
/// the best passage holds, each weighted by its rarity, a term found nowhere as very rare. Meaning: the best cosine. The square
/// root brings the share to the cosine's range: 0.3 to 0.4 for the nearest of unrelated texts, 0.5 and more for an answer.</para>
/// <para>relevance = √sum × mean(√share, cosine), without a vector √sum × √share. So 1 is a passage with all words and the
/// meaning of the question, and an unrelated question has low values throughout.</para>
/// </remarks>
internal readonly struct Relevance
{
    /// <summary>What to leave out when the caller does not say.</summary>
    /// <remarks>
    /// On both development sets fewer than 1 in 100 of the right answers among the first ten lie below it; docs/recall.md has
    /// the curve. It errs to the side of showing: an agent can ignore a weak memory but cannot miss what it never saw.
    /// </remarks>
    public const double DefaultFloor = 0.35;

    private readonly double _evidence;

    /// <summary>Weighs the evidence of a search.</summary>
    public Relevance(CandidateSet set)
    {
        var words = Math.Sqrt(Math.Min(1, Share(set)));
        var cosine = 0f;
        foreach (ref readonly var candidate in set.Candidates.AsSpan())
        {
            cosine = candidate.CanReturn ? Math.Max(cosine, candidate.Similarity) : cosine;
        }

        _evidence = !set.HasSimilarity ? words : set.HasTerms ? (words + cosine) / 2 : cosine;
    }

    /// <summary>The relevance of an entry.</summary>
    /// <param name="score">Its sum of signals, from 0 to 1.</param>
    public double Of(double score) => Math.Clamp(Math.Sqrt(score) * _evidence, 0, 1);

    private static float Share(CandidateSet set)
    {
        var best = 0f;
        foreach (ref readonly var candidate in set.Candidates.AsSpan())
        {
            for (var passage = candidate.FirstPassage; candidate.CanReturn && passage < candidate.EndOfPassages; passage++)
            {
                best = Math.Max(best, Bm25.Score(set.Worth, set.OccurrencesIn(passage), set.PassageLengths[passage], set.AveragePassage));
            }
        }

        var attainable = set.UnknownWorth + set.Worth.Sum();
        return attainable > 0 ? best / attainable : 0;
    }
}
