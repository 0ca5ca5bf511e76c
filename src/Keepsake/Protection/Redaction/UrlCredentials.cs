using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Finds the password in <c>scheme://user:password@host</c>.</summary>
internal static class UrlCredentials
{
    private const int MaxSchemeLength = 24;
    private const int MaxAuthorityLength = 512;
    private const int MaxUrlLength = 4_096;
    private const int MinTokenLength = 16;

    // What GitHub takes for a password where the user is the token.
    private const string UserIsToken = ":x-oauth-basic";

    private static readonly SearchValues<char> UrlEnds = SearchValues.Create(" \t\r\n\"'`<>\\|{}");
    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create("/?# \t\r\n\"'`<>\\|,;");

    /// <summary>Reads the URL around <c>://</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="colon">Where <c>://</c> stands.</param>
    /// <param name="urlEnd">Where the URL ends.</param>
    /// <param name="hit">The password, or the token in place of a user.</param>
    /// <returns>Whether the URL holds one.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, int colon, out int urlEnd, out Hit hit)
    {
        hit = default;
        var start = colon + 3;
        var length = text[start..Math.Min(text.Length, start + MaxUrlLength)].IndexOfAny(UrlEnds);
        urlEnd = length < 0 ? Math.Min(text.Length, start + MaxUrlLength) : start + length;

        // A template such as ${USER} ends a URL above, so the authority is looked for on its own.
        var authority = text[start..Math.Min(text.Length, start + MaxAuthorityLength)];
        var authorityEnd = authority.IndexOfAny(AuthorityEnds);
        if (authorityEnd > 0 && authority[authorityEnd] == '#' && EndOfPassword(authority, authorityEnd) is > 0 and var passwordEnd)
        {
            authorityEnd = passwordEnd;
        }

        authority = authorityEnd < 0 ? authority : authority[..authorityEnd];
        var at = authority.LastIndexOf('@');
        if (at <= 0)
        {
            return false;
        }

        var user = authority[..at];
        if (user.EndsWith(UserIsToken, StringComparison.Ordinal))
        {
            var token = user[..^UserIsToken.Length];
            hit = new Hit(start, start + token.Length, "url-credentials");
            return SecretValue.IsMachineMade(token) && SecretValue.IsChosenPassword(token);
        }

        var separator = user.IndexOf(':');
        if (separator < 0 || separator == user.Length - 1)
        {
            // https://TOKEN@host and https://TOKEN:@host
            var token = separator < 0 ? user : user[..separator];
            hit = new Hit(start, start + token.Length, "url-credentials");
            return token.Length >= MinTokenLength && SecretValue.IsMachineMade(token) && SecretValue.IsChosenPassword(token)
                && !token.ContainsAny(".@");
        }

        var password = user[(separator + 1)..];
        hit = new Hit(start + separator + 1, start + at, IsDatabase(SchemeBefore(text, colon)) ? "connection-string" : "url-credentials");

        // ftp://[[user][:pass]@]host is how a URL is explained.
        return (LoginPair.IsChosen(password) || WeakPasswords.IsOf(user[..separator], password) || (WeakPasswords.Is(password) && IsHost(authority[(at + 1)..]))) && !user.Contains('[') && !(password.Contains('$') && password.ContainsAny('{', '('));
    }

    // user:password@mail.corp.test is somebody's, user:password@host is how a URL is explained.
    private static bool IsHost(ReadOnlySpan<char> host) => host.Contains('.');

    // user:pass#word@host: a number sign would begin the fragment, but what stands before it is no port, and a host follows.
    private static int EndOfPassword(ReadOnlySpan<char> authority, int sign)
    {
        var colon = authority[..sign].IndexOf(':');
        if (colon < 0 || CharSet.Digits.CountAtStart(authority[(colon + 1)..sign]) == sign - colon - 1)
        {
            return -1;
        }

        var next = authority[(sign + 1)..].IndexOfAny(AuthorityEnds);
        var whole = next < 0 ? authority : authority[..(sign + 1 + next)];
        return whole[sign..].Contains('@') ? whole.Length : -1;
    }

    private static ReadOnlySpan<char> SchemeBefore(ReadOnlySpan<char> text, int colon)
    {
        var start = colon;
        var limit = Math.Max(0, colon - MaxSchemeLength);
        while (start > limit && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '+' or '-' or '.'))
        {
            start--;
        }

        return text[start..colon];
    }

    private static bool IsDatabase(ReadOnlySpan<char> scheme) =>
        scheme.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("mysql", StringComparison.OrdinalIgnoreCase)
        || scheme.StartsWith("mariadb", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("mongodb", StringComparison.OrdinalIgnoreCase)
        || scheme.StartsWith("redis", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("amqp", StringComparison.OrdinalIgnoreCase)
        || scheme.StartsWith("mssql", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("sqlserver", StringComparison.OrdinalIgnoreCase)
        || scheme.StartsWith("clickhouse", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("snowflake", StringComparison.OrdinalIgnoreCase)
        || scheme.StartsWith("oracle", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("jdbc", StringComparison.OrdinalIgnoreCase)
        || scheme.StartsWith("cockroach", StringComparison.OrdinalIgnoreCase) || scheme.StartsWith("nats", StringComparison.OrdinalIgnoreCase);
}
