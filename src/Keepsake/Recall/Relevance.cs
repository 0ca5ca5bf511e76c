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

    /// <summary>Weighs the evidence of a search whose signals have run.</summary>
    public Relevance(Search search)
    {
        var candidates = search.Candidates;
        var attainable = search.Terms.Sum(term => term.Worth);
        var best = (Words: 0f, Cosine: 0f);
        for (var i = 0; i < candidates.Count; i++)
        {
            best.Words = Math.Max(best.Words, candidates.Counts.BestPassages[candidates.PlaceOf(i)]);
            best.Cosine = Math.Max(best.Cosine, candidates.HasVectors ? candidates.Similarities[candidates.PlaceOf(i)] : 0);
        }

        var words = attainable > 0 ? Math.Sqrt(Math.Min(1, best.Words / attainable)) : 0;
        var cosine = Math.Clamp(best.Cosine, 0, 1);
        _evidence = !candidates.HasVectors ? words : search.Terms.Length > 0 ? (words + cosine) / 2 : cosine;
    }

    /// <summary>The relevance of an entry.</summary>
    /// <param name="score">Its sum of signals, from 0 to 1.</param>
    public double Of(double score) => Math.Clamp(Math.Sqrt(score) * _evidence, 0, 1);
}
