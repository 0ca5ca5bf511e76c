using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>What relevance means: how likely it is that what is searched answers the question at all, times how good the entry is beside the best.</summary>
/// <remarks>
/// <para>The scores order the entries of one answer, but each signal is scaled to its best entry, so the best is high even where
/// it is bad. How likely an answer is, is told from what is known before anything is scaled: a logistic function of the question's words in
/// the best passage, the best cosine, and whether those it names are known here. Fitted to tell questions asked of the conversation they are about from the
/// same questions asked of another; docs/recall.md has the curve.</para>
/// <para>relevance = likelihood × s (2 − s), where s = score / best score: the best entry has the likelihood, one nearly as good nearly all of it, so that the
/// floor does not cut an answer off in its middle, and one that is far behind little, so that a good answer brings no others along.</para>
/// </remarks>
internal readonly struct Relevance
{
    /// <summary>What to leave out when the caller does not say.</summary>
    /// <remarks>Low enough to lose few right answers; docs/recall.md has the curve.</remarks>
    public const double DefaultFloor = 0.4;

    private readonly double _likelihood;
    private readonly float _best;

    /// <summary>Weighs the evidence of a search.</summary>
    /// <param name="set">The candidates.</param>
    /// <param name="scores">Their scores.</param>
    public Relevance(CandidateSet set, ReadOnlySpan<float> scores)
    {
        foreach (var score in scores)
        {
            _best = Math.Max(_best, score);
        }

        _likelihood = Likelihood(Evidence.Of(set, _best));
    }

    /// <summary>The relevance of an entry.</summary>
    /// <param name="score">Its sum of signals, from 0 to 1.</param>
    public double Of(double score)
    {
        var share = _best > 0 ? Math.Min(1, score / _best) : 0;
        return _likelihood * share * (2 - share);
    }

    /// <summary>How likely it is that an answer is there, from 0 to 1.</summary>
    public static double Likelihood(in Evidence evidence) => 1 / (1 + Math.Exp(0.2
        - (3 * evidence.Words)
        - (3 * evidence.Coverage)
        - (2.3 * Math.Log(1 + evidence.RareWords))
        - (9.5 * evidence.Cosine)
        - (1.5 * evidence.BestScore)
        - (evidence.NamesSpeaker ? 3 : 0)
        - (evidence.OnlySomeMayTell ? 1.2 : 0)
        - (4 * evidence.Brevity)
        + (2 * evidence.UnknownNames)
        + (evidence.AsksForSummary ? 0.6 : 0)
        + (0.75 * Math.Log(Math.Min(evidence.Passages, Evidence.ManyPassages)))
        + (1.5 * Math.Log(Math.Clamp(evidence.PassageLength, Evidence.ShortPassage, Evidence.LongPassage)))));
}
