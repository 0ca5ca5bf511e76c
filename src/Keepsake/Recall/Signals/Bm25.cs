namespace Keepsake.Recall.Signals;

/// <summary>The BM25 weighting of Robertson and others, with the usual constants.</summary>
internal static class Bm25
{
    /// <summary>How soon a further occurrence of the same term stops mattering.</summary>
    public const float K1 = 1.2f;

    /// <summary>How much length is held against a text, from 0 to 1.</summary>
    public const float B = 0.75f;

    /// <summary>What a term is worth that occurs in <paramref name="frequency"/> of <paramref name="count"/> texts. Never negative.</summary>
    public static float InverseFrequency(int frequency, int count) =>
        MathF.Log(1 + ((count - frequency + 0.5f) / (frequency + 0.5f)));

    /// <summary>The part of that worth that a text earns, from 0 to <see cref="K1"/> + 1; 1 for one occurrence at average length.</summary>
    public static float Saturation(float occurrences, float length, float averageLength, float b = B) =>
        occurrences * (K1 + 1) / (occurrences + (K1 * (1 - b + (b * length / averageLength))));

    /// <summary>What a text earns of all terms.</summary>
    public static float Score(ReadOnlySpan<float> worth, ReadOnlySpan<float> occurrences, float length, float averageLength)
    {
        var score = 0f;
        for (var t = 0; t < worth.Length; t++)
        {
            score += occurrences[t] > 0 ? worth[t] * Saturation(occurrences[t], length, averageLength) : 0;
        }

        return score;
    }
}
