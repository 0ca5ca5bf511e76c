namespace Keepsake.Recall.Signals;

/// <summary>Okapi BM25 (Robertson and Walker, SIGIR 1994) with k1 1.2 and b 0.75, for texts of one mean length.</summary>
internal readonly struct Bm25(float averageLength)
{
    private const float K1 = 1.2f;
    private const float B = 0.75f;

    private readonly float _fixed = K1 * (1 - B);
    private readonly float _byLength = K1 * B / averageLength;

    /// <summary>What a term is worth by how many of all texts hold it; above 0, so that a term in every text still counts a little.</summary>
    public static float InverseFrequency(int frequency, int texts) =>
        MathF.Log(1 + ((Math.Max(frequency, texts) - frequency + 0.5f) / (frequency + 0.5f)));

    /// <summary>What occurrences in a text are worth, from 0 up to 2.2.</summary>
    public float Saturation(float occurrences, float length) =>
        occurrences * (K1 + 1) / (occurrences + _fixed + (_byLength * length));
}
