namespace Keepsake.Recall.Signals;

/// <summary>How much the entry matters, as its writer said: it decides between entries that answer equally well.</summary>
internal sealed class ImportanceSignal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "importance";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => false;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        var differ = false;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = search.Candidates.RowOf(i).Importance;
            differ |= values[i] != values[0];
        }

        // Where all matter alike, nothing is known.
        return differ;
    }
}
