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
        var candidates = search.Candidates;
        if (!candidates.HasVectors)
        {
            return false;
        }

        for (var i = 0; i < values.Length; i++)
        {
            var (previous, next) = (candidates.PreviousOf(i), candidates.NextOf(i));
            var sum = candidates.Similarities[candidates.PlaceOf(i)]
                + (previous >= 0 ? candidates.Similarities[previous] : 0)
                + (next >= 0 ? candidates.Similarities[next] : 0);
            values[i] = sum / (1 + (previous >= 0 ? 1 : 0) + (next >= 0 ? 1 : 0));
        }

        return true;
    }
}
