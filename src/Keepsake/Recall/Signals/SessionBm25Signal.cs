namespace Keepsake.Recall.Signals;

/// <summary>The question's words in the entry's whole session: the session about the subject is where the answer is.</summary>
/// <remarks>BM25 with sessions as the texts, where a term counts once for each passage that holds it. An entry without a session is its own.</remarks>
internal sealed class SessionBm25Signal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "session words";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => true;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        var bm25 = new Bm25(search.Scope.SessionLength);
        for (var i = 0; i < values.Length; i++)
        {
            var counts = search.Candidates.SessionCounts.Of(i);
            var length = search.Candidates.SessionCounts.LengthOf(i);
            for (var t = 0; t < counts.Length; t++)
            {
                values[i] += search.Terms[t].Worth * bm25.Saturation(counts[t], length);
            }
        }

        return search.Terms.Length > 0;
    }
}
