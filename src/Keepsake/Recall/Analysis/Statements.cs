namespace Keepsake.Recall.Analysis;

/// <summary>Tells what states from what asks.</summary>
internal static class Statements
{
    /// <summary>How much of a text lies in sentences that do not end in a question mark, from 0 to 1.</summary>
    public static float Share(ReadOnlySpan<char> text)
    {
        var questions = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '?' or '？')
            {
                questions += i + 1 - start;
                start = i + 1;
            }
            else if (text[i] is '.' or '!' or '\n' or '。' or '！')
            {
                start = i + 1;
            }
        }

        return Math.Min(1f, (text.Length - questions) / STL);
    }

    private static readonly float STL = float.Parse(Environment.GetEnvironmentVariable("STL") ?? "60", System.Globalization.CultureInfo.InvariantCulture);
    public static float First(ReadOnlySpan<char> text)
    {
        int n = 0, f = 0;
        foreach (var r in text.ToString().Split([' ', '\n', ',', '.', '!', '?', ';', ':'], StringSplitOptions.RemoveEmptyEntries))
        {
            n++;
            if (r.Split('\'', '’')[0].ToLowerInvariant() is "i" or "my" or "me" or "we" or "our" or "im" or "mine" or "us") { f++; }
        }
        return n == 0 ? 0 : (float)f / n;
    }
}
