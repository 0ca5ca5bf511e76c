namespace Keepsake.Recall.Signals;

/// <summary>How near the candidate's meaning is to the question's: the mean of its best passage's cosine and of the whole's, with less of what all that is searched has in common.</summary>
internal sealed class MeaningSignal : ISignal
{
    /// <inheritdoc/>
    public string Name => "meaning";

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Meaning;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        for (var c = 0; c < values.Length; c++)
        {
            values[c] = set.Candidates[c].SimilarityApart;
        }

        return set.HasSimilarity;
    }
}
