using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>The known formats that are told by what stands in their middle, so that no index of beginnings finds them.</summary>
internal static class InfixFormats
{
    private const int AwsSecretLength = 40;
    private const int MaxVaultLength = 65_536;

    private static readonly SearchValues<char> VaultCharacters = SearchValues.Create("0123456789abcdef \t\r\n");

    /// <summary>Azure AD client secrets, around their <c>~</c>: three characters, a digit, <c>Q~</c>, 31 to 34 more.</summary>
    public static bool TryAzure(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        hit = default;
        if (at < 5 || text[at - 1] != 'Q' || !char.IsAsciiDigit(text[at - 2]))
        {
            return false;
        }

        var end = at + 1;
        while (end < text.Length && end - at <= 40 && (CharSet.Base64Url.Contains(text[end]) || text[end] is '.' or '~'))
        {
            end++;
        }

        while (text[end - 1] == '.')
        {
            end--;
        }

        var start = at - 5;
        hit = new Hit(start, end, "azure-client-secret");
        return end - at - 1 is >= 29 and <= 36 && !text[start..at].ContainsAny(" \"'/=") && !Placeholders.IsFiller(text[at..end]);
    }

    /// <summary>Telegram bot tokens, around their colon: the bot's number, a colon, <c>AA</c> and 33 more, or 35 others that mix letters and digits.</summary>
    public static bool TryTelegram(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        hit = default;
        if (at < 8 || !char.IsAsciiDigit(text[at - 1]) || at + 34 >= text.Length || !CharSet.Base64Url.Contains(text[at + 1]))
        {
            return false;
        }

        var start = at;
        while (start > 0 && at - start < 11 && char.IsAsciiDigit(text[start - 1]))
        {
            start--;
        }

        var length = CharSet.Base64Url.CountAtStart(text[(at + 1)..Math.Min(text.Length, at + 48)]);
        hit = new Hit(start, at + 1 + length, "telegram-token");
        var token = text.Slice(at + 1, length);
        return at - start is >= 8 and <= 10
            && (token.StartsWith("AA", StringComparison.Ordinal)
                ? length is 34 or 35
                : length == 35 && (start == 0 || !char.IsAsciiLetterOrDigit(text[start - 1])) && Randomness.Of(token) is { Switches: >= 4, IsWordy: false } && CharSet.Hex.CountAtStart(token) < 35);
    }

    /// <summary>The secret of an access key that follows it: <c>AKIA…:secret</c>.</summary>
    public static bool TryAwsSecret(ReadOnlySpan<char> text, Hit accessKey, out Hit hit)
    {
        hit = default;
        var start = accessKey.End + 1;
        if (accessKey.Kind is not "aws-access-key" || start + AwsSecretLength > text.Length || text[start - 1] is not (':' or ',' or ';' or '|' or '/'))
        {
            return false;
        }

        hit = new Hit(start, start + AwsSecretLength, "secret-key");
        return CharSet.Base64.CountAtStart(text[start..]) == AwsSecretLength && Randomness.IsMixed(text.Slice(start, AwsSecretLength))
            && !Placeholders.IsFiller(text.Slice(start, AwsSecretLength));
    }

    /// <summary>Unleash tokens for all projects, around their colon: an asterisk, the environment, a full stop, 50 or more hexadecimal digits.</summary>
    public static bool TryUnleash(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        hit = default;
        if (at == 0 || text[at - 1] != '*')
        {
            return false;
        }

        var stop = at + 1 + CharSet.Letters.CountAtStart(text[(at + 1)..Math.Min(text.Length, at + 32)]);
        var length = stop < text.Length && text[stop] == '.' ? CharSet.LowerHex.CountAtStart(text[(stop + 1)..Math.Min(text.Length, stop + 130)]) : 0;
        hit = new Hit(at - 1, stop + 1 + length, "unleash-token");
        return length >= 50;
    }

    /// <summary>Gcore tokens, around their dollar sign: a number and 128 hexadecimal digits.</summary>
    public static bool TryGcore(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        hit = default;
        var start = at - (at > 0 ? CharSet.Digits.CountAtEnd(text[Math.Max(0, at - 9)..at]) : 0);
        if (start == at || CharSet.LowerHex.CountAtStart(text[(at + 1)..Math.Min(text.Length, at + 131)]) != 128)
        {
            return false;
        }

        hit = new Hit(start, at + 129, "gcore-token");
        return true;
    }

    /// <summary>What <c>ansible-vault</c> encrypted: the lines of hexadecimal below its header.</summary>
    public static bool TryAnsible(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        hit = default;
        if (!text[at..].StartsWith("$ANSIBLE_VAULT;", StringComparison.Ordinal))
        {
            return false;
        }

        var window = text[at..Math.Min(text.Length, at + MaxVaultLength)];
        var header = window.IndexOf('\n');
        var length = header < 0 ? 0 : window[(header + 1)..].IndexOfAnyExcept(VaultCharacters);
        var body = header < 0 ? [] : length < 0 ? window[(header + 1)..] : window.Slice(header + 1, length);
        hit = new Hit(at + header + 1, at + header + 1 + body.TrimEnd().Length, "ansible-vault");
        return body.TrimEnd().Length >= 64;
    }

    /// <summary>Terraform Cloud tokens, around the word in their middle: 14 characters, <c>.atlasv1.</c>, 50 or more.</summary>
    public static bool TryTerraform(ReadOnlySpan<char> text, int at, int end, out Hit hit)
    {
        hit = default;
        if (at < 15 || text[at - 1] != '.' || end >= text.Length || text[end] != '.')
        {
            return false;
        }

        var length = CharSet.Loose.CountAtStart(text[(end + 1)..Math.Min(text.Length, end + 128)]);
        hit = new Hit(at - 15, end + 1 + length, "terraform-token");
        return length >= 50 && CharSet.Word.CountAtStart(text[(at - 15)..(at - 1)]) == 14 && !Placeholders.IsFiller(text.Slice(end + 1, length));
    }
}
