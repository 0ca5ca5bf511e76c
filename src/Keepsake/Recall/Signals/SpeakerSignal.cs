namespace Keepsake.Recall.Signals;

/// <summary>Whether the entry was said by the one the question is about: whoever it names, or the user when it says I, my or we.</summary>
internal sealed class SpeakerSignal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "speaker";

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
            values[i] = search.Asks(i) ? 1 : 0;
        }

        return true;
    }
}
