using Keepsake.Recall.Signals;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Plain BM25 of an entry's best passage: what the ranking is measured against.</summary>
internal sealed class Bm25Signal : ISignal
{
    /// <inheritdoc/>
    public string Name => "BM25";

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Words;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        for (var c = 0; c < values.Length; c++)
        {
            ref readonly var candidate = ref set.Candidates[c];
            for (var passage = candidate.FirstPassage; passage < candidate.EndOfPassages; passage++)
            {
                values[c] = Math.Max(values[c], Bm25.Score(set.Worth, set.OccurrencesIn(passage), set.PassageLengths[passage], set.AveragePassage));
            }
        }

        return set.HasTerms;
    }
}
