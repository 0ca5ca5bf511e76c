namespace Keepsake.Recall.Signals;

/// <summary>How much of what was said around a text belongs to it.</summary>
/// <remarks>
/// What is said in a few words is understood from what was said just before and after; a page stands for itself. So the
/// neighbours count by their distance in words, not in turns: ¾ e^(−words / 15), from the text's edge to the neighbour's middle. A
/// neighbour of ten words counts .54, the passage of sixty words next to it in a long answer .10, and beyond about seventy words nothing.
/// </remarks>
internal static class Surroundings
{
    /// <summary>The words over which the weight falls to 1/e.</summary>
    public const float Reach = 15;

    /// <summary>Most neighbours that count on one side.</summary>
    public const int MaxOnOneSide = 4;

    /// <summary>What a text counts that is right beside: less than the text itself, or whoever stands by would pass for who speaks.</summary>
    public const float Nearest = 0.75f;

    private const int Furthest = 70;

    // By half words.
    private static readonly float[] Weights = [.. Enumerable.Range(0, 2 * Furthest).Select(half => Nearest * MathF.Exp(-half / (2 * Reach)))];

    /// <summary>What a text of a length counts that begins so many words away. 0: it is too far.</summary>
    public static float Weight(int distance, int length)
    {
        var half = (2 * distance) + length;
        return half < Weights.Length ? Weights[half] : 0;
    }
}
