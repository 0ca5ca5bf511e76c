namespace Keepsake.Protection.Redaction;

/// <summary>Reads credentials that follow a word: a scheme in a header, a flag of a command, a password in prose or SQL.</summary>
internal static class Credentials
{
    private const int MaxFlagLength = 40;
    private const int MaxLookBack = 256;
    private const int MaxIdentified = 64;
    private const int MinBearerLength = 12;
    private const int MinQuoted = 5;
    private const int MinPair = 12;

    // Longer words of prose are joined.
    private const int MaxWord = 18;

    // Fewer letters without a digit may be a word that reads like none.
    private const int MinLettersAlone = 20;

    /// <summary>Reads what follows <c>Authorization:</c>, <c>Proxy-Authorization=</c> and the like: a scheme, if there is one, and a credential.</summary>
    public static bool TryReadAuthorization(ReadOnlySpan<char> text, int from, string kind, out Hit hit)
    {
        hit = default;
        if (!LabelledValue.TryRead(text, from, ValueStyle.Shell, out var value))
        {
            return false;
        }

        var content = text[value.Start..value.End];
        var space = content.IndexOf(' ');
        if (value.IsQuoted && space < 0)
        {
            return TryBare(text, value.Start, value.End, kind, out hit);
        }

        if (IsScheme(value.IsQuoted ? content[..space] : content))
        {
            return TryAfterScheme(text, value.IsQuoted ? value.Start + space : value.End, kind, out hit);
        }

        // AWS signs a request: what follows is a name and a signature.
        return !value.IsQuoted && !content.StartsWith("AWS4-", StringComparison.Ordinal) && TryBare(text, value.Start, value.End, kind, out hit);
    }

    /// <summary>Reads the credential after <c>Bearer</c>, <c>Basic</c> and the like.</summary>
    public static bool TryAfterScheme(ReadOnlySpan<char> text, int from, string kind, out Hit hit)
    {
        hit = default;
        return from < text.Length && text[from] == ' '
            && LabelledValue.TryRead(text, from + 1, ValueStyle.Code, out var value)
            && (TryBare(text, value.Start, value.End, kind, out hit) || (text[..from].EndsWith("Basic", StringComparison.Ordinal) && IsPair(text[value.Start..value.End])));
    }

