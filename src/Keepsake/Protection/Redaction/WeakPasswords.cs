using System.Buffers;
using System.Collections.Frozen;

namespace Keepsake.Protection.Redaction;

/// <summary>Knows the words that stand for a password and are in use as one too, <c>admin</c>, <c>postgres</c>, <c>mypassword</c>.</summary>
/// <remarks>
/// In prose, in forms and in code they are placeholders or the names of fields. Where a line can hardly be anything but a setting, they are passwords,
/// and the ones that are tried first: a line of an environment file, a connection string, a user who is somebody.
/// </remarks>
internal static class WeakPasswords
{
    private const int MinLength = 4;
    private const int MaxLength = 32;
    private const int MaxLookBack = 96;
    private const int MinJoinedName = 7;

    // What says no more than that a password belongs there.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Names = Lookup(
        "password", "passwd", "pass", "pwd", "passphrase", "passcode", "secret");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words = Lookup(
        "admin", "root", "guest", "test", "testing", "demo", "sample", "password1", "abc123", "abcdef", "qwerty", "letmein", "hunter", "foobar", "postgres", "mysql", "redis", "rabbitmq",
        "minio", "minioadmin", "1234", "12345", "123456", "12345678", "123456789", "1234567890", "0000", "00000000", "login");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NobodysNames = Lookup(
        "user", "username", "user_name", "userid", "user_id", "login", "name", "email", "account", "myuser", "myusername", "my_user", "youruser", "yourusername", "your_user", "string", "someuser", "uid", "usr", "u", "test", "testing", "tester", "demo", "sample", "foo");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Administrators = Lookup(
        "admin", "administrator", "root", "sa", "postgres", "mysql", "system", "superuser", "sysadmin", "dba");

    private static readonly PhraseSet Unsaid = new("your", "change", "example", "sample", "placeholder", "enter", "insert", "replace", "dummy", "fake", "invalid", "wrong", "redacted", "masked", "forgot",
        "bad", "xxx", "todo", "here", "empty", "none", "null", "false", "required", "optional", "hidden", "encrypted", "secure");

    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n");

    /// <summary>Tells whether a word is one that stands for a password or is one.</summary>
    public static bool Is(ReadOnlySpan<char> content) => Words.Contains(content) || IsNamed(content);

    /// <summary>Tells whether a word is one that people use, and no other word for password: <c>admin</c>, but not <c>secret</c>.</summary>
    public static bool IsUsed(ReadOnlySpan<char> content) => Is(content) && !Names.Contains(content);

    /// <summary>Tells whether a user is somebody, <c>root</c> or <c>ann</c>, and not the word for one.</summary>
    public static bool IsSomebody(ReadOnlySpan<char> user) => user.Length > 1 && !NobodysNames.Contains(user) && !Unsaid.IsIn(user);

    /// <summary>Tells whether a word is the password of a user who is given just before it: with <c>password</c> itself only somebody logs in whom every system has.</summary>
    public static bool IsOf(ReadOnlySpan<char> user, ReadOnlySpan<char> content) => IsUsed(content) ? IsSomebody(user) : Is(content) && Administrators.Contains(user);

    /// <summary>Tells the line of an environment file, <c>DB_PASSWORD=admin</c> and <c>export DB_PASSWORD="admin"</c>; in JSON and YAML <c>"DB_PASSWORD": "admin"</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="nameStart">Where the name begins.</param>
    /// <param name="separator">The last character of the separator.</param>
    /// <param name="value">The value.</param>
    public static bool IsEnvironment(ReadOnlySpan<char> text, int nameStart, int separator, LabelledValue value)
    {
        var name = text[nameStart..separator].TrimEnd(" \"'");
        var content = text[value.Start..value.End];
        if (name.Length < MinJoinedName || name.ContainsAnyInRange('a', 'z') || !Is(content))
        {
            return false;
        }

        if (text[separator] == ':')
        {
            // A constant is not set so; what an environment is given in YAML and JSON is.
            return name.Contains('_') && IsUsed(content) && value.Start - separator <= 3 && EndsLine(text, value);
        }

        var before = text[Math.Max(0, nameStart - MaxLookBack)..nameStart];
        before = before[(before.LastIndexOf('\n') + 1)..].TrimStart();
        return text[separator] == '=' && value.Start - separator <= (value.IsQuoted ? 2 : 1) && text[separator - 1] != ' '
            && (before.IsEmpty ? EndsWord(text, value) : before is "- " or "export " or "set " or "ENV " or "ARG " or "- \"" or "\"" ? EndsLine(text, value) || EndsWord(text, value)
                : (before.EndsWith(" -e ", StringComparison.Ordinal) || before.EndsWith(" --env ", StringComparison.Ordinal)) && EndsWord(text, value));
    }

    /// <summary>Tells a line of a properties file whose name says password in small letters, <c>adminpwd=appropriate</c>: not the argument of a call, which stands in brackets.</summary>
    public static bool IsPropertyLine(ReadOnlySpan<char> text, int nameStart, int separator, LabelledValue value)
    {
        var content = text[value.Start..value.End];
        if (value.IsQuoted || text[separator] != '=' || value.Start != separator + 1 || text[separator - 1] == ' ' || content.Length is < MinLength + 1 or > MaxLength || !EndsLine(text, value)
            || CharSet.Letters.CountAtStart(content) < content.Length || SecretValue.IsTitle(content) || !(IsUsed(content) || (SecretValue.IsChosenPassword(content) && !SecretValue.IsReference(content))))
        {
            return false;
        }

        var before = text[Math.Max(0, nameStart - MaxLookBack)..nameStart];
        var line = before.LastIndexOf('\n');
        var above = line < 0 ? [] : before[..line].TrimEnd(" \r\n\t");
        return before[(line + 1)..].IsEmpty && (above.IsEmpty || above[^1] is not (',' or '(' or '[' or '{' or '\\' or '|' or '&'));
    }

    // mypassword, rootpass, testpwd: a word for password with one before it, in one.
    private static bool IsNamed(ReadOnlySpan<char> content)
    {
        if (Names.Contains(content))
        {
            return true;
        }

        return content.Length is > MinLength + 1 and <= MaxLength && content.IndexOfAnyExceptInRange('a', 'z') < 0
            && (content.EndsWith("pass", StringComparison.Ordinal) || content.EndsWith("password", StringComparison.Ordinal) || content.EndsWith("passwd", StringComparison.Ordinal)
                || content.EndsWith("pwd", StringComparison.Ordinal) || content.EndsWith("secret", StringComparison.Ordinal))
            && !Unsaid.IsIn(content);
    }

    private static bool EndsWord(ReadOnlySpan<char> text, LabelledValue value) =>
        value.End + (value.IsQuoted ? 1 : 0) is var end && (end >= text.Length || text[end] is ' ' or '\n' or '\r');

    private static bool EndsLine(ReadOnlySpan<char> text, LabelledValue value)
    {
        var end = Math.Min(text.Length, value.End + (value.IsQuoted ? 1 : 0));
        var rest = text[end..Math.Min(text.Length, end + MaxLookBack)];
        var length = rest.IndexOfAny(LineEnds);
        rest = (length < 0 ? rest : rest[..length]).Trim();
        return rest is "" or "," or "\"" or "\"," or "}" or "},";
    }

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup(params string[] words) =>
        words.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
