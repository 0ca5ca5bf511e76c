namespace Keepsake.Protection.Redaction;

/// <summary>Finds personal data: e-mail addresses, telephone numbers, payment cards, IBANs, US social security numbers. Off unless asked for.</summary>
internal static class PersonalData
{
    private const int MaxAddress = 64;
    private const int MaxNumber = 40;

    public static bool IsKind(string kind) => kind is "email" or "phone" or "card-number" or "iban" or "ssn";

    /// <summary>Finds all, in order and without overlap.</summary>
    public static List<Hit> Find(ReadOnlySpan<char> text)
    {
        var hits = new List<Hit>();
        for (var at = 0; at < text.Length;)
        {
            var current = text[at];
            var isStart = at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1]);
            Hit hit = default;
            if (current == '@' && Email(text, at, hits.Count == 0 ? 0 : hits[^1].End, out hit)
                || (isStart && (char.IsAsciiDigit(current) || current is '+' or '(') && Number(text, at, out hit))
                || (isStart && char.IsAsciiLetterUpper(current) && Iban(text, at, out hit)))
            {
                hits.Add(hit);
                at = hit.End;
                continue;
            }

            at++;
        }

        return hits;
    }

    private static bool Email(ReadOnlySpan<char> text, int at, int from, out Hit hit)
    {
        var start = at;
        while (start > Math.Max(from, at - MaxAddress) && (char.IsAsciiLetterOrDigit(text[start - 1]) || text[start - 1] is '.' or '_' or '%' or '+' or '-'))
        {
            start--;
        }

        var end = at + 1;
        var dot = -1;
        while (end < text.Length && end - at < 4 * MaxAddress && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '.' or '-'))
        {
            dot = text[end] == '.' && end + 2 < text.Length && char.IsAsciiLetter(text[end + 1]) ? end : dot;
            end++;
        }

        while (end > at + 1 && text[end - 1] is '.' or '-')
        {
            end--;
        }

        hit = new Hit(start, end, "email");
        return start < at && dot > at + 1 && end - dot >= 3;
    }

    private static bool Number(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        Span<char> digits = stackalloc char[MaxNumber];
        var count = 0;
        var end = at;
        var last = at;
        while (end < text.Length && end - at < MaxNumber && (char.IsAsciiDigit(text[end]) || text[end] is ' ' or '-' or '.' or '(' or ')' || (text[end] == '+' && end == at)))
        {
            if (char.IsAsciiDigit(text[end]))
            {
                digits[count++] = text[end];
                last = end + 1;
            }
            else if (end > at && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] is not (')' or ' '))
            {
                break;
            }

            end++;
        }

        var part = text[at..last];
        hit = new Hit(at, last, "card-number");
        if (last < text.Length && char.IsAsciiLetterOrDigit(text[last]))
        {
            return false;
        }

        if (count is >= 13 and <= 19 && digits[0] is >= '3' and <= '6' && part.IndexOfAny('.', '(') < 0 && part[0] != '+' && Luhn(digits[..count]))
        {
            return true;
        }

        hit = hit with { Kind = "ssn" };
        if (count == 9 && part.Length == 11 && part[3] == '-' && part[6] == '-')
        {
            return part[..3] is not ("000" or "666") && part[0] != '9' && part[4..6] is not "00" && part[7..] is not "0000";
        }

        // A telephone number says that it is one: by its country, or by how its parts are set apart.
        hit = hit with { Kind = "phone" };
        return (part[0] == '+' && count is >= 8 and <= 15)
            || (count == 10 && (part[0] == '(' || (part.Length == 12 && part[3] == part[7] && part[3] is '-' or '.')));
    }

    private static bool Iban(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        hit = default;
        if (at + 15 > text.Length || !char.IsAsciiLetterUpper(text[at + 1]) || !char.IsAsciiDigit(text[at + 2]) || !char.IsAsciiDigit(text[at + 3]))
        {
            return false;
        }

        Span<char> plain = stackalloc char[34];
        var count = 0;
        var end = at;
        while (end < text.Length && count < 34 && (char.IsAsciiLetterUpper(text[end]) || char.IsAsciiDigit(text[end])
            || (text[end] == ' ' && end + 1 < text.Length && (char.IsAsciiLetterUpper(text[end + 1]) || char.IsAsciiDigit(text[end + 1])))))
        {
            if (text[end] != ' ')
            {
                plain[count++] = text[end];
            }

            end++;
        }

        hit = new Hit(at, end, "iban");
        return count >= 15 && Mod97(plain[..count]) == 1;
    }

    private static bool Luhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            digit = i % 2 == 1 ? digit * 2 : digit;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    // ISO 13616: the first four characters go to the end, letters count from 10.
    private static int Mod97(ReadOnlySpan<char> iban)
    {
        var rest = 0;
        for (var i = 0; i < iban.Length; i++)
        {
            var value = iban[(i + 4) % iban.Length];
            rest = char.IsAsciiDigit(value) ? ((rest * 10) + value - '0') % 97 : ((rest * 100) + value - 'A' + 10) % 97;
        }

        return rest;
    }
}
