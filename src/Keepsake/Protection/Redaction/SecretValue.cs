using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Judges whether a named value is a secret, by what its name promises and what it looks like.</summary>
internal static class SecretValue
{
    /// <summary>Shortest value that can be a secret.</summary>
    public const int MinLength = MinPasswordLength;

    // Judging reads the value several times, so a long one is judged by its beginning.
    private const int MaxJudged = 128;
    private const int MinPasswordLength = 4;
    private const int MinBarePasswordLength = 6;
    private const int MinSecretLength = 8;
    private const int MinWeakLength = 15;

    private static readonly SearchValues<char> Symbols = SearchValues.Create("!@#$%^&*+=/~?");
    private static readonly SearchValues<char> Operators = SearchValues.Create("!&|=<>*?");
    private static readonly SearchValues<char> Comparisons = SearchValues.Create("!&|<>?");
    private static readonly PhraseSet ReferenceParts = new(
        "pass", "pwd", "secret", "token", "field", "input", "login", "user", "credential", "auth", "key", "config", "settings", "error",
            "required", "invalid", "hash", "env.", "value");

    public static bool Is(LabelStrength strength, ReadOnlySpan<char> text, LabelledValue value, ValueStyle style)
    {
        var content = text[value.Start..Math.Min(value.End, value.Start + MaxJudged)];
        if (content.Length < MinPasswordLength || content.Contains("://", StringComparison.Ordinal) || Markers.BeginIn(text, value.Start, value.End))
        {
            return false;
        }

        if (Shapes.IsDotted(content) || content.StartsWith("arn:", StringComparison.Ordinal))
        {
            return false;
        }

        if (value.IsQuoted && strength is LabelStrength.Password or LabelStrength.Secret && (Shapes.IsSymbolMix(content) || ChosenPassword.IsSentence(content)))
        {
            return true;
        }

        if (strength is LabelStrength.Weak or LabelStrength.Secret && Shapes.IsProductKey(content))
        {
            return !Placeholders.IsFiller(content);
        }

        return strength switch
        {
            LabelStrength.CertainPassword => !Placeholders.IsFiller(content) && content is not ['%', .., '%'] && content[0] != '$' && content[^1] != '*',
            LabelStrength.Mnemonic => IsMnemonic(content),
            LabelStrength.Password => IsPassword(text, value, content, style) && !Placeholders.Is(content),
            LabelStrength.Secret => (IsMachineMade(content) || (value.IsQuoted && IsSalt(content))) && !IsCode(text, value, content) && !Placeholders.Is(content),
            LabelStrength.Weak when value.IsQuoted && Shapes.IsNoise(content) => !Placeholders.IsFiller(content),
            LabelStrength.Weak => IsUnlikeAnythingElse(content) && !IsCode(text, value, content) && !Placeholders.Is(content),
            _ => false,
        };
    }

    // Twelve to twenty-four short words in small letters: BIP-39.
    private static bool IsMnemonic(ReadOnlySpan<char> content)
    {
        int words = 1, length = 0;
        foreach (var value in content)
        {
            if (value == ' ')
            {
                words += length is >= 3 and <= 8 ? 1 : 100;
                length = 0;
            }
            else
            {
                length += char.IsAsciiLetterLower(value) ? 1 : 100;
            }
        }

        return words is >= 11 and <= 24 && length <= 100;
    }

    // Random characters of all kinds, spaces too, as WordPress salts are.
    private static bool IsSalt(ReadOnlySpan<char> content)
    {
        var measure = Randomness.Of(content);
        return content.Length >= 30 && measure is { Digits: >= 2, IsWordy: false, Switches: >= 4 } && content.Count(' ') <= 4;
    }

    /// <summary>Judges a password that stands alone: after a user's name, in prose, in a command.</summary>
    public static bool IsChosenPassword(ReadOnlySpan<char> content) =>
        content.Length >= MinPasswordLength && !Placeholders.Is(content) && content.IndexOf("REDACTED", StringComparison.Ordinal) < 0;

