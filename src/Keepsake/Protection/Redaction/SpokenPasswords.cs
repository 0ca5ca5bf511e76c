using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Reads passwords that people tell each other: with password X, | password | X |, changed from X to Y, creds: ann / X.</summary>
internal static class SpokenPasswords
{
    private const int MaxLookBack = 96;
    private const int MaxUser = 64;

    private static readonly SearchValues<char> NotAlone = SearchValues.Create(" \t\"'`,;");

    /// <summary>Reads what follows the word for password: in a sentence, in a table, after an arrow.</summary>
    public static bool TryAfterWord(ReadOnlySpan<char> text, int word, int wordEnd, out Hit hit)
    {
        hit = default;
        var at = AfterSpaces(text, wordEnd);
        var arrow = ArrowLength(text[at..]);
        if (arrow == 0 && (at != wordEnd + 1 || !IsGiven(text[..word])))
        {
            return false;
        }

        return TryReadWord(text, AfterSpaces(text, at + arrow), out hit)
            && (arrow == 0 ? ChosenPassword.IsWord(text[hit.Start..hit.End]) : ChosenPassword.IsNeighbour(text[hit.Start..hit.End]));
    }

    /// <summary>Reads both passwords of <c>password … from X to Y</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="to">Where <c>to</c> stands.</param>
    /// <param name="old">The first one.</param>
    /// <param name="hit">The second one.</param>
    public static bool TryReadChange(ReadOnlySpan<char> text, int to, out Hit old, out Hit hit)
    {
        old = hit = default;
        if (to < 12 || text[to - 1] != ' ')
        {
            return false;
        }

        var from = Math.Max(0, to - MaxLookBack);
        var before = text[from..(to - 1)];
        var start = before.LastIndexOf(' ') + 1;
        if (!before[..start].EndsWith("from ", StringComparison.Ordinal) || !ChosenPassword.IsWord(before[start..])
            || !before[..start].Contains("password", StringComparison.OrdinalIgnoreCase) || before.Contains('\n'))
        {
            return false;
        }

        old = new Hit(from + start, to - 1, "password");
        return TryReadWord(text, to + 3, out hit) && ChosenPassword.IsWord(text[hit.Start..hit.End]);
    }

    /// <summary>Reads the password after a user's name and a slash: <c>creds: ann / X</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">The first character after the colon.</param>
    /// <param name="hit">The password.</param>
    public static bool TryReadPair(ReadOnlySpan<char> text, int from, out Hit hit)
    {
        hit = default;
        var window = text[from..Math.Min(text.Length, from + MaxUser)];
        var slash = window.IndexOf(" / ");
        return slash > 1 && window[..slash].TrimStart().IndexOfAny(' ', '\n') < 0
            && TryReadWord(text, from + slash + 3, out hit) && ChosenPassword.IsWord(text[hit.Start..hit.End]);
    }

    /// <summary>Reads a value that has the line after its name to itself.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lineEnd">The end of the line with the name.</param>
    /// <param name="value">The value.</param>
    public static bool TryReadNextLine(ReadOnlySpan<char> text, int lineEnd, out LabelledValue value)
    {
        var start = lineEnd + (text[lineEnd] == '\r' ? 2 : 1);
        var window = text[Math.Min(start, text.Length)..Math.Min(text.Length, start + LabelledValue.MaxLength)];
        var length = window.IndexOfAny('\r', '\n');
        var line = (length < 0 ? window : window[..length]).Trim();
        start += window.Length - window.TrimStart().Length;
        value = new LabelledValue(start, start + line.Length, '\0');
        return line.Length >= SecretValue.MinLength && !line.ContainsAny(NotAlone) && line[^1] is not (':' or '{' or '[' or '(' or '=');
    }

    // The words before it say that the password is told, not spoken about.
    private static bool IsGiven(ReadOnlySpan<char> before) => before.EndsWith(" and ", StringComparison.Ordinal) || before.EndsWith("with ", StringComparison.Ordinal)
        || before.EndsWith("use ", StringComparison.OrdinalIgnoreCase) || before.EndsWith("using ", StringComparison.OrdinalIgnoreCase);

    private static int ArrowLength(ReadOnlySpan<char> text) => text switch
    {
        ['|', ' ', ..] or ['→', ..] => 1,
        ['-' or '=', '>', ' ', ..] => 2,
        _ => 0,
    };

    private static int AfterSpaces(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        return at;
    }

    // A word up to white space, without the quotes around it and what a sentence puts after it.
    private static bool TryReadWord(ReadOnlySpan<char> text, int start, out Hit hit)
    {
        hit = default;
        if (!LabelledValue.TryRead(text, Math.Min(start, text.Length), ValueStyle.Shell, out var value))
        {
            return false;
        }

        var end = value.End;
        while (end > value.Start && text[end - 1] is '.' or ',' or ';' or ')' or ':')
        {
            end--;
        }

        hit = new Hit(value.Start, end, "password");
        return end > value.Start;
    }
}
