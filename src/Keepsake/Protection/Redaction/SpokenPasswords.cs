using System.Buffers;
using System.Collections.Frozen;

namespace Keepsake.Protection.Redaction;

/// <summary>Reads passwords that people tell each other: with password X, | password | X |, changed from X to Y, creds: ann / X.</summary>
internal static class SpokenPasswords
{
    private const int MaxLookBack = 96;
    private const int MaxUser = 64;

    private const int MaxLittleWords = 5;
    private const int MaxLittleWord = 8;
    private const int MaxDashes = 12;
    private const int MaxItems = 64;
    private const int MaxIndent = 40;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> LittleWords = new[]
    {
        "is", "was", "has", "been", "set", "to", "will", "be", "now", "changed", "reset", "updated", "as", "lautet", "ist", "es", "est",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> NotAlone = SearchValues.Create(" \t\"'`,;");

    /// <summary>Reads what follows the word for password: in a sentence, in a table, after an arrow.</summary>
    public static bool TryAfterWord(ReadOnlySpan<char> text, int word, int wordEnd, out Hit hit)
    {
        if (TryReadSure(text, wordEnd, out hit) || TryReadQuoted(text, word, wordEnd, out hit))
        {
            return true;
        }

        var at = AfterSpaces(text, wordEnd);
        var arrow = ArrowLength(text[at..]);
        if (arrow == 0 && (at != wordEnd + 1 || !IsGiven(text[..word])))
        {
            return false;
        }

        return TryReadWord(text, AfterSpaces(text, at + arrow), out hit)
            && (arrow == 0 ? ChosenPassword.IsWord(text[hit.Start..hit.End]) : ChosenPassword.IsNeighbour(text[hit.Start..hit.End]));
    }

    /// <summary>Reads a password that looks like nothing else, at most a few little words after its name: <c>password X</c>, <c>password (X)</c>, <c>password has been set to X</c>.</summary>
    public static bool TryReadSure(ReadOnlySpan<char> text, int wordEnd, out Hit hit)
    {
        hit = default;

        // A password that is sure has a digit; most of what follows the word for one has none near.
        if (text[wordEnd..Math.Min(text.Length, wordEnd + MaxLookBack)].IndexOfAnyInRange('0', '9') < 0)
        {
            return false;
        }

        var at = wordEnd;
        for (var words = 0; words < MaxLittleWords; words++)
        {
            var next = AfterSpaces(text, at);
            next += next < text.Length && text[next] == '(' ? 1 : next > at ? DashesAt(text, next) : 0;
            var isApart = next > at;
            at = AfterSpaces(text, next);
            var length = CharSet.Letters.CountAtStart(text[at..Math.Min(text.Length, at + MaxLittleWord)]);
            if (!isApart || length is 0 or MaxLittleWord || !LittleWords.Contains(text.Slice(at, length)))
            {
                return isApart && TryReadWord(text, at, out hit) && IsSureAlone(text, ref hit);
            }

            at += length;
        }

        return false;
    }

    // pass 'X', where X is of all kinds of characters; :password "X", as Clojure writes a map; username "ann" and in the next line password "X".
    private static bool TryReadQuoted(ReadOnlySpan<char> text, int word, int wordEnd, out Hit hit)
    {
        hit = default;
        if (wordEnd + 1 >= text.Length || text[wordEnd] != ' ' || text[wordEnd + 1] is not ('"' or '\'') || !LabelledValue.TryRead(text, wordEnd + 1, ValueStyle.Code, out var value))
        {
            return false;
        }

        var content = text[value.Start..value.End];
        hit = new Hit(value.Start, value.End, "password");
        return Shapes.IsScrambled(content)
            || (word > 0 && text[word - 1] == ':' && ChosenPassword.IsArgument(content))
            || ((content is "secret" || ChosenPassword.IsGiven(content) || WeakPasswords.Is(content)) && LoginPair.HasLineBelowUser(text[Math.Max(0, word - MaxLookBack)..word]) && text[Math.Min(text.Length, value.End + 1)..] is [] or ['\n' or '\r', ..]);
    }

    // X, or ann/X and ann:X, of which only X is secret.
    private static bool IsSureAlone(ReadOnlySpan<char> text, ref Hit hit)
    {
        var content = text[hit.Start..hit.End];
        var user = content.IndexOfAny('/', ':');
        if (user > 1 && user < MaxUser && CharSet.Name.CountAtStart(content) == user)
        {
            hit = hit with { Start = hit.Start + user + 1 };
        }

        return ChosenPassword.IsSure(text[hit.Start..hit.End]);
    }

    /// <summary>Reads what is told before its name: <c>X is the password</c>, <c>use X as the password</c>.</summary>
    public static bool TryBeforeWord(ReadOnlySpan<char> text, int word, out Hit hit)
    {
        hit = default;
        var before = text[Math.Max(0, word - MaxLookBack)..word];
        var length = before.EndsWith(" is the ", StringComparison.Ordinal) || before.EndsWith(" as the ", StringComparison.Ordinal) ? 8
            : before.EndsWith(" is your ", StringComparison.Ordinal) ? 9
            : before.EndsWith(" as ", StringComparison.Ordinal) ? 4
            : 0;
        if (length == 0)
        {
            return false;
        }

        var value = before[..^length];
        value = value[(value.LastIndexOfAny(' ', '\n') + 1)..].Trim("\"'`");
        hit = new Hit(word - length - value.Length, word - length, "password");
        return text[hit.Start..hit.End].SequenceEqual(value) && ChosenPassword.IsSure(value);
    }

    /// <summary>Reads the password of somebody who is named: <c>the password for user 'ann' is 'X'</c>. Quotes around both say that no other word is meant.</summary>
    /// <param name="text">The text.</param>
    /// <param name="word">Where the word between them stands.</param>
    /// <param name="wordEnd">Where it ends.</param>
    /// <param name="hit">The password.</param>
    public static bool TryReadOwned(ReadOnlySpan<char> text, int word, int wordEnd, out Hit hit)
    {
        const string Name = "password";
        hit = default;
        if (word < Name.Length || text[word - 1] != ' ' || text[word - 2] is not ('"' or '\'' or '`') || wordEnd + 1 >= text.Length || text[wordEnd + 1] is not ('"' or '\'' or '`')
            || !LabelledValue.TryRead(text, wordEnd + 1, ValueStyle.Code, out var value))
        {
            return false;
        }

        var before = text[Math.Max(0, word - MaxLookBack)..(word - 2)];
        var open = before.LastIndexOf(text[word - 2]);
        var phrase = open < 0 ? [] : before[..open].TrimEnd();
        var name = phrase.LastIndexOf(Name, StringComparison.OrdinalIgnoreCase);
        hit = new Hit(value.Start, value.End, "password");
        var content = text[value.Start..value.End];
        return name >= 0 && IsForSomebody(phrase[(name + Name.Length)..].Trim()) && content.Length >= SecretValue.MinLength && content.IndexOfAny(" ${<") < 0 && !Placeholders.IsFiller(content);
    }

    private static bool IsForSomebody(ReadOnlySpan<char> words) =>
        (words.StartsWith("for ", StringComparison.Ordinal) || words.StartsWith("of ", StringComparison.Ordinal))
            ? words.EndsWith(" user", StringComparison.Ordinal) || words.EndsWith(" username", StringComparison.Ordinal) || words.EndsWith(" account", StringComparison.Ordinal)
            : words is "for" or "of";

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
        var slash = window.IndexOf('/');
        if (slash <= 1 || slash + 1 >= window.Length || window[..slash].Trim().IndexOfAny(' ', '\n') >= 0)
        {
            return false;
        }

        // ann/X may be a path.
        var isApart = window[slash - 1] == ' ' && window[slash + 1] == ' ';
        return TryReadWord(text, from + slash + (isApart ? 2 : 1), out hit)
            && (isApart ? ChosenPassword.IsWord(text[hit.Start..hit.End]) : ChosenPassword.IsSure(text[hit.Start..hit.End]));
    }

