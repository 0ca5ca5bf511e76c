using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Reads passwords that a command or a device's configuration takes without a name: <c>mysql -pX</c>, <c>sshpass -p X</c>.</summary>
internal static class Commands
{
    private const int MaxLookBack = 160;
    private const int MinLength = 5;
    private const int MinSavedLength = 16;

    // What Remote Desktop's files keep: encrypted for one account of one machine.
    private const string SavedPassword = " 51:b:";

    private static readonly SearchValues<char> CommandEnds = SearchValues.Create(";|&");

    /// <summary>Reads the value of <c>-p</c> or <c>-a</c>, where the command on the same line takes a password there.</summary>
    /// <param name="text">The text.</param>
    /// <param name="dash">The dash, with white space before it.</param>
    /// <param name="hit">The password.</param>
    public static bool TryReadShortFlag(ReadOnlySpan<char> text, int dash, out Hit hit)
    {
        hit = default;
        if (text[dash..].StartsWith("-AsPlainText", StringComparison.OrdinalIgnoreCase))
        {
            return TryReadSecureString(text, dash, out hit);
        }

        if (text[dash..].StartsWith("--stdin", StringComparison.Ordinal))
        {
            return CommandLines.TryPiped(text, dash, out hit);
        }

        if (dash + 2 > text.Length || text[dash + 1] is not ('p' or 'a' or 'w' or 'P' or 'U' or 'S'))
        {
            return false;
        }

        var from = Math.Max(0, dash - MaxLookBack);
        var line = text[from..dash];
        line = line[(line.LastIndexOf('\n') + 1)..];
        if (text[dash + 1] == 'S')
        {
            return TryReadEcho(text, dash - line.Length, dash, out hit);
        }

        if (dash + 3 >= text.Length)
        {
            return false;
        }

        line = line[(line.LastIndexOfAny(CommandEnds) + 1)..];
        var isApart = text[dash + 2] == ' ';
        var takes = text[dash + 1] switch
        {
            'p' when isApart => Says(line, "sshpass") || Says(line, "docker login") || Says(line, "psexec") || Says(line, "podman login")
                || Says(line, "helm registry login") || Says(line, "rdesktop") || Says(line, "oc login") || Says(line, "ldap") || Says(line, "az login") || Says(line, "mongo") || Says(line, "useradd"),
            'p' => Says(line, "mysql") || Says(line, "mariadb") || Says(line, "sshpass") || Says(line, "7z"),
            'a' => isApart && Says(line, "redis-cli"),
            'P' when isApart => Says(line, "zip") || IsSqlClient(line),
            'P' => IsSqlClient(line),
            'U' => false,
            _ => isApart && Says(line, "ldap"),
        };
        // What is glued to the flag is no name of a database; sshpass takes nothing else.
        var isSure = text[dash + 1] == 'p' && ((!isApart && Says(line, "mysql")) || Says(line, "sshpass"));
        if (takes && (isSure || (isApart && line.Contains(" -u", StringComparison.OrdinalIgnoreCase))))
        {
            // Beside a user it is a password, be it a word.
            return LabelledValue.TryRead(text, isApart ? dash + 3 : dash + 2, ValueStyle.Shell, out var word) && IsWord(text, word, out hit);
        }

        if (!takes && isApart && text[dash + 1] == 'p' && (line.Contains(" -u ", StringComparison.Ordinal) || line.StartsWith("-u ", StringComparison.Ordinal)))
        {
            // Some other tool, which logs somebody in.
            return TryReadArgument(text, dash + 3, out hit) && ChosenPassword.IsSure(text[hit.Start..hit.End]);
        }

        return text[dash + 1] == 'U' ? isApart && TryReadUser(text, dash + 3, out hit)
            : takes && TryReadArgument(text, isApart ? dash + 3 : dash + 2, out hit);
    }

    // Clients of SQL Server and Sybase.
    private static bool IsSqlClient(ReadOnlySpan<char> line) => (Says(line, "sqlcmd") || Says(line, "bcp ") || Says(line, "isql") || Says(line, "osql") || Says(line, "tsql"))
        && Says(line, " -U");

