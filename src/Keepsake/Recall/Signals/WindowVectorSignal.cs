namespace Keepsake.Recall.Signals;

/// <summary>The mean cosine of the entry and its neighbours in the session.</summary>
internal sealed class WindowVectorSignal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "window meaning";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => true;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        var similarities = search.MeasureSimilarities();
        if (similarities.IsEmpty)
        {
            return false;
        }

        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var rows = search.Partitions[p].Rows;
            var own = similarities.Slice(search.FirstDocument[p], rows.Length);
            var means = values.Slice(search.FirstDocument[p], rows.Length);
            for (var i = 0; i < rows.Length; i++)
            {
                var previous = rows[i].Previous;
                var next = rows[i].Next;
                var sum = own[i] + (previous >= 0 ? own[previous] : 0) + (next >= 0 ? own[next] : 0);
                means[i] = sum / (1 + (previous >= 0 ? 1 : 0) + (next >= 0 ? 1 : 0));
            }
        }

        return true;
    }
}