    /// <summary>Reads <c>login: ann / X</c> and <c>admin:X</c>.</summary>
    public static bool TryReadAccount(ReadOnlySpan<char> text, int start, int end, int from, out Hit hit)
    {
        hit = default;
        return end - start is >= 4 and <= 7 && text[start..end] switch
        {
            "login" or "Login" or "account" or "Account" => TryReadPair(text, from, out hit),
            "admin" or "root" => from < text.Length && text[from] != ' ' && TryReadWord(text, from, out hit) && ChosenPassword.IsSure(text[hit.Start..hit.End]),
            _ => false,
        };
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

    /// <summary>Reads a list of passwords below its name: <c>- "X"</c>, each in a line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lineEnd">The end of the line with the name.</param>
    /// <returns>The passwords; <see langword="null"/> when what is below is no list of any.</returns>
    public static List<Hit>? PasswordsIn(ReadOnlySpan<char> text, int lineEnd)
    {
        List<Hit>? hits = null;
        var at = lineEnd;
        for (var items = 0; items < MaxItems && at < text.Length; items++)
        {
            var start = at + text[at..Math.Min(text.Length, at + MaxIndent)].IndexOfAnyExcept(" \r\n");
            if (start < at || start + 2 >= text.Length || text[start] != '-' || text[start + 1] != ' ' || !LabelledValue.TryRead(text, start + 1, ValueStyle.Shell, out var value))
            {
                break;
            }

            var content = text[value.Start..value.End];
            var end = value.End + (value.IsQuoted ? 1 : 0);
            if (end < text.Length && text[end] is not ('\r' or '\n'))
            {
                break;
            }

            if (value.IsQuoted ? ChosenPassword.IsArgument(content) : ChosenPassword.IsWord(content))
            {
                (hits ??= []).Add(new Hit(value.Start, value.End, "password"));
            }

            at = end;
        }

        return hits;
    }

    // The words before it say that the password is told, not spoken about.
    private static bool IsGiven(ReadOnlySpan<char> before) => before.EndsWith(" and ", StringComparison.Ordinal) || before.EndsWith("with ", StringComparison.Ordinal)
        || before.EndsWith("use ", StringComparison.OrdinalIgnoreCase) || before.EndsWith("using ", StringComparison.OrdinalIgnoreCase)
        || before.EndsWith("LOGIN ", StringComparison.Ordinal) || before.EndsWith("ENCRYPTED ", StringComparison.Ordinal)
        || before.EndsWith("WITH ", StringComparison.Ordinal) || EndsWithUser(before);

    // user ann password X, ID:ann,PW X
    private static bool EndsWithUser(ReadOnlySpan<char> before)
    {
        var line = before[Math.Max(0, before.Length - MaxUser)..];
        line = line[(line.LastIndexOf('\n') + 1)..].TrimEnd(" ,/;");
        var start = line.LastIndexOfAny(' ', ':', '=') + 1;
        if (start == line.Length || line.Length == before.Length)
        {
            return false;
        }

        var name = line[..start].TrimEnd(" :=");
        name = name[^CharSet.Name.CountAtEnd(name)..];
        return name.EndsWith("user", StringComparison.OrdinalIgnoreCase) || name.EndsWith("username", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("login", StringComparison.OrdinalIgnoreCase) || name.Equals("id", StringComparison.OrdinalIgnoreCase)
            || name.Equals("account", StringComparison.OrdinalIgnoreCase);
    }

    private static int ArrowLength(ReadOnlySpan<char> text) => text switch
    {
        ['|', ' ', ..] or ['→', ..] => 1,
        ['-' or '=', '>', ' ', ..] => 2,
        _ => 0,
    };

    // password - X, Password ---- X
    private static int DashesAt(ReadOnlySpan<char> text, int at)
    {
        var length = text[at..Math.Min(text.Length, at + MaxDashes)].IndexOfAnyExcept('-', '–');
        return length < 0 ? 0 : length;
    }

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
