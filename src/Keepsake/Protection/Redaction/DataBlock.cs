namespace Keepsake.Protection.Redaction;

/// <summary>Knows wrapped data: line after line of base64 or hexadecimal, as in an attachment, a font, an icon, a certificate's body.</summary>
internal static class DataBlock
{
    // Data is wrapped at 48 characters and more. A secret that has a line to itself has no neighbour of that length, or is not that long.
    private const int MinLineLength = 44;
    // A line that is full, of letters, digits and signs, is one of many even where the others are not shown.
    private const int MimeLine = 76;
    private const int PemLine = 64;

    private const int MaxDecoration = 16;
    private const int MaxLineLength = 400;

    /// <summary>Tells whether a run fills its line, but for quotes, indents and the like, and a neighbouring line does the same or the line is as long as wrapped data's.</summary>
    public static bool Holds(ReadOnlySpan<char> text, int start, int end)
    {
        var window = Math.Max(0, start - MaxLineLength);
        var lineStart = text[window..start].LastIndexOf('\n');
        if (lineStart < 0 && window > 0)
        {
            return false;
        }

        lineStart = lineStart < 0 ? 0 : window + lineStart + 1;
        var rest = text[end..Math.Min(text.Length, end + MaxLineLength)];
        var lineEnd = rest.IndexOf('\n');
        lineEnd = lineEnd < 0 ? end + rest.Length : end + lineEnd;
        if (!IsDecoration(text[lineStart..start]) || !IsDecoration(text[end..lineEnd]))
        {
            return false;
        }

        var length = end - start;
        if (length is MimeLine or PemLine && lineEnd - lineStart == length && text[start..end].ContainsAny('+', '/'))
        {
            return true;
        }

        return IsDataLine(Before(text, lineStart), length) || IsDataLine(After(text, lineEnd), length);
    }

    private static ReadOnlySpan<char> Before(ReadOnlySpan<char> text, int lineStart)
    {
        if (lineStart == 0)
        {
            return [];
        }

        var window = text[Math.Max(0, lineStart - 1 - MaxLineLength)..(lineStart - 1)];
        return window[(window.LastIndexOf('\n') + 1)..];
    }

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> text, int lineEnd)
    {
        if (lineEnd + 1 >= text.Length)
        {
            return [];
        }

        var window = text[(lineEnd + 1)..Math.Min(text.Length, lineEnd + 1 + MaxLineLength)];
        var length = window.IndexOf('\n');
        return length < 0 ? window : window[..length];
    }

    private static bool IsDataLine(ReadOnlySpan<char> line, int length)
    {
        var best = 0;
        for (var at = 0; at < line.Length;)
        {
            var run = CharSet.Base64.CountAtStart(line[at..]);
            best = Math.Max(best, run);
            at += run + 1;
        }

        return Math.Max(best, length) >= MinLineLength && Math.Min(best, length) >= 8 && line.Length - best <= 2 * MaxDecoration;
    }

    // What stands around data in a line: indents, quotes, comment marks, b', commas, a plus or a backslash.
    private static bool IsDecoration(ReadOnlySpan<char> part)
    {
        part = part.Trim();
        if (part.Length > MaxDecoration)
        {
            return false;
        }

        var letters = 0;
        foreach (var value in part)
        {
            letters += char.IsAsciiLetterOrDigit(value) ? 1 : 0;
        }

        return letters <= 3;
    }
}
