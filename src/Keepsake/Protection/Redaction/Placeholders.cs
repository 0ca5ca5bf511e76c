using System.Collections.Frozen;

namespace Keepsake.Protection.Redaction;

/// <summary>Knows what people write where a secret would stand: templates, rows of <c>x</c>, names of things to fill in.</summary>
internal static class Placeholders
{
    private static readonly PhraseSet TemplateParts = new(
        "${", "$(", "{{", "}}", "<%", "%>", "#{", "@{", "%{", "xxxx", "****", "...", "####", "placeholder", "changeme",
            "change_me", "change-me", "change-it", "changeit", "your_", "your-", "yourpass", "yourtoken", "yoursecret", "yourkey",
            "yourapi", "my_api", "my-api", "mysecret", "my_secret", "my-secret", "mytoken", "my_token", "my-token", "mypass", "my_pass",
            "my-pass", "example", "insert", "replace_", "replace-", "replaceme", "dummy", "redacted", "masked", "fixme",
            "[a-z", "[0-9", "[^", "_here", "-here", "put_your", "notreal", "not-a-real", "foobar", "password here");

    private static readonly PhraseSet Denials = new("wrong", "invalid", "nonmatching", "non_matching", "notmatching", "fake", "dummy", "bogus");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words = new[]
    {
        "string", "str", "text", "number", "int", "integer", "bool", "boolean", "object", "array", "bytes", "char", "varchar", "float",
        "required", "optional", "readonly", "nullable", "hidden", "input", "null", "none", "nil", "undefined", "true", "false", "yes",
        "no", "on", "off", "auto", "default", "empty", "unset", "disabled", "enabled", "secret", "secrets", "token", "key", "apikey",
        "password", "passwd", "pass", "pwd", "passphrase", "passcode", "username", "user", "login", "email", "name", "value", "admin",
        "root", "guest", "test", "testing", "password1", "demo", "sample", "foo", "bar", "baz", "abc",
        "abc123", "abcdef", "qwerty", "letmein", "postgres", "mysql", "redis", "rabbitmq", "minio", "minioadmin", "bearer", "basic",
        "digest", "negotiate", "oauth", "oauth2", "jwt", "cookie", "session", "header", "plain", "plaintext", "hashed", "encrypted",
        "base64", "utf8", "utf-8", "sha1", "sha256", "sha512", "md5", "bcrypt", "argon2", "argon2id", "aes256", "rs256", "hs256", "es256",
        "passwort", "kennwort", "contraseña", "contrasena", "mot de passe", "senha", "wachtwoord", "hasło", "haslo", "lösenord", "losenord",
        "adgangskode", "parola", "heslo", "jelszó", "salasana", "passord", "şifre", "sifre", "mật khẩu", "palavra-passe", "clave", "missing",
        "invalid", "expired", "wrong", "forgot", "reset", "new", "old", "current", "incorrect", "correct", "changed", "confirm", "me",
        "anonymous", "todo", "tbd", "self", "this", "env", "environment", "vault", "file", "stdin", "prompt", "x", "xxx", "yyy", "zzz", "1234", "12345",
        "123456", "12345678", "123456789", "1234567890", "0000", "00000000", "hunter", "secretkey", "secret_key", "access_token", "api_key",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private const int MaxWordLength = 24;

    // The alphabet stands for a secret; a shorter stretch of it happens in made-up ones.
    private const int MaxAscending = 18;

    // Fewer characters than this count up by chance.
    private const int MinCounting = 12;

    /// <summary>Tells whether the variable part of a known format is filler: one thing repeated, the alphabet, rows of <c>x</c>.</summary>
    /// <param name="value">The variable part.</param>
    /// <param name="isAlphabetFiller">Whether the alphabet counts.</param>
    public static bool IsFiller(ReadOnlySpan<char> value, bool isAlphabetFiller = true)
    {
        if (value.Length < 4)
        {
            return false;
        }

        ulong low = 0, high = 0;
        int repeats = 0, ascending = 0, row = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var current = value[i] & 127;
            if (current < 64)
            {
                low |= 1UL << current;
            }
            else
            {
                high |= 1UL << (current - 64);
            }

            // xxxx, ****, ...., ####
            row = value[i] is 'x' or 'X' or '*' or '.' or '#' ? i > 0 && (value[i] | 0x20) == (value[i - 1] | 0x20) ? row + 1 : 1 : 0;
            if (row == 4)
            {
                return true;
            }

            if (i == 0)
            {
                continue;
            }

            repeats += value[i] == value[i - 1] ? 1 : 0;
            ascending = char.IsAsciiLetter(value[i]) && value[i] == value[i - 1] + 1 ? ascending + 1 : 0;
            if (ascending >= MaxAscending && isAlphabetFiller)
            {
                return true;
            }
        }

        var distinct = System.Numerics.BitOperations.PopCount(low) + System.Numerics.BitOperations.PopCount(high);
        return (value.Length >= 8 && distinct <= 4)
            || repeats * 100 > value.Length * 55
            || value.Contains("example", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Tells whether what follows a string shows that it is cut or blacked out: <c>…</c>, <c>...</c>, <c>****</c>, <c>####</c>.</summary>
    public static bool IsCutAt(ReadOnlySpan<char> text, int end)
    {
        var rest = text[end..Math.Min(text.Length, end + 4)];
        return rest is "****" or "####" or ['…', ..] || rest.StartsWith("...", StringComparison.Ordinal);
    }

    /// <summary>Tells whether a name says that its value is none: <c>wrongToken</c>, <c>fake_key</c>. Two words, as in "invalid token", say what went wrong with a real one.</summary>
    public static bool IsDenied(ReadOnlySpan<char> name) => Denials.IsIn(name);

    /// <summary>Tells whether most of a text counts up: <c>abc123xyz-456def789ghij</c>. Random characters do not.</summary>
    public static bool CountsUp(ReadOnlySpan<char> value) => value.Length >= MinCounting && Steps(value) * 100 > value.Length * 45;

    /// <summary>Tells whether next to all of a text counts up: <c>12345678901234567890</c>. What does so in part was made up to look like a secret, or is a poor one.</summary>
    public static bool CountsUpThroughout(ReadOnlySpan<char> value) => value.Length >= MinCounting && Steps(value) * 100 > value.Length * 75;

    /// <summary>Tells whether a labelled value stands for a secret without being one.</summary>
    public static bool Is(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty || value[0] is '<' or '[' && value[^1] is '>' or ']')
        {
            return true;
        }

        return (value.Length <= MaxWordLength && Words.Contains(value)) || TemplateParts.IsIn(value) || value.IndexOfAny('…', '●', '•') >= 0
            || IsFiller(value) || IsVariable(value) || IsFormat(value);
    }

    private static int Steps(ReadOnlySpan<char> value)
    {
        var steps = 0;
        for (var i = 1; i < value.Length; i++)
        {
            steps += value[i] == value[i - 1] + 1 ? 1 : 0;
        }

        return steps;
    }

    // "%s:%s", "%(user)s", "{0}-{1}": what is left without its holes says nothing.
    private static bool IsFormat(ReadOnlySpan<char> value)
    {
        int holes = 0, rest = 0;
        for (var at = 0; at < value.Length; at++)
        {
            if (value[at] == '%' && at + 1 < value.Length && value[at + 1] is 's' or 'd' or 'v' or 'q' or 'x' or '@' or '(')
            {
                holes++;
                at = value[at + 1] == '(' && value[at..].IndexOf(')') is > 0 and var close ? at + close + 1 : at + 1;
            }
            else if (value[at] == '{' && value[at..].IndexOf('}') is > 0 and <= 24 and var end && Randomness.Of(value.Slice(at, end)).Switches <= 1)
            {
                holes++;
                at += end;
            }
            else
            {
                rest += char.IsAsciiLetterOrDigit(value[at]) ? 1 : 0;
            }
        }

        return holes > 0 && rest < 4;
    }

    // $NAME, %NAME%, {name}, :name, @name
    private static bool IsVariable(ReadOnlySpan<char> value)
    {
        if (value[0] is not ('$' or '%' or '{' or ':' or '@') || value.Length < 2)
        {
            return false;
        }

        var closing = value[0] switch { '%' => '%', '{' => '}', _ => '\0' };
        if (closing != '\0' && value[^1] != closing)
        {
            return false;
        }

        var name = closing == '\0' ? value[1..] : value[1..^1];
        if (name.IsEmpty || char.IsAsciiDigit(name[0]))
        {
            return value[0] == '$' && name.Length == 1;
        }

        foreach (var part in name)
        {
            if (!char.IsAsciiLetterOrDigit(part) && part is not ('_' or '.' or ':' or '-' or '>'))
            {
                return false;
            }
        }

        // A password may begin with a dollar sign; a name has no digits among its letters and no mix of both.
        return Randomness.Of(name).Switches <= 1;
    }
}
