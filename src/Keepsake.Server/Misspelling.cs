namespace Keepsake.Server;

/// <summary>Tells what somebody meant from what they wrote.</summary>
internal static class Misspelling
{
    private const int MaxSlips = 2;

    /// <summary>Whether a word is near enough to another to have been meant.</summary>
    public static bool Of(string meant, string written) => Slips(meant, written) <= MaxSlips;

    /// <summary>How many slips of a pen are between two words: a letter too many, too few or another, and two that changed places.</summary>
    /// <remarks>The optimal string alignment distance (Damerau 1964, Wagner and Fischer 1974): no letters are looked at twice.</remarks>
    public static int Slips(string meant, string written)
    {
        var counts = new int[meant.Length + 1, written.Length + 1];
        for (var i = 0; i <= meant.Length; i++)
        {
            for (var j = 0; j <= written.Length; j++)
            {
                counts[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(Math.Min(counts[i - 1, j], counts[i, j - 1]) + 1, counts[i - 1, j - 1] + (meant[i - 1] == written[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && meant[i - 1] == written[j - 2] && meant[i - 2] == written[j - 1])
                {
                    counts[i, j] = Math.Min(counts[i, j], counts[i - 2, j - 2] + 1);
                }
            }
        }

        return counts[meant.Length, written.Length];
    }
}
