namespace Keepsake.Recall;

/// <summary>What relevance means: how near the entry is to the best one, times how good the best one's evidence is.</summary>
/// <remarks>
/// The sum of the signals only orders the entries of one answer, for each signal is scaled to its best. How good that best is
/// in itself is known of two signals: the share of the question's words that one passage holds, weighted by their rarity (a
/// word found nowhere counts as very rare), and the cosine. The better of the two, so that either finds what the other cannot.
/// </remarks>
internal readonly struct Relevance
{
    /// <summary>What to drop results below when the caller does not say.</summary>
    public const double DefaultFloor = 0.3;

    private readonly double _evidence;

    /// <summary>Weighs the evidence of a search whose signals have run.</summary>
    public Relevance(Search search) =>
        _evidence = Math.Clamp(Math.Max(search.LexicalEvidence, search.VectorEvidence), 0, 1);

    /// <summary>The relevance of an entry.</summary>
    /// <param name="score">Its sum of signals, from 0 to 1.</param>
    public double Of(double score) => Math.Clamp(score * _evidence, 0, 1);
}