    /// <summary>Reads the password of <c>net use Z: \\server\share X</c>: what follows the share.</summary>
    public static bool TryNetUse(ReadOnlySpan<char> text, int end, out Hit hit)
    {
        hit = default;
        var window = text[end..Math.Min(text.Length, end + MaxLookBack)];
        var lineEnd = window.IndexOfAny('\r', '\n');
        window = lineEnd < 0 ? window : window[..lineEnd];
        if (window.StartsWith(" user ", StringComparison.Ordinal))
        {
            // net user NAME X /add
            var name = window[6..].IndexOf(' ');
            if (name > 0 && window.Contains(" /add", StringComparison.OrdinalIgnoreCase) && window[7 + name] != '/')
            {
                return LabelledValue.TryRead(text, end + 7 + name, ValueStyle.Shell, out var word) && IsWord(text, word, out hit);
            }

            return name > 0 && TryReadArgument(text, end + 7 + name, out hit) && ChosenPassword.IsSure(text[hit.Start..hit.End]);
        }

        var share = window.StartsWith(" use ", StringComparison.Ordinal) ? window.IndexOf(" \\\\", StringComparison.Ordinal) : -1;
        var at = share < 0 ? window.Length : share + 1;

        // The share, and the flags before the password: /user:DOMAIN\ann.
        do
        {
            var space = window[at..].IndexOf(' ');
            at = space < 0 ? window.Length : at + space + 1;
        }
        while (at < window.Length && window[at] is '/' or ' ');

        return at < window.Length && TryReadArgument(text, end + at, out hit);
    }

    // smbclient -U ann%X
    private static bool TryReadUser(ReadOnlySpan<char> text, int from, out Hit hit)
    {
        hit = default;
        if (!LabelledValue.TryRead(text, from, ValueStyle.Shell, out var value))
        {
            return false;
        }

        var percent = text[value.Start..value.End].IndexOf('%');
        hit = new Hit(value.Start + percent + 1, value.End, "password");
        return percent > 1 && ChosenPassword.IsArgument(text[hit.Start..hit.End]);
    }

    // echo X | sudo -S
    private static bool TryReadEcho(ReadOnlySpan<char> text, int start, int dash, out Hit hit)
    {
        const string Echo = "echo ";
        hit = default;
        var pipe = text[start..dash].LastIndexOf('|');
        var echo = pipe < 0 || !Says(text[(start + pipe)..dash], "sudo") ? -1 : text[start..(start + pipe)].LastIndexOf(Echo, StringComparison.Ordinal);
        return echo >= 0 && TryReadArgument(text, start + echo + Echo.Length, out hit) && hit.End <= start + pipe;
    }

    // A command that takes nothing but a password there: any word is one.
    private static bool IsWord(ReadOnlySpan<char> text, LabelledValue value, out Hit hit)
    {
        var content = text[value.Start..value.End];
        hit = new Hit(value.Start, value.End, "password");
        return ChosenPassword.IsGiven(content, isQuoted: value.IsQuoted) || WeakPasswords.IsUsed(content);
    }

    private static bool TryReadArgument(ReadOnlySpan<char> text, int from, out Hit hit)
    {
        hit = default;
        if (!LabelledValue.TryRead(text, from, ValueStyle.Shell, out var value))
        {
            return false;
        }

        hit = new Hit(value.Start, value.End, "password");
        return ChosenPassword.IsArgument(text[value.Start..value.End]);
    }

    /// <summary>Reads what follows a word of a device's configuration or a Dockerfile: <c>enable password X</c>, <c>secret 5 X</c>, <c>ENV DB_PASSWORD X</c>.</summary>
    public static bool TryReadWord(ReadOnlySpan<char> text, int word, int end, out Hit hit)
    {
        hit = default;
        if (end + 2 >= text.Length || text[end] is not (' ' or '-'))
        {
            return false;
        }

        switch (text[word..end])
        {
            case "key" when !IsDeviceKey(text[..word]):
                return false;
            case "password" or "secret" or "key" when char.IsAsciiDigit(text[end + 1]) && text[end + 2] == ' ':
                return TryRead(text, end + 3, "password", out hit);
            case "password" or "secret" when word >= 7 && text[(word - 7)..word] is "enable ":
                return TryRead(text, AfterLevel(text, end + 1), "password", out hit);
            case "password" when text[end..].StartsWith(SavedPassword, StringComparison.Ordinal):
                hit = new Hit(end + SavedPassword.Length, end + SavedPassword.Length + CharSet.Hex.CountAtStart(text[(end + SavedPassword.Length)..]), "password");
                return hit.End - hit.Start >= MinSavedLength;
            case "password" when TryReadMysqlAdmin(text, word, end, out hit):
                return true;
            case "key" when SpokenPasswords.TryReadSure(text, end, out hit):
                return true;
            case "snmp" when text[end..].StartsWith("-server community ", StringComparison.Ordinal):
                return TryRead(text, end + 18, "snmp-community", out hit);
            case "ENV" or "ARG" when word == 0 || text[word - 1] == '\n':
                return text[end] == ' ' && TryReadEnvironment(text, end + 1, out hit);
            default:
                return false;
        }
    }

