using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Reads passwords from the lines of commands that are told by their own name: <c>schtasks … /rp X</c>, <c>htpasswd -b file ann X</c>.</summary>
internal static class CommandLines
{
    private const int MaxLine = 200;
    private const int MaxName = 40;

    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n|;&");
    private static readonly PhraseSet UserFlags = new("/u:", "/user:", "/add:", "/generic:", "/node:");

    /// <summary>Reads the password on the line of the command whose name stands at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="word">Where the name begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="hit">The password.</param>
    public static bool TryRead(ReadOnlySpan<char> text, int word, int end, out Hit hit)
    {
        hit = default;
        var line = text[end..Math.Min(text.Length, end + MaxLine)];
        var length = line.IndexOfAny(LineEnds);
        line = length < 0 ? line : line[..length];
        switch (text[word..end])
        {
            case "schtasks":
                return TryAfter(text, end, line, " /rp ", out hit) || TryAfter(text, end, line, " /p ", out hit);
            case "reg":
                return IsRegistryPassword(line) && TryAfter(text, end, line, " /d ", out hit);
            case "sqlplus" or "impdp" or "expdp":
                return TryAfterUser(text, end, line, out hit);
            case "htpasswd":
                return line.StartsWith(" -", StringComparison.Ordinal) && FlagsOf(line).Contains('b') && TryArgument(text, end, line, 3, out hit);
            case "rabbitmqctl":
                return (line.StartsWith(" add_user ", StringComparison.Ordinal) || line.StartsWith(" change_password ", StringComparison.Ordinal))
                    && TryArgument(text, end, line, 2, out hit);
            case "setx":
                return line.Length > 2 && Label.Of(line[1..Math.Max(1, line[1..].IndexOf(' ') + 1)]).Strength is LabelStrength.Password or LabelStrength.Secret
                    && TryArgument(text, end, line, 1, out hit);
            case "chpasswd":
                return TryPiped(text, word, out hit);
            case "rootpw" or "bindpw" or "masterauth" or "requirepass" when IsFirst(text, word) && line.StartsWith(" --plaintext ", StringComparison.Ordinal):
                return TryArgument(text, end, line, 1, out hit);
            case "rootpw" or "bindpw" or "masterauth" or "requirepass":
                return IsFirst(text, word) && line.Length > 1 && line[0] == ' ' && TryArgument(text, end, line, 0, out hit) && line.Trim().Length == hit.End - hit.Start;
            default:
                return false;
        }
    }

    /// <summary>Reads what a flag of Windows takes after its colon: <c>/pass:X</c>, and <c>/p:X</c> beside <c>/u:ann</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the flag's name begins, after the slash.</param>
    /// <param name="colon">The colon.</param>
    /// <param name="hit">The password.</param>
    public static bool TryColonFlag(ReadOnlySpan<char> text, int start, int colon, out Hit hit)
    {
        hit = default;
        if (start < 2 || text[start - 1] != '/' || text[start - 2] != ' ' || text[start..colon] is not ("p" or "pass" or "pwd"))
        {
            return false;
        }

        var from = Math.Max(0, start - MaxLine);
        var line = text[from..start];
        line = line[(line.LastIndexOf('\n') + 1)..];
        return (UserFlags.IsIn(line) || line.Contains("/u:", StringComparison.OrdinalIgnoreCase)) && TryWord(text, colon + 1, out hit);
    }

    /// <summary>Reads the password that a pipe brings: <c>echo "ann:X" | chpasswd</c>, <c>echo X | passwd --stdin ann</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where what takes it stands.</param>
    /// <param name="hit">The password.</param>
    public static bool TryPiped(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        const string Echo = "echo ";
        hit = default;
        var from = Math.Max(0, at - MaxLine);
        var line = text[from..at];
        var begin = line.LastIndexOf('\n') + 1;
        var pipe = line.LastIndexOf('|');
        var echo = pipe <= begin ? -1 : line[begin..pipe].LastIndexOf(Echo, StringComparison.Ordinal);
        if (echo < 0 || !LabelledValue.TryRead(text, from + begin + echo + Echo.Length, ValueStyle.Shell, out var value) || value.End > from + pipe)
        {
            return false;
        }

        var colon = text[value.Start..value.End].IndexOf(':');
        hit = new Hit(value.Start + colon + 1, value.End, "password");
        return ChosenPassword.IsArgument(text[hit.Start..hit.End]);
    }

