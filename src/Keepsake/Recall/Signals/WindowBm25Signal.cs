namespace Keepsake.Recall.Signals;

/// <summary>The question's words in the entry together with its neighbours in the session: what is said is often split over an exchange.</summary>
internal sealed class WindowBm25Signal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "window words";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => true;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        var candidates = search.Candidates;
        var bm25 = new Bm25(search.Scope.WindowLength);
        Span<float> counts = stackalloc float[search.Terms.Length];
        for (var i = 0; i < values.Length; i++)
        {
            counts.Clear();
            var length = 0;
            foreach (var place in (ReadOnlySpan<int>)[candidates.PreviousOf(i), candidates.PlaceOf(i), candidates.NextOf(i)])
            {
                if (place != Candidates.None)
                {
                    System.Numerics.Tensors.TensorPrimitives.Add(counts, candidates.Counts.Of(place), counts);
                    length += candidates.RowOfPlace(place).Length;
                }
            }

            for (var t = 0; t < counts.Length; t++)
            {
                values[i] += search.Terms[t].Worth * bm25.Saturation(counts[t], length);
            }
        }

        return search.Terms.Length > 0;
    }
}
