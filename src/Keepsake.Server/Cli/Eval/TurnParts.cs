namespace Keepsake.Server.Cli.Eval;

/// <summary>Cuts a text that is longer than a record may be.</summary>
internal static class TurnParts
{
    /// <summary>Cuts a text into parts, at a paragraph, a line or a word where one ends in the last quarter of a part.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">Longest part, in characters.</param>
    /// <returns>The parts in order, without the white space between them; none when there is nothing but white space.</returns>
    public static IEnumerable<string> Of(string text, int maxLength)
    {
        var rest = text.Trim();
        while (rest.Length > maxLength)
        {
            var end = End(rest, maxLength);
            yield return rest[..end].TrimEnd();
            rest = rest[end..].TrimStart();
        }

        if (rest.Length > 0)
        {
            yield return rest;
        }
    }

    private static int End(string text, int maxLength)
    {
        var window = text.AsSpan(0, maxLength);
        ReadOnlySpan<string> seams = ["\n\n", "\n", " "];
        foreach (var seam in seams)
        {
            var end = window.LastIndexOf(seam, StringComparison.Ordinal);
            if (end >= maxLength * 3 / 4)
            {
                return end + seam.Length;
            }
        }

        return char.IsHighSurrogate(window[^1]) ? maxLength - 1 : maxLength;
    }
}
