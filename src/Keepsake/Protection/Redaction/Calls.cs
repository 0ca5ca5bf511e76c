namespace Keepsake.Protection.Redaction;

/// <summary>Knows the calls that take a password after a user's name: <c>login("ann", "…")</c>, <c>connect("host", "ann", "…")</c>.</summary>
internal static class Calls
{
    private const int MaxNameLength = 40;
    private const int MaxArgument = 128;

    /// <summary>Says what the argument after a comma is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="comma">The comma, with a quote before it.</param>
    public static Label LabelOfArgument(ReadOnlySpan<char> text, int comma)
    {
        if (!TrySkipQuoted(text, comma, out var at))
        {
            return Label.None;
        }

        var isThird = text[at] == ',';
        if (isThird && !(text[at - 1] is '"' or '\'' ? TrySkipQuoted(text, at, out at) : TrySkipName(text, at, out at)))
        {
            return Label.None;
        }

        if (text[at] != '(')
        {
            return Label.None;
        }

        var start = at;
        while (start > 0 && at - start < MaxNameLength && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '='))
        {
            start--;
        }

        if (start == at && text[..at].TrimEnd(' ') is [.., '='] assigned)
        {
            // credentials = ("ann", …)
            at = BeforeSpaces(text, assigned.Length - 2) + 1;
            start = at - CharSet.Word.CountAtEnd(text[Math.Max(0, at - MaxNameLength)..at]);
        }

        // [Net.NetworkCredential]::new(…): the type is named before.
        if (text[start..at] is "new" && text[..start].EndsWith("]::", StringComparison.Ordinal))
        {
            at = start - 3;
            start = at - CharSet.Letters.CountAtEnd(text[Math.Max(0, at - MaxNameLength)..at]);
        }

        return TakesPassword(text[start..at], isThird) ? Label.Of("password") : Label.None;
    }

    /// <summary>Tells whether a name is what PHP defines: <c>define('DB_PASSWORD', …</c>.</summary>
    public static bool IsDefinition(ReadOnlySpan<char> text, int nameStart) =>
        text[..nameStart].TrimEnd(" '\"").EndsWith("define(", StringComparison.Ordinal);

    /// <summary>Tells whether a word that everybody knows is the password of the user who stands before it: <c>connect(…, "root", "password")</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="comma">The comma between both.</param>
    /// <param name="content">The word.</param>
    public static bool IsWeak(ReadOnlySpan<char> text, int comma, ReadOnlySpan<char> content)
    {
        if (!WeakPasswords.Is(content) || content.ContainsAnyInRange('A', 'Z'))
        {
            return false;
        }

        var before = text[Math.Max(0, comma - MaxArgument)..(comma - 1)];
        var user = before[(before.LastIndexOf(text[comma - 1]) + 1)..];
        return WeakPasswords.IsOf(user, content);
    }

    // What follows a user's name, or a host and a user.
    private static bool TakesPassword(ReadOnlySpan<char> call, bool isThird) => isThird
        ? call.EndsWith("connect", StringComparison.OrdinalIgnoreCase) || call.EndsWith("getConnection", StringComparison.Ordinal)
            || call.EndsWith("DirectoryEntry", StringComparison.Ordinal) || call is "PDO"
        : call.EndsWith("auth=", StringComparison.OrdinalIgnoreCase) || call.EndsWith("auth", StringComparison.OrdinalIgnoreCase)
            || call.EndsWith("credentials", StringComparison.OrdinalIgnoreCase) || call.EndsWith("credential", StringComparison.OrdinalIgnoreCase)
            || call.EndsWith("login", StringComparison.OrdinalIgnoreCase) || call.EndsWith("authenticate", StringComparison.OrdinalIgnoreCase)
            || call is "basic";

    // From the comma after an argument in quotes to what stands before the argument.
    private static bool TrySkipQuoted(ReadOnlySpan<char> text, int comma, out int at)
    {
        at = -1;
        if (comma < 3)
        {
            return false;
        }

        var from = Math.Max(0, comma - 1 - MaxArgument);
        var open = text[from..(comma - 1)].LastIndexOf(text[comma - 1]);
        if (open < 0)
        {
            return false;
        }

        at = BeforeSpaces(text, from + open - 1);
        return at >= 1;
    }

    // The same for a variable: getConnection(url, "ann", "…").
    private static bool TrySkipName(ReadOnlySpan<char> text, int comma, out int at)
    {
        var length = CharSet.Name.CountAtEnd(text[Math.Max(0, comma - MaxNameLength)..comma]);
        at = BeforeSpaces(text, comma - length - 1);
        return length > 0 && at >= 1;
    }

    private static int BeforeSpaces(ReadOnlySpan<char> text, int at)
    {
        var limit = Math.Max(1, at - MaxNameLength);
        while (at >= limit && text[at] is ' ' or '\t' or '\r' or '\n')
        {
            at--;
        }

        return at;
    }
}
