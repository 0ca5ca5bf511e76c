using Keepsake.Recall.Signals;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Plain cosines, the mean of an entry's best passage's and of the whole's: what the ranking is measured against.</summary>
internal sealed class CosineSignal : ISignal
{
    /// <inheritdoc/>
    public string Name => "cosine";

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Meaning;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        for (var c = 0; c < values.Length; c++)
        {
            values[c] = set.Candidates[c].Similarity;
        }

        return set.HasSimilarity;
    }
}
