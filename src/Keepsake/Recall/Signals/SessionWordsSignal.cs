namespace Keepsake.Recall.Signals;

/// <summary>The question's words in the candidate's whole session: the session about the subject is where the answer is.</summary>
/// <remarks>BM25 with sessions as the texts. A candidate without a session is its own.</remarks>
internal sealed class SessionWordsSignal : ISignal
{
    /// <inheritdoc/>
    public string Name => "session words";

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Words;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        if (!set.HasTerms)
        {
            return false;
        }

        Span<float> scores = new float[set.SessionLengths.Length];
        for (var session = 0; session < scores.Length; session++)
        {
            var occurrences = set.SessionOccurrences.AsSpan(session * set.Worth.Length, set.Worth.Length);
            scores[session] = Bm25.Score(set.Worth, occurrences, set.SessionLengths[session], set.AverageSession);
        }

        for (var c = 0; c < values.Length; c++)
        {
            values[c] = scores[set.Candidates[c].Session];
        }

        return true;
    }
}
