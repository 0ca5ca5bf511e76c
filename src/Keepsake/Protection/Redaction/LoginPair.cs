using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Judges a password that looks like a word, <c>swordfish</c>, by what stands just before its name: the user who logs in with it.</summary>
/// <remarks>
/// Words alone are most often no passwords but names of fields, so here the pair must be whole: a user who is given literally, and nothing between the two
/// but what separates them.
/// </remarks>
internal static class LoginPair
{
    private const int MaxLookBack = 192;
    private const int MaxGap = 80;
    private const int MaxTries = 4;
    private const int MinLength = 5;
    private const int MaxLength = 32;
    private const int MinLongWord = 10;
    private const int MinArgumentLength = 6;

    private static readonly PhraseSet Accesses = new("server=", "source=", "host=", "uid=", "user=", "user id=", "userid=", "username=", "database=", "dbname=", "catalog=");
    private static readonly SearchValues<char> Holes = SearchValues.Create("${}()<>%[]|\\\"'`=,;:&/*");
    private static readonly SearchValues<char> Users = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.@_-+\\");
    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\n(),;");
    private static readonly SearchValues<char> GapEnds = SearchValues.Create("(){}[]=");

    /// <summary>Tells whether a value that its name calls a password is one because of what stands before the name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="nameStart">Where the name begins.</param>
    /// <param name="separator">The last character of the separator.</param>
    /// <param name="value">The value.</param>
    public static bool Completes(ReadOnlySpan<char> text, int nameStart, int separator, LabelledValue value)
    {
        var content = text[value.Start..value.End];
        if (content.Length is < MinLength or > MaxLength || !IsChosen(content))
        {
            return false;
        }

        var before = text[Math.Max(0, nameStart - MaxLookBack)..nameStart];
        if (value.IsQuoted)
        {
            return (IsWord(content, maxSpaces: 1) || ChosenPassword.IsArgument(content)) && FollowsUser(before, isQuoted: true);
        }

        return (IsInConnection(text, before, separator, value) && (IsWord(content, maxSpaces: 0) || IsLongWord(content)))
            || (IsWord(content, maxSpaces: 0) && HasLine(text, before, separator, value) && FollowsUser(before, isQuoted: false));
    }

    /// <summary>Judges a password that certainly stands where one does: there even the word <c>secret</c> is one.</summary>
    public static bool IsChosen(ReadOnlySpan<char> content) => content is "secret" || SecretValue.IsChosenPassword(content);

    /// <summary>Judges a word that a call takes after a user who is given literally.</summary>
    public static bool IsArgument(ReadOnlySpan<char> content) => content.Length is >= MinArgumentLength and <= MaxLength && content.IndexOfAnyExceptInRange('a', 'z') < 0 && IsChosen(content) && IsWord(content, maxSpaces: 0);

    // Letters, digits and what joins them. What begins with a capital and goes on small is a caption.
    private static bool IsWord(ReadOnlySpan<char> content, int maxSpaces) =>
        !content.ContainsAny(Holes) && content.Count(' ') <= maxSpaces
        && Randomness.Of(content) is { Letters: >= MinLength - 1 } measure
        && !SecretValue.IsTitle(content) && (measure.Digits >= 3 || content is "secret" || !SecretValue.IsReference(content));

    // testpassword: in a connection no field's name is given.
    private static bool IsLongWord(ReadOnlySpan<char> content) => content.Length >= MinLongWord && content.IndexOfAnyExceptInRange('a', 'z') < 0;

    // Server=db;Uid=app;Pwd=swordfish;  host=db user=app password=swordfish  jdbc:…?user=app&password=swordfish
    private static bool IsInConnection(ReadOnlySpan<char> text, ReadOnlySpan<char> before, int separator, LabelledValue value)
    {
        var line = before[(before.LastIndexOf('\n') + 1)..];
        var last = line.TrimEnd(' ');
        if (text[separator] == '=' && last.Length > 0 && last[^1] == ',' && last.Length == line.Length)
        {
            // user=ann,password=X, as mount takes them; a call takes names of variables so.
            return Accesses.IsIn(line) && ChosenPassword.IsArgument(text[value.Start..value.End]);
        }

        return text[separator] == '=' && last.Length > 0
            && (last[^1] is ';' or '&' || (last.Length == line.Length - 1 && CharSet.Word.Contains(last[^1])))
            && (value.End == text.Length || text[value.End] is ';' or '&' or '"' or '\'' or '<' or ' ' or '\n' or '\r')
            && Accesses.IsIn(line);
    }