    /// <summary>Judges a secret that must look made by a machine, such as what follows <c>Bearer</c>.</summary>
    public static bool IsMachineMade(ReadOnlySpan<char> content)
    {
        if (content.Length < MinSecretLength || content.ContainsAny(' ', '\t'))
        {
            return false;
        }

        if (Shapes.IsUuid(content))
        {
            return true;
        }

        var measure = Randomness.Of(content);
        if (measure.Letters == 0)
        {
            return measure.Digits >= 12 && measure.Digits == content.Length;
        }

        if (measure.Digits == 0)
        {
            return (content.Length >= 16 && measure is { IsWordy: false, Pairs: >= 8 }) || IsPadded(content);
        }

        // my-app-v2 is a name, Sup3rS3cret is not: digits inside words, or letters that make none.
        return (!measure.IsWordy && content.Length >= 10)
            || measure.Switches >= 3
            || (measure.Switches >= 1 && measure.Pairs < 4)
            || (measure.Switches >= 2 && content.IndexOfAny('-', '_', '.') < 0)
            || content.ContainsAny(Symbols);
    }

    private static bool IsPassword(ReadOnlySpan<char> text, LabelledValue value, ReadOnlySpan<char> content, ValueStyle style)
    {
        var measure = Randomness.Of(content);
        var symbols = content.ContainsAny(Symbols);
        if (measure.Letters + measure.Digits == 0)
        {
            return value.IsQuoted && Shapes.IsSigns(content);
        }

        if (content.ContainsAny(' ', '\t') || IsPathLike(content, measure))
        {
            return false;
        }

        if (value.IsQuoted)
        {
            if (measure.Digits > 0 || symbols)
            {
                // CleartextPassword1 is a password, password1 and userPassword the names of some.
                return !IsReference(content) || measure.Switches > 1 || IsNumbered(content)
                    || (content.Length >= 10 && measure.Upper >= 2 && char.IsAsciiLetterUpper(content[0]) && char.IsAsciiDigit(content[^1]));
            }

            // One word of letters: a password, unless it is a label, a field's name or another language's word for password.
            return content.Length >= MinBarePasswordLength && measure.Letters == content.Length
                && !IsTitle(content) && (!IsReference(content) || IsWeakPassword(content));
        }

        if (content.Length < MinBarePasswordLength && style == ValueStyle.Code || IsCode(text, value, content))
        {
            return false;
        }

        if (style != ValueStyle.Code)
        {
            return measure.Letters == 0 ? measure.Digits >= 4 : measure.Digits > 0 || symbols || !IsReference(content);
        }

        // Capitals in the middle of what makes no word.
        if (measure is { Digits: 0, Upper: >= 2, Lower: >= 2, IsWordy: false } && content.Length >= 8 && measure.Letters == content.Length)
        {
            return !IsReference(content);
        }

        // pwd1, md5, utf8 are names of things; hunter2 is not.
        return measure.Letters >= 3 && ((measure.Digits > 0 && (measure.Switches > 1 || measure.Letters >= 6)) || (symbols && measure.Letters >= 4));
    }

    // password123: fields are numbered with one digit or two.
    private static bool IsNumbered(ReadOnlySpan<char> content) =>
        CharSet.Digits.CountAtEnd(content) is >= 3 and var digits && CharSet.Letters.CountAtStart(content) == content.Length - digits;

    // /system/http_proxy/password, ^Ppasswd, 0x0010.
    private static bool IsPathLike(ReadOnlySpan<char> content, Measure measure) =>
        (content[0] == '/' && measure.IsWordy && content.Count('/') > 1) || (content[0] == '^' && measure.IsWordy)
        || (content.StartsWith("0x", StringComparison.Ordinal) && content.Length <= 18 && CharSet.Hex.CountAtStart(content[2..]) == content.Length - 2);