    // The option for a command: -b, -bc, -B -b …
    private static ReadOnlySpan<char> FlagsOf(ReadOnlySpan<char> line)
    {
        var space = line[2..].IndexOf(' ');
        return space < 0 ? [] : line.Slice(2, space);
    }

    private static bool IsFirst(ReadOnlySpan<char> text, int word)
    {
        while (word > 0 && text[word - 1] is ' ' or '\t')
        {
            word--;
        }

        return word == 0 || text[word - 1] == '\n';
    }

    // reg add "…\Winlogon" /v DefaultPassword /t REG_SZ
    private static bool IsRegistryPassword(ReadOnlySpan<char> line)
    {
        const string Value = " /v ";
        var at = line.StartsWith(" add ", StringComparison.OrdinalIgnoreCase) ? line.IndexOf(Value, StringComparison.OrdinalIgnoreCase) : -1;
        if (at < 0)
        {
            return false;
        }

        var name = line[(at + Value.Length)..];
        var space = name.IndexOf(' ');
        return space > 0 && Label.Of(name[..space].Trim('"')).Strength == LabelStrength.Password;
    }

    // sqlplus scott/X@db
    private static bool TryAfterUser(ReadOnlySpan<char> text, int from, ReadOnlySpan<char> line, out Hit hit)
    {
        hit = default;
        var slash = line.IndexOf('/');
        if (slash < 2 || !char.IsAsciiLetterOrDigit(line[slash - 1]) || line[(line[..slash].LastIndexOf(' ') + 1)..slash].ContainsAny('/', '.', '$'))
        {
            return false;
        }

        // The last at sign is before the database; others may be the password's own.
        var word = line[(slash + 1)..];
        var end = word.IndexOfAny(" \"'");
        word = end < 0 ? word : word[..end];
        end = word.LastIndexOf('@');
        hit = new Hit(from + slash + 1, from + slash + 1 + (end < 0 ? word.Length : end), "password");
        return ChosenPassword.IsGiven(text[hit.Start..hit.End]) && !text[hit.Start..hit.End].Contains('/');
    }

    private static bool TryAfter(ReadOnlySpan<char> text, int from, ReadOnlySpan<char> line, string flag, out Hit hit)
    {
        hit = default;
        var at = line.IndexOf(flag, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && TryWord(text, from + at + flag.Length, out hit);
    }

    // The argument after so many others.
    private static bool TryArgument(ReadOnlySpan<char> text, int from, ReadOnlySpan<char> line, int skipped, out Hit hit)
    {
        hit = default;
        var at = 0;
        for (var i = 0; i <= skipped; i++)
        {
            at += line[at..].Length - line[at..].TrimStart(' ').Length;
            if (i == skipped)
            {
                break;
            }

            var space = line[at..].IndexOf(' ');
            if (space <= 0)
            {
                return false;
            }

            at += space;
        }

        return at < line.Length && TryWord(text, from + at, out hit);
    }

    private static bool TryWord(ReadOnlySpan<char> text, int from, out Hit hit)
    {
        hit = default;
        if (!LabelledValue.TryRead(text, from, ValueStyle.Shell, out var value))
        {
            return false;
        }

        hit = new Hit(value.Start, value.End, "password");
        return value.End - value.Start <= MaxName && ChosenPassword.IsGiven(text[value.Start..value.End]) && !text[value.Start..value.End].Contains('|');
    }
}
