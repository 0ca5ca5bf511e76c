using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Reads the codes that stand in for a second factor, however many there are: <c>backup codes: 1274-5678 9082-3456</c>, <c>"recovery_codes": ["k3v9q-x8wlt"]</c>.</summary>
/// <remarks>Each is too short to be told by itself. What follows the name is read to the first word that is none, so the whole stays linear.</remarks>
internal static class RecoveryCodes
{
    private const int MaxCodes = 32;
    private const int MaxGap = 8;
    private const int MinCode = 6;
    private const int MinGroup = 4;
    private const int MaxCode = 40;

    private static readonly SearchValues<char> Between = SearchValues.Create(" \t\r\n,;:=\"'`[(|*•-");

    /// <summary>Reads the codes behind the words that announce them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="word">Where a word begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>The codes, in order; <see langword="null"/>: none are announced, or none follow.</returns>
    public static List<Hit>? After(ReadOnlySpan<char> text, int word, int end)
    {
        if (!TrySkipName(text, word, end, out var at))
        {
            return null;
        }

        List<Hit>? hits = null;
        while ((hits?.Count ?? 0) < MaxCodes && TryNext(text, ref at, out var code))
        {
            (hits ??= []).Add(code);
        }

        return hits;
    }

    // backup codes, recovery_code, RECOVERY-CODES, backupCodes; then a colon, an equals sign, "are" or "is" or a line end.
    private static bool TrySkipName(ReadOnlySpan<char> text, int word, int end, out int at)
    {
        const string Code = "code";
        at = end;
        var first = text[word..end];
        var kind = first.StartsWith("backup", StringComparison.OrdinalIgnoreCase) ? 6 : first.StartsWith("recovery", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
        if (kind == 0)
        {
            return false;
        }

        at = word + kind;
        at += at < text.Length && text[at] is ' ' or '_' or '-' ? 1 : 0;
        if (!text[at..].StartsWith(Code, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        at += Code.Length;
        at += at < text.Length && text[at] is 's' or 'S' ? 1 : 0;
        var rest = text[at..Math.Min(text.Length, at + MaxGap)];
        var gap = rest switch
        {
            [' ', 'a', 'r', 'e', ' ' or ':', ..] => 4,
            [' ', 'i', 's', ' ' or ':', ..] => 3,
            _ => rest.IndexOfAnyExcept("\"' "),
        };
        at += Math.Max(0, gap);
        return gap >= 0 && at < text.Length && text[at] is ':' or '=' or ' ' or '\n' or '\r' or '[' or '(';
    }

    // One more code, behind what stands between two: punctuation, line ends, bullets, numbers of a list, "and".
    private static bool TryNext(ReadOnlySpan<char> text, ref int at, out Hit hit)
    {
        hit = default;
        while (at < text.Length)
        {
            var length = CharSet.Word.CountAtStart(text[at..Math.Min(text.Length, at + MaxCode)]);
            if (length == 0)
            {
                if (!Between.Contains(text[at]))
                {
                    return false;
                }

                at++;
            }
            else if (IsBetween(text, at, length))
            {
                at += length + 1;
            }
            else
            {
                break;
            }
        }

        var end = EndOfCode(text, at);
        hit = new Hit(at, end, "recovery-code");
        at = end;
        return hit.End > hit.Start;
    }

    // "and", or the number of a list's entry: 1. or 2)
    private static bool IsBetween(ReadOnlySpan<char> text, int at, int length) => text[at..(at + length)] is "and" or "or"
        || (length <= 2 && CharSet.Digits.CountAtStart(text[at..]) == length && at + length + 1 < text.Length && text[at + length] is '.' or ')' && text[at + length + 1] == ' ');

    // Groups of the same kind, with digits among them: 1274-5678, 1274 5678, k3v9q-x8wlt, 12345678.
    private static int EndOfCode(ReadOnlySpan<char> text, int start)
    {
        var (end, letters, digits) = (start, 0, 0);
        while (end < text.Length && end - start < MaxCode)
        {
            var from = end == start ? end : end + 1;
            var group = text[from..Math.Min(text.Length, from + MaxCode)];
            group = group[..CharSet.Word.CountAtStart(group)];
            var digitsHere = CountDigits(group);
            if (group.Length < MinGroup || (text[from - (from > start ? 1 : 0)] == ' ' && digitsHere < group.Length))
            {
                break;
            }

            (end, letters, digits) = (from + group.Length, letters + group.Length - digitsHere, digits + digitsHere);
            if (end >= text.Length || !(text[end] == '-' || (text[end] == ' ' && letters == 0 && group.Length < MinCode && !text[start..end].Contains('-'))))
            {
                break;
            }
        }

        return letters + digits >= MinCode && digits > 0 && (end >= text.Length || text[end] is not ('_' or '.' or '/' or '(' or '@') || IsSentenceEnd(text, end)) ? end : start;
    }

    private static bool IsSentenceEnd(ReadOnlySpan<char> text, int at) => text[at] == '.' && (at + 1 == text.Length || text[at + 1] is ' ' or '\n' or '\r');

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var character in text)
        {
            count += char.IsAsciiDigit(character) ? 1 : 0;
        }

        return count;
    }
}