    /// <summary>Judges a secret that hardly anything announces: it must be no hash and no identifier, such as <c>std::simd::f16x8</c>.</summary>
    public static bool IsUnlikeAnythingElse(ReadOnlySpan<char> content)
    {
        if (content.Length < MinWeakLength || content.ContainsAny(' ', '\t') || Shapes.IsUuid(content) || Shapes.IsHash(content)
            || Shapes.IsUlid(content) || Shapes.IsPublicDer(content) || content.Contains("::", StringComparison.Ordinal))
        {
            return false;
        }

        var measure = Randomness.Of(content);
        return measure is { Digits: >= 2, Letters: >= 4, Switches: >= 3, IsWordy: false } || (measure.Pairs < 4 && measure.Switches >= 5)
            || IsPadded(content);
    }

    private static bool IsPadded(ReadOnlySpan<char> content) =>
        content.Length >= 12 && content.Length % 4 == 0 && content[^1] == '=' && CharSet.Base64.CountAtStart(content) == content.Length;

    /// <summary>Tells a capital followed by small letters, as captions are.</summary>
    public static bool IsTitle(ReadOnlySpan<char> content) =>
        char.IsAsciiLetterUpper(content[0]) && content[1..].IndexOfAnyExceptInRange('a', 'z') < 0;

    /// <summary>Tells the name of a secret in place of the secret: <c>db_password</c>, <c>user.token</c>, <c>passwordInput</c>.</summary>
    public static bool IsReference(ReadOnlySpan<char> content)
    {
        foreach (var value in content)
        {
            if (!char.IsAsciiLetterOrDigit(value) && value is not ('_' or '-' or '.' or ':' or '/' or '?'))
            {
                return false;
            }
        }

        return ReferenceParts.IsIn(content);
    }

    // rootpasswd and adminpass are passwords that systems are delivered with, not the names of fields.
    private static bool IsWeakPassword(ReadOnlySpan<char> content) =>
        (content.StartsWith("root", StringComparison.Ordinal) || content.StartsWith("admin", StringComparison.Ordinal))
        && content.Contains("pass", StringComparison.Ordinal) && content.IndexOfAnyExceptInRange('a', 'z') < 0;

    // A bare value may be an expression: call(), array[0], settings.password, a + b.
    private static bool IsCode(ReadOnlySpan<char> text, LabelledValue value, ReadOnlySpan<char> content)
    {
        if (value.IsQuoted)
        {
            return false;
        }

        if (value.End < text.Length && text[value.End] is '(' or '[' || content.ContainsAny("([{"))
        {
            return true;
        }

        if (Shapes.IsConstantName(content) || IsTypeName(text, value.End, content))
        {
            return true;
        }

        // e.requestToken!==!1&&f: what is before the operator is a path to a value.
        var operation = content.IndexOfAny(Operators);
        if (operation > 0 && content[..operation].Contains('.') && content[operation..].ContainsAny(Comparisons))
        {
            content = content[..operation];
        }

        // Words joined by dots or arrows are a path to a value.
        return content.IndexOfAny(".>:") > 0 && !content.Contains('=') && Randomness.Of(content) is { IsWordy: true, Pairs: >= 4, Switches: <= 6 };
    }

    // GetToken: UTF8String; token: Int32Array, … the name of a type ends in a word for one.
    private static bool IsTypeName(ReadOnlySpan<char> text, int end, ReadOnlySpan<char> content) =>
        content.Length <= 32 && (end >= text.Length || text[end] is ';' or ',' or ')' or '\n' or '\r' or ' ' or '>' or '}')
        && (content.EndsWith("String", StringComparison.OrdinalIgnoreCase) || content.EndsWith("Array", StringComparison.Ordinal)
            || content.EndsWith("List", StringComparison.Ordinal) || content.EndsWith("Type", StringComparison.Ordinal)
            || content.EndsWith("_t", StringComparison.Ordinal));
}
