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
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var rows = search.Partitions[p].Rows;
            for (var i = 0; i < rows.Length; i++)
            {
                values[search.FirstDocument[p] + i] = rows[i].Importance;
                differ |= rows[i].Importance != search.Partitions[0].Rows[0].Importance;
            }
        }

        // Where all matter alike, nothing is known.
        return differ;
    }
}
