namespace Keepsake.Recall.Signals;

/// <summary>The question's words in what someone else asked just before: who is asked the same, answers it.</summary>
/// <remarks>BM25 of the best passage of the candidate before, where that asks something and another speaks.</remarks>
internal sealed class AnswerSignal : ISignal
{
    /// <inheritdoc/>
    public string Name => "answers";

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Words;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        var any = false;
        for (var c = 0; c < values.Length; c++)
        {
            ref readonly var candidate = ref set.Candidates[c];
            if (candidate.CanReturn && candidate.Previous != Candidate.None && Asks(set.Candidates[candidate.Previous], candidate.Speaker))
            {
                values[c] = BestPassage(set, set.Candidates[candidate.Previous]);
                any |= values[c] > 0;
            }
        }

        return any;
    }

    private static bool Asks(in Candidate previous, int speaker) => (previous.Traits & Analysis.Trait.Asks) != 0 && previous.Speaker != speaker;

    private static float BestPassage(CandidateSet set, in Candidate candidate)
    {
        var best = 0f;
        for (var passage = candidate.FirstPassage; passage < candidate.EndOfPassages; passage++)
        {
            best = Math.Max(best, Bm25.Score(set.Worth, set.OccurrencesIn(passage), set.PassageLengths[passage], set.AveragePassage));
        }

        return best;
    }
}
