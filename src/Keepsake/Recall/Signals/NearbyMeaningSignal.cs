namespace Keepsake.Recall.Signals;

/// <summary>The meaning of the candidate with what was said around it: the mean similarity, each neighbour counting by its distance.</summary>
internal sealed class NearbyMeaningSignal : ISignal
{
    // A neighbour that counts less than this changes nothing.
    private const float MinWeight = 0.02f;

    /// <inheritdoc/>
    public string Name => "nearby meaning";

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Meaning;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        for (var c = 0; c < values.Length; c++)
        {
            var (sum, weights) = (set.Candidates[c].SimilarityApart, 1f);
            AddSide(set.Candidates, c, forwards: false, ref sum, ref weights);
            AddSide(set.Candidates, c, forwards: true, ref sum, ref weights);
            values[c] = sum / weights;
        }

        return set.HasSimilarity;
    }

    private static void AddSide(ReadOnlySpan<Candidate> candidates, int from, bool forwards, ref float sum, ref float weights)
    {
        var distance = 0;
        for (var i = 0; i < Surroundings.MaxOnOneSide; i++)
        {
            from = forwards ? candidates[from].Next : candidates[from].Previous;
            if (from == Candidate.None || Surroundings.Weight(distance, candidates[from].Length) is not (>= MinWeight and var weight))
            {
                return;
            }

            sum += weight * candidates[from].SimilarityApart;
            weights += weight;
            distance += candidates[from].Length;
        }
    }
}