    /// <summary>Tells whether what stands before a name is the line of a user, and nothing but space: <c>username "ann"</c>, line end.</summary>
    public static bool HasLineBelowUser(ReadOnlySpan<char> before)
    {
        var above = before.TrimEnd(" \t");
        if (above.IsEmpty || above[^1] != '\n')
        {
            return false;
        }

        above = above.TrimEnd();
        above = above[(above.LastIndexOf('\n') + 1)..].TrimStart();
        var space = above.IndexOf(' ');
        return space > 0 && above[..space].Contains("user", StringComparison.OrdinalIgnoreCase) && above[(space + 1)..] is ['"' or '\'', .., '"' or '\'']
            && !above[(space + 2)..^1].ContainsAnyExcept(Users);
    }

    /// <summary>Tells a line of an environment's or a properties file, <c>app.password=swordfish</c> or <c>DB_PASSWORD: swordfish</c>: nothing but a compound name and a word that names nothing.</summary>
    public static bool IsSetting(ReadOnlySpan<char> text, int nameStart, int separator, LabelledValue value)
    {
        const string Export = "export";
        var content = text[value.Start..value.End];
        var name = text[nameStart..separator];
        var isYaml = text[separator] == ':' && value.Start == separator + 2 && !name.ContainsAnyInRange('a', 'z');
        if (value.IsQuoted || !(isYaml || (text[separator] == '=' && value.Start == separator + 1)) || content.Length is < MinLength or > MaxLength || name.IndexOfAny('_', '.') <= 0
            || (value.End < text.Length && text[value.End] is not ('\n' or '\r')))
        {
            return false;
        }

        var before = text[Math.Max(0, nameStart - MaxLookBack)..nameStart];
        before = before[(before.LastIndexOf('\n') + 1)..].Trim();
        return (before.IsEmpty || before is "-" || before.SequenceEqual(Export))
            && content.IndexOfAnyExceptInRange('a', 'z') < 0 && !SecretValue.IsReference(content) && SecretValue.IsChosenPassword(content);
    }

    // password: swordfish and Password=swordfish, each with a line to itself: no code is written so.
    private static bool HasLine(ReadOnlySpan<char> text, ReadOnlySpan<char> before, int separator, LabelledValue value) =>
        before.TrimEnd(" \t").EndsWith("\n") && (value.End == text.Length || text[value.End] is '\n' or '\r')
        && (text[separator] == ':' || (value.Start == separator + 1 && CharSet.Name.Contains(text[separator - 1])));

    private static bool FollowsUser(ReadOnlySpan<char> before, bool isQuoted)
    {
        // The name of a user may say user too, and so may a comment.
        var at = before.Length;
        for (var tries = 0; tries < MaxTries && at > 0; tries++)
        {
            at = Math.Max(before[..at].LastIndexOf("user", StringComparison.OrdinalIgnoreCase), before[..at].LastIndexOf("login", StringComparison.OrdinalIgnoreCase));
            if (at >= 0 && IsUserGiven(before[at..], isQuoted))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUserGiven(ReadOnlySpan<char> rest, bool isQuoted)
    {
        var separator = rest.IndexOfAny('=', ':');
        if (separator < 0 || rest[..separator].TrimEnd(" \t\"'`:").ContainsAny(NameEnds))
        {
            return false;
        }

        rest = rest[separator..].TrimStart(":=> \t");
        if (isQuoted)
        {
            if (rest.Length < 2 || rest[0] is not ('"' or '\''))
            {
                return false;
            }

            var close = rest[1..].IndexOf(rest[0]);
            return close is > 1 and <= MaxLength && !rest.Slice(1, close).ContainsAnyExcept(Users)
                && IsGap(rest[(close + 2)..]);
        }

        var length = rest.IndexOfAnyExcept(Users);
        return length is > 1 and <= MaxLength && rest[length] is '\n' or '\r' && rest[length..].Trim().IsEmpty;
    }

    private static bool IsGap(ReadOnlySpan<char> gap) => gap.Length <= MaxGap && !gap.ContainsAny(GapEnds);
}