    /// <summary>Reads the value of a flag: <c>--password x</c>, <c>-Token x</c>, <c>-u user:password</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="dash">The first dash, with white space or nothing before it.</param>
    /// <param name="hit">The secret.</param>
    public static bool TryReadFlag(ReadOnlySpan<char> text, int dash, out Hit hit)
    {
        hit = default;
        var start = dash + 1;
        if (start < text.Length && text[start] == '-')
        {
            start++;
        }

        var end = start;
        var limit = Math.Min(text.Length, start + MaxFlagLength);
        while (end < limit && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_'))
        {
            end++;
        }

        if (end == start || end >= text.Length || text[end] is not (' ' or '='))
        {
            return false;
        }

        var name = text[start..end];
        if (name is "u" or "U" or "a" or "auth" or "user" or "proxy-user" or "userpwd")
        {
            return TryUserAndPassword(text, dash, end + 1, out hit);
        }

        if (name is "body" && text[Math.Max(0, dash - MaxLookBack)..dash].Contains("secret set", StringComparison.Ordinal))
        {
            return LabelledValue.TryRead(text, end + 1, ValueStyle.Shell, out var body) && TryBare(text, body.Start, body.End, "secret", out hit);
        }

        // With an equals sign the assignment finds it; one letter says too little.
        if (text[end] == '=' || name.Length < 3)
        {
            return false;
        }

        var label = name is "pass" ? Label.Of("password") : Label.Of(name);
        if (label.Strength is not (LabelStrength.Password or LabelStrength.Secret or LabelStrength.Weak)
            || !LabelledValue.TryRead(text, end + 1, ValueStyle.Shell, out var value)
            || text[value.Start] == '-'
            || (!value.IsQuoted && IsInProse(text[value.Start..value.End]) && !(label.Strength == LabelStrength.Password && FollowsUserFlag(text, dash) && ChosenPassword.IsGiven(text[value.Start..value.End]))))
        {
            return false;
        }

        hit = new Hit(value.Start, value.End, label.Kind);
        return SecretValue.Is(label.Strength, text, value, ValueStyle.Shell);
    }

    // "the --username and --password options", "--passphrase with --batch" speak of the flag.
    private static bool IsInProse(ReadOnlySpan<char> value) => value.Length <= MaxWord && value.IndexOfAnyExceptInRange('a', 'z') < 0 && Randomness.Of(value).IsWordy;

    // --user ann --password X; "--username and --password" are two flags that are spoken of.
    private static bool FollowsUserFlag(ReadOnlySpan<char> text, int dash)
    {
        var before = text[Math.Max(0, dash - MaxFlagLength)..dash].TrimEnd(' ');
        var user = before[(before.LastIndexOf(' ') + 1)..];
        var flag = before[..^user.Length].TrimEnd(' ');
        flag = flag[(flag.LastIndexOf(' ') + 1)..];
        return flag.StartsWith("-", StringComparison.Ordinal) && (flag.EndsWith("user", StringComparison.Ordinal) || flag.EndsWith("username", StringComparison.Ordinal))
            && WeakPasswords.IsSomebody(user) && user is not ("and" or "or" or "with") && CharSet.Name.CountAtStart(user) == user.Length;
    }

    /// <summary>Reads a password in prose, after <c>is</c>, <c>was</c> or <c>to</c>: the password is …, set the token to ….</summary>
    public static bool TryReadProse(ReadOnlySpan<char> text, int word, int wordEnd, out Hit hit)
    {
        hit = default;
        if (word < 4 || text[word - 1] != ' ' || !MayEndName(text[word - 2]) || wordEnd >= text.Length || text[wordEnd] is not (' ' or ':')
            || !Assignment.TryFindName(text, word, out var start, out var end))
        {
            return false;
        }

        // "seconds to pass to the client" names no password.
        var label = text[start..end].EndsWith("pass", StringComparison.OrdinalIgnoreCase) ? Label.None : Assignment.LabelOf(text, start, end);
        label = label.Strength == LabelStrength.None ? Assignment.LabelBeforeFor(text, start) : label;
        var isMnemonic = label.Strength == LabelStrength.Mnemonic;
        if (!(isMnemonic || label.Strength is LabelStrength.Password or LabelStrength.Secret)
            || !LabelledValue.TryRead(text, wordEnd + 1, isMnemonic ? ValueStyle.Words : ValueStyle.Code, out var value))
        {
            return false;
        }

        hit = new Hit(value.Start, value.End, label.Kind);
        var content = text[value.Start..value.End];
        return IsToldInQuotes(label.Strength, value, content)
            || (SecretValue.Is(label.Strength, text, value, isMnemonic ? ValueStyle.Words : ValueStyle.Code) && (isMnemonic || Randomness.Of(content).Digits > 0 || content.Length >= MinLettersAlone));
    }

    // The default password is "swordfish": quotes say that the word itself is meant.
    private static bool IsToldInQuotes(LabelStrength strength, LabelledValue value, ReadOnlySpan<char> content) =>
        strength == LabelStrength.Password && value.Quote is '"' or '\'' && content.Length >= MinQuoted
        && CharSet.Password.CountAtStart(content) == content.Length && Randomness.Of(content).Letters >= MinQuoted - 1
        && !SecretValue.IsTitle(content) && !content.ContainsAny("${<(:") && !Placeholders.Is(content);

    // What is named ends in one of these: password, token, secret, key, passphrase, credentials, contraseña, db1.
    private static bool MayEndName(char value) =>
        value is 'd' or 'n' or 't' or 'y' or 'e' or 's' or 'l' or 'a' or 'D' or 'N' or 'T' or 'Y' or '"' or '`' or '*' or (>= '0' and <= '9');

    /// <summary>Reads the password of SQL's <c>IDENTIFIED BY 'x'</c> and <c>IDENTIFIED WITH plugin BY 'x'</c>.</summary>
    public static bool TryIdentified(ReadOnlySpan<char> text, int wordEnd, out Hit hit)
    {
        const string By = " BY ";
        hit = default;
        var window = text[wordEnd..Math.Min(text.Length, wordEnd + MaxIdentified)];
        var by = window.IndexOf(By, StringComparison.OrdinalIgnoreCase);
        var start = by < 0 ? window.Length : by + By.Length;
        start += window[start..].StartsWith("PASSWORD ", StringComparison.Ordinal) ? 9 : 0;
        if (start >= window.Length || !LabelledValue.TryRead(text, wordEnd + start, ValueStyle.Code, out var value))
        {
            return false;
        }

        if (!value.IsQuoted)
        {
            // IDENTIFIED BY X; the case and what ends the value say that it is SQL.
            hit = new Hit(value.Start, value.End, "password");
            return by >= 0 && window[by + 1] == 'B' && (value.End >= text.Length || text[value.End] is ';' or '"' or '\'' or '\\' or '\n' or '\r')
                && ChosenPassword.IsWord(text[value.Start..value.End]);
        }

        // In small letters it may be prose: problem identified by "jane".
        var content = text[value.Start..value.End];
        hit = new Hit(value.Start, value.End, "password");
        return window[by + 1] == 'B' ? SecretValue.Is(LabelStrength.Password, text, value, ValueStyle.Code) || ChosenPassword.IsLastArgument(content)
            : SecretValue.Is(LabelStrength.Password, text, value, ValueStyle.Code) && ChosenPassword.IsArgument(content);
    }

    /// <summary>Tells whether a place is in the line of a <c>Cookie</c> or <c>Set-Cookie</c> header.</summary>
    public static bool IsInCookie(ReadOnlySpan<char> text, int at)
    {
        var window = text[Math.Max(0, at - MaxLookBack)..at];
        return window[(window.LastIndexOf('\n') + 1)..].Contains("cookie:", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Tells whether the name that ends at a place is that of a secret: a client's token, not a page's.</summary>
    public static bool IsNameAt(ReadOnlySpan<char> text, int end) =>
        Assignment.LabelOf(text, end - CharSet.Name.CountAtEnd(text[Math.Max(0, end - MaxFlagLength)..end]), end).Strength == LabelStrength.Secret;

    /// <summary>Reads a value in quotes that follows its name at once, as nginx, BIND and HCL write them: <c>secret "X";</c>.</summary>
    public static bool TryAfterName(ReadOnlySpan<char> text, int end, out Hit hit)
    {
        hit = default;
        if (end + MinBearerLength >= text.Length || text[end] != ' ' || text[end + 1] is not ('"' or '\'')
            || !LabelledValue.TryRead(text, end + 1, ValueStyle.Code, out var value))
        {
            return false;
        }

        var start = end - CharSet.Name.CountAtEnd(text[Math.Max(0, end - MaxFlagLength)..end]);
        var label = Assignment.LabelOf(text, start, end);
        hit = new Hit(value.Start, value.End, label.Kind);
        return label.Strength == LabelStrength.Secret && value.End - value.Start >= MinBearerLength && !Placeholders.IsDenied(text[start..end])
            && SecretValue.Is(label.Strength, text, value, ValueStyle.Code);
    }

    /// <summary>Reads what follows the word <c>password</c> at once: SQL's <c>PASSWORD 'x'</c>, netrc's <c>login a password b</c>.</summary>
    public static bool TryAfterPasswordWord(ReadOnlySpan<char> text, int word, int wordEnd, out Hit hit)
    {
        hit = default;
        if (wordEnd + 3 < text.Length && text[word] == 'P' && text[word + 1] == 'A' && TryPasswordOf(text, wordEnd, out hit))
        {
            return true;
        }

        if (wordEnd + 1 >= text.Length || text[wordEnd] != ' ')
        {
            return false;
        }

        // keyPassword "x" is how Gradle writes it; prose puts other things than passwords in such quotes.
        var isSql = text[wordEnd + 1] == '\'' || (text[wordEnd + 1] == '"' && text[word] == 'k');
        var before = text[Math.Max(0, word - MaxLookBack)..word];
        var isNetrc = !isSql && before.Contains("login ", StringComparison.Ordinal)
            && (before.Contains("machine ", StringComparison.Ordinal) || before.Contains("default login ", StringComparison.Ordinal));
        if ((!isSql && !isNetrc) || !LabelledValue.TryRead(text, wordEnd + 1, isNetrc ? ValueStyle.Shell : ValueStyle.Code, out var value))
        {
            return false;
        }

        hit = new Hit(value.Start, value.End, "password");
        return SecretValue.Is(LabelStrength.Password, text, value, isNetrc ? ValueStyle.Shell : ValueStyle.Code)
            || (isNetrc && ChosenPassword.IsLastArgument(text[value.Start..value.End]));
    }

    // SQL's PASSWORD('X'), with or without a space.
    private static bool TryPasswordOf(ReadOnlySpan<char> text, int wordEnd, out Hit hit)
    {
        hit = default;
        var open = text[wordEnd] == ' ' ? wordEnd + 1 : wordEnd;
        if (text[open] != '(' || text[open + 1] is not ('\'' or '"') || !LabelledValue.TryRead(text, open + 1, ValueStyle.Code, out var value))
        {
            return false;
        }

        hit = new Hit(value.Start, value.End, "password");
        return value.End + 1 < text.Length && text[value.End + 1] == ')' && ChosenPassword.IsArgument(text[value.Start..value.End]);
    }

    private static bool TryBare(ReadOnlySpan<char> text, int start, int end, string kind, out Hit hit)
    {
        var content = text[start..end];
        hit = new Hit(start, end, kind);
        return content.Length >= MinBearerLength && !content.Contains(' ') && !content.Contains("://", StringComparison.Ordinal) && SecretValue.IsChosenPassword(content)
            && SecretValue.IsMachineMade(content);
    }

    // Basic QW5u…: user and password in base64, whatever they are.
    private static bool IsPair(ReadOnlySpan<char> content) =>
        content.Length is >= MinPair and <= MaxLookBack && content.Length % 4 == 0 && CharSet.Base64.CountAtStart(content) == content.Length
        && EncodedText.Decode(content.TrimEnd('=')) is { } pair && pair.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && colon < pair.Length - 1
        && (WeakPasswords.IsSomebody(pair.AsSpan(0, colon)) || SecretValue.IsChosenPassword(pair.AsSpan(colon + 1)));

    private static bool TryUserAndPassword(ReadOnlySpan<char> text, int dash, int from, out Hit hit)
    {
        hit = default;
        while (from < text.Length && text[from] == ' ' && from - dash < MaxFlagLength)
        {
            from++;
        }

        if (from >= text.Length)
        {
            return false;
        }

        var start = text[from] is '"' or '\'' ? from + 1 : from;
        var end = text[from] is '"' or '\'' ? EndOfWord(text, start, text[from]) : EndOfWord(text, start, ' ');
        var word = text[start..end];

        // "user":"password" and user:'password' are one word to a shell.
        var colon = word.IndexOf(':');
        if (colon < 0 && end + 1 < text.Length && text[end] is '"' or '\'' && text[end + 1] == ':')
        {
            colon = word.Length + 1;
            end = EndOfWord(text, end + 2, ' ');
        }

        if (colon < 0 || Markers.BeginIn(text, start, end))
        {
            return false;
        }

        var passwordStart = start + colon + 1;
        while (passwordStart < end && text[passwordStart] is '"' or '\'')
        {
            passwordStart++;
        }

        while (end > passwordStart && text[end - 1] is '"' or '\'')
        {
            end--;
        }

        var isCurl = text[Math.Max(0, dash - MaxLookBack)..dash].Contains("curl", StringComparison.OrdinalIgnoreCase);
        var password = text[passwordStart..end];
        if (password.IsEmpty && colon > 0 && isCurl)
        {
            var user = word[..Math.Min(colon, word.Length)];
            hit = new Hit(start, start + user.Length, "password");
            return SecretValue.IsChosenPassword(user) && Randomness.IsMixed(user);
        }

        hit = new Hit(passwordStart, end, "password");
        var account = word[..Math.Min(colon, word.Length)];
        return (SecretValue.IsChosenPassword(password) || (isCurl && WeakPasswords.IsOf(account, password))) && !password.ContainsAny("<>") && !IsTemplate(password)
            && (isCurl ? password.IndexOfAnyExceptInRange('0', '9') >= 0 : Randomness.IsMixed(password));
    }

    // {ZqL5…} may be a password in braces; {password} is none, and Placeholders knows that one.
    private static bool IsTemplate(ReadOnlySpan<char> password) => password[0] == '$' || password.Contains("$(", StringComparison.Ordinal);

    private static int EndOfWord(ReadOnlySpan<char> text, int start, char closing)
    {
        var window = text[start..Math.Min(text.Length, start + LabelledValue.MaxLength)];
        var length = closing == ' ' ? window.IndexOfAny(" \t\r\n") : window.IndexOfAny(closing, '\n');
        return length < 0 ? start + window.Length : start + length;
    }

    private static bool IsScheme(ReadOnlySpan<char> word) =>
        word.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || word.Equals("Basic", StringComparison.OrdinalIgnoreCase)
        || word.Equals("Token", StringComparison.OrdinalIgnoreCase) || word.Equals("ApiKey", StringComparison.OrdinalIgnoreCase)
        || word.Equals("Api-Token", StringComparison.OrdinalIgnoreCase) || word.Equals("Api-Key", StringComparison.OrdinalIgnoreCase)
        || word.Equals("SSWS", StringComparison.OrdinalIgnoreCase) || word.Equals("Key", StringComparison.OrdinalIgnoreCase)
        || word.Equals("OAuth", StringComparison.OrdinalIgnoreCase) || word.Equals("Bot", StringComparison.OrdinalIgnoreCase)
        || word.Equals("GenieKey", StringComparison.OrdinalIgnoreCase) || word.Equals("Splunk", StringComparison.OrdinalIgnoreCase)
        || word.Equals("Negotiate", StringComparison.OrdinalIgnoreCase);
}