    // mysqladmin -u root password X
    private static bool TryReadMysqlAdmin(ReadOnlySpan<char> text, int word, int end, out Hit hit)
    {
        hit = default;
        var line = text[Math.Max(0, word - MaxLookBack)..word];
        return Says(line[(line.LastIndexOf('\n') + 1)..], "mysqladmin ") && TryReadArgument(text, end + 1, out hit);
    }

    // enable password level 15 X
    private static int AfterLevel(ReadOnlySpan<char> text, int from)
    {
        const string Level = "level ";
        var level = text[from..].StartsWith(Level, StringComparison.Ordinal) ? CharSet.Digits.CountAtStart(text[(from + Level.Length)..]) : 0;
        return level is > 0 and <= 2 ? from + Level.Length + level : from;
    }

    // pac key 7 X, tacacs-server key 7 X
    private static bool IsDeviceKey(ReadOnlySpan<char> before) => before.EndsWith("pac ", StringComparison.Ordinal) || before.EndsWith("-server ", StringComparison.Ordinal)
        || before.EndsWith("tacacs ", StringComparison.Ordinal) || before.EndsWith("radius ", StringComparison.Ordinal);

    // ConvertTo-SecureString "X" -AsPlainText, ConvertTo-SecureString -AsPlainText "X", "X" | ConvertTo-SecureString -AsPlainText: the string nearest to the flag.
    private static bool TryReadSecureString(ReadOnlySpan<char> text, int dash, out Hit hit)
    {
        const string Flag = "-AsPlainText ";
        hit = default;
        var from = Math.Max(0, dash - MaxLookBack);
        from += text[from..dash].LastIndexOf('\n') + 1;
        var line = text[from..dash];
        var call = line.LastIndexOf("SecureString", StringComparison.OrdinalIgnoreCase);
        if (call < 0)
        {
            return false;
        }

        var end = line.LastIndexOfAny('"', '\'');
        var start = end <= 0 ? -1 : line[..end].LastIndexOf(line[end]);
        if (start > call || (start >= 0 && line[end..call].Contains('|')))
        {
            hit = new Hit(from + start + 1, from + end, "password");
        }
        else if (LabelledValue.TryRead(text, dash + Flag.Length, ValueStyle.Shell, out var value) && value.IsQuoted)
        {
            hit = new Hit(value.Start, value.End, "password");
        }
        else
        {
            // Without quotes it is the last word before the flag that is none itself.
            var words = line[call..].TrimEnd(' ');
            start = words.LastIndexOf(' ') + 1;
            hit = new Hit(from + call + start, from + call + words.Length, "password");
            if (start == 0 || words[start] == '-')
            {
                return false;
            }
        }

        // In single quotes a dollar sign is one.
        var content = text[hit.Start..hit.End];
        return SecretValue.IsChosenPassword(content) && content.IndexOfAny(text[hit.Start - 1] == '\'' ? "{< " : "${< (") < 0;
    }

    private static bool TryReadEnvironment(ReadOnlySpan<char> text, int start, out Hit hit)
    {
        hit = default;
        var window = text[start..Math.Min(text.Length, start + 64)];
        var length = window.IndexOfAny(" =\n");
        if (length <= 0 || window[length] != ' ')
        {
            return false;
        }

        var label = Label.Of(window[..length]);
        if (label.Strength is not (LabelStrength.Password or LabelStrength.Secret)
            || !LabelledValue.TryRead(text, start + length + 1, ValueStyle.Shell, out var value))
        {
            return false;
        }

        hit = new Hit(value.Start, value.End, label.Kind);
        return SecretValue.Is(label.Strength, text, value, ValueStyle.Shell);
    }

    private static bool TryRead(ReadOnlySpan<char> text, int from, string kind, out Hit hit)
    {
        hit = default;
        if (!LabelledValue.TryRead(text, from, ValueStyle.Shell, out var value))
        {
            return false;
        }

        hit = new Hit(value.Start, value.End, kind);
        var content = text[value.Start..value.End];
        return content.Length >= MinLength && SecretValue.IsChosenPassword(content) && content.IndexOfAny(" ${<") < 0
            && (Randomness.IsMixed(content) || ChosenPassword.IsArgument(content));
    }

    private static bool Says(ReadOnlySpan<char> line, string command) => line.Contains(command, StringComparison.OrdinalIgnoreCase);
}
