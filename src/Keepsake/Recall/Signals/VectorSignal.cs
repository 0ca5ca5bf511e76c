namespace Keepsake.Recall.Signals;

/// <summary>The cosine between the question and the entry: the mean of its best passage's and of the whole's.</summary>
internal sealed class VectorSignal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "meaning";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => true;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        if (!search.Candidates.HasVectors)
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = search.Candidates.Similarities[search.Candidates.PlaceOf(i)];
        }

        return true;
    }
}
