namespace Keepsake.Recall.Signals;

/// <summary>Whether the entry states rather than asks: a question seldom answers another.</summary>
internal sealed class StatementSignal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "statement";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => false;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var rows = search.Partitions[p].Rows;
            for (var i = 0; i < rows.Length; i++)
            {
                values[search.FirstDocument[p] + i] = rows[i].StatementShare;
            }
        }

        return true;
    }
}
