namespace Keepsake.Recall.Signals;

/// <summary>How much the entry's speaker talks of themself, where the question is about a person: that is what people are asked about.</summary>
internal sealed class FirstPersonSignal(double weight) : ISignal
{
    // Everyday talk about oneself has an "I" or a "my" in about ten words; more than that says no more.
    private const float FullShare = 0.1f;

    /// <inheritdoc/>
    public string Name => "first person";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => false;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        if (!search.AsksOfSpeaker)
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.Min(1, search.Candidates.RowOf(i).FirstPersonShare / FullShare);
        }

        return true;
    }
}
