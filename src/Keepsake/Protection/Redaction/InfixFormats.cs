namespace Keepsake.Protection.Redaction;

/// <summary>The known formats that are told by what stands in their middle, so that no index of beginnings finds them.</summary>
internal static class InfixFormats
{
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
