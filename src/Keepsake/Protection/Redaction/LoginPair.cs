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
    private const int MinConnectionKey = 40;

    private static readonly PhraseSet Accesses = new("server=", "source=", "host=", "uid=", "user=", "user id=", "userid=", "username=", "database=", "dbname=", "catalog=");
    private static readonly PhraseSet Servers = new("jdbc:", "host=", "hostname=", "server=", "url=", "://");
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
        var isChosen = content.Length is >= MinLength and <= MaxLength && IsChosen(content);
        if (!isChosen && !WeakPasswords.Is(content))
        {
            return false;
        }

        var before = text[Math.Max(0, nameStart - MaxLookBack)..nameStart];
        if (value.IsQuoted)
        {
            return ((isChosen && (IsWord(content, maxSpaces: 1) || ChosenPassword.IsArgument(content))) || WeakPasswords.IsUsed(content) || IsInTag(before))
                && FollowsUser(before, isQuoted: true, out var user)
                && (isChosen || WeakPasswords.IsSomebody(user) || IsInTag(before));
        }

        if (IsInConnection(text, before, separator, value))
        {
            return isChosen && (IsWord(content, maxSpaces: 0) || IsLongWord(content)) || IsWeakInConnection(before, content);
        }

        var isWord = isChosen && IsWord(content, maxSpaces: 0);
        return (isWord || WeakPasswords.IsUsed(content))
            && HasLine(text, before, separator, value)
            && FollowsUser(before, isQuoted: false, out var owner)
            && (isWord || WeakPasswords.IsSomebody(owner));
    }

    // <connection url="jdbc:…" user="user" password="password"/> is no form: nobody fills in a server.
    private static bool IsInTag(ReadOnlySpan<char> before)
    {
        var open = before.LastIndexOfAny('<', '>');
        return open >= 0 && before[open] == '<' && Servers.IsIn(before[open..]);
    }

    // Pwd=password among parts with semicolons; in the query of an address only what somebody uses.
    private static bool IsWeakInConnection(ReadOnlySpan<char> before, ReadOnlySpan<char> content) =>
        UserOf(before) is var user && (before[^1] == '&' ? WeakPasswords.IsOf(user, content) : WeakPasswords.Is(content) && WeakPasswords.IsSomebody(user));

    // The user in a connection string: what follows the last name that says so.
    private static ReadOnlySpan<char> UserOf(ReadOnlySpan<char> before)
    {
        var line = before[(before.LastIndexOf('\n') + 1)..];
        var name = Math.Max(line.LastIndexOf("user", StringComparison.OrdinalIgnoreCase), line.LastIndexOf("uid=", StringComparison.OrdinalIgnoreCase));
        var equals = name < 0 ? -1 : line[name..].IndexOf('=');
        var user = equals < 0 ? [] : line[(name + equals + 1)..];
        var length = user.IndexOfAnyExcept(Users);
        return length < 0 ? user : user[..length];
    }

    /// <summary>Tells whether a value is the key within a connection string, whatever it is made of: <c>;AccessKey=</c> and padded base64.</summary>
    public static bool IsConnectionKey(ReadOnlySpan<char> text, int nameStart, int separator, LabelledValue value) =>
        text[separator] == '=' && nameStart > 0 && text[nameStart - 1] == ';' && value is { IsQuoted: false, End: var end, Start: var start } && end - start >= MinConnectionKey
        && text[end - 1] == '=' && CharSet.Base64.CountAtStart(text[start..end]) == end - start;

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
            return Accesses.IsIn(line) && (ChosenPassword.IsArgument(text[value.Start..value.End]) || line.Contains("://", StringComparison.Ordinal));
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
        if (WeakPasswords.IsEnvironment(text, nameStart, separator, value) || WeakPasswords.IsPropertyLine(text, nameStart, separator, value))
        {
            return true;
        }

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

    // password: swordfish and Password=swordfish, each with a line to itself: no code is written so. With spaces it may be, unless the user has a capital.
    private static bool HasLine(ReadOnlySpan<char> text, ReadOnlySpan<char> before, int separator, LabelledValue value) =>
        before.TrimEnd(" \t").EndsWith("\n") && (value.End == text.Length || text[value.End] is '\n' or '\r')
        && (text[separator] == ':' || (value.Start == separator + 1 && CharSet.Name.Contains(text[separator - 1]))
            || (FollowsUser(before, isQuoted: false, out var user) && (char.IsAsciiLetterUpper(user[0]) || IsInSection(before)) && !SecretValue.IsTitle(text[value.Start..value.End])));

    // [client] above, and between them nothing but names with values: an ini file.
    private static bool IsInSection(ReadOnlySpan<char> before)
    {
        var open = before.LastIndexOf('[');
        var close = open < 0 || (open > 0 && before[open - 1] != '\n') ? -1 : before[open..].IndexOf(']');
        if (close <= 1 || before[open..].Slice(1, close - 1).IndexOfAnyExcept(Users) >= 0)
        {
            return false;
        }

        foreach (var line in before[(open + close + 1)..].EnumerateLines())
        {
            var name = line.Trim();
            name = name[..Math.Max(0, name.IndexOf('='))].TrimEnd();
            if (!IsBlankOrComment(line) && (name.IsEmpty || name.IndexOfAnyExcept(Users) >= 0))
            {
                return false;
            }
        }

        return true;
    }

    private static bool FollowsUser(ReadOnlySpan<char> before, bool isQuoted, out ReadOnlySpan<char> user)
    {
        user = [];
        // The name of a user may say user too, and so may a comment.
        var at = before.Length;
        for (var tries = 0; tries < MaxTries && at > 0; tries++)
        {
            at = Math.Max(before[..at].LastIndexOf("user", StringComparison.OrdinalIgnoreCase), before[..at].LastIndexOf("login", StringComparison.OrdinalIgnoreCase));
            if (at >= 0 && IsUserGiven(before[at..], isQuoted, out user))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUserGiven(ReadOnlySpan<char> rest, bool isQuoted, out ReadOnlySpan<char> user)
    {
        const string Name = " name";
        user = [];
        var separator = rest.IndexOfAny('=', ':');
        var name = separator < 0 ? rest : rest[..separator].TrimEnd(" \t\"'`:");

        // <user name="ann" password="…"/>, User name: ann
        name = name.EndsWith(Name, StringComparison.Ordinal) ? name[..^Name.Length] : name;
        if (separator < 0 || name.ContainsAny(NameEnds))
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
            user = close < 0 ? [] : rest.Slice(1, close);
            return close is > 1 and <= MaxLength && !rest.Slice(1, close).ContainsAnyExcept(Users)
                && IsGap(rest[(close + 2)..]);
        }

        var length = rest.IndexOfAnyExcept(Users);
        user = length < 0 ? [] : rest[..length];
        return length is > 1 and <= MaxLength && rest[length] is '\n' or '\r' && IsBlankOrComment(rest[length..]);
    }

    private static bool IsBlankOrComment(ReadOnlySpan<char> lines)
    {
        foreach (var line in lines.EnumerateLines())
        {
            if (line.Trim() is not ([] or ['#' or ';', ..] or ['/', '/', ..]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsGap(ReadOnlySpan<char> gap) => gap.Length <= MaxGap && !gap.ContainsAny(GapEnds);
}
