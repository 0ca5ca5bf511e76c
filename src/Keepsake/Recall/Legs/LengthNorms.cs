using Keepsake.Recall.Signals;

namespace Keepsake.Recall.Legs;

/// <summary>BM25 for passages of up to 255 terms, with what depends on the length worked out once for each.</summary>
internal sealed class LengthNorms
{
    private readonly float[] _norms = new float[byte.MaxValue + 1];

    /// <summary>Works them out.</summary>
    /// <param name="averageLength">The mean number of terms in a passage.</param>
    public LengthNorms(float averageLength)
    {
        for (var length = 0; length < _norms.Length; length++)
        {
            _norms[length] = Bm25.K1 * (1 - Bm25.B + (Bm25.B * length / averageLength));
        }
    }

    /// <inheritdoc cref="Bm25.Saturation"/>
    public float Saturation(int occurrences, int length) => occurrences * (Bm25.K1 + 1) / (occurrences + _norms[length]);
}
