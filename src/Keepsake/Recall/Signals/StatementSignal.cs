namespace Keepsake.Recall.Signals;

/// <summary>Whether the entry states something rather than only asks: a bare question seldom answers another.</summary>
/// <remarks>
/// By length, not by share: who explains a problem at length and then asks for help has stated much.
/// </remarks>
internal sealed class StatementSignal(double weight) : ISignal
{
    // A sentence or two, about 16 words.
    private const float FullLength = 100;

    /// <inheritdoc/>
    public string Name => "statement";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => false;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.Min(1, search.Candidates.RowOf(i).StatementLength / FullLength);
        }

        return true;
    }
}
