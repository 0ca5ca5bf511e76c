namespace Keepsake.Recall.Signals;

/// <summary>What is known of each candidate alone, from 0 to 1: no evidence, but it decides between candidates that answer equally well.</summary>
/// <param name="name">Its name in an explanation.</param>
/// <param name="applies">Whether the question makes it matter.</param>
/// <param name="value">A candidate's value.</param>
internal sealed class Circumstance(string name, Func<CandidateSet, bool> applies, Circumstance.Value value) : ISignal
{
    /// <summary>Gives a candidate's value, from 0 to 1.</summary>
    public delegate float Value(CandidateSet set, in Candidate candidate);

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Circumstance;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        if (!applies(set))
        {
            return false;
        }

        var (least, most) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var c = 0; c < values.Length; c++)
        {
            if (set.Candidates[c].CanReturn)
            {
                values[c] = value(set, set.Candidates[c]);
                (least, most) = (Math.Min(least, values[c]), Math.Max(most, values[c]));
            }
        }

        // Where all are alike, nothing is known.
        return most > least;
    }
}
