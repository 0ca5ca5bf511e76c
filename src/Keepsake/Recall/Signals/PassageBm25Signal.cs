namespace Keepsake.Recall.Signals;

/// <summary>The question's words in the entry's best passage.</summary>
internal sealed class PassageBm25Signal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "words";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => true;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = search.Candidates.Counts.BestPassages[search.Candidates.PlaceOf(i)];
        }

        return search.Terms.Length > 0;
    }
}
