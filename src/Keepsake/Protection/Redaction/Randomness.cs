namespace Keepsake.Protection.Redaction;

/// <summary>Tells random characters from words, names and numbers.</summary>
internal static class Randomness
{
    // The letter pairs that make up 94 % of English and identifier text, one row per first letter. They are 40 % of all pairs, so
    // a random string scores about 0.4 and words score above 0.8.
    private static readonly CharSet[] CommonAfter = Array.ConvertAll<string, CharSet>(
        [
            "abcdefgiklmnprstuvy", "abcdeilorsu", "abcdefhiklorstu", "abcdefilorsu", "abcdefgijlmnopqrstvwxy", "abcdefiloru",
            "aehilnorsu", "aeiortu", "abcdefglmnoprstvxz", "aes", "aeis", "adeilostuy", "abeilmopsu", "acdefgiknostuv",
            "abcdfgiklmnoprstuvw", "aehiloprstuy", "u", "acdegiklmnorstuvy", "acehiklopstuy", "acehiloprstuy", "abcefgilmnprst",
            "aei", "aehior", "ept", "ps", "e",
        ],
        CharSet.Of);

    /// <summary>Measures a string in one pass.</summary>
    public static Measure Of(ReadOnlySpan<char> text)
    {
        int digits = 0, lower = 0, upper = 0, switches = 0, pairs = 0, common = 0;
        var previous = '\0';
        foreach (var value in text)
        {
            if (char.IsAsciiDigit(value))
            {
                digits++;
                switches += char.IsAsciiLetter(previous) ? 1 : 0;
            }
            else if (char.IsAsciiLetter(value))
            {
                var isUpper = char.IsAsciiLetterUpper(value);
                upper += isUpper ? 1 : 0;
                lower += isUpper ? 0 : 1;
                switches += char.IsAsciiDigit(previous) ? 1 : 0;

                // A capital after a small letter begins a new word, so the pair says nothing.
                if (char.IsAsciiLetter(previous) && !(isUpper && char.IsAsciiLetterLower(previous)))
                {
                    pairs++;
                    common += CommonAfter[(previous | 0x20) - 'a'].Contains((char)(value | 0x20)) ? 1 : 0;
                }
            }

            previous = value;
        }

        return new Measure(digits, lower, upper, switches, pairs, common);
    }

    /// <summary>Tells whether a string mixes letters with digits, or cases without making words: what a short token does.</summary>
    public static bool IsMixed(ReadOnlySpan<char> text)
    {
        var measure = Of(text);
        return (measure.Digits > 0 && measure.Letters > 0 && !(measure.Switches <= 1 && measure.IsWordy))
            || (measure is { Upper: > 1, Lower: > 1 } && !measure.IsWordy);
    }

    /// <summary>Measures how even the characters are spread, in bits per character, from 0 to the logarithm of the length.</summary>
    public static double Entropy(ReadOnlySpan<char> text)
    {
        Span<int> counts = stackalloc int[128];
        counts.Clear();
        foreach (var value in text)
        {
            counts[value & 127]++;
        }

        var sum = 0d;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                sum -= count * Math.Log2((double)count / text.Length);
            }
        }

        return sum / text.Length;
    }
}

/// <summary>What a string is made of.</summary>
/// <param name="Digits">How many digits.</param>
/// <param name="Lower">How many small ASCII letters.</param>
/// <param name="Upper">How many capital ASCII letters.</param>
/// <param name="Switches">How often a letter and a digit stand side by side.</param>
/// <param name="Pairs">How many pairs of letters could belong to a word.</param>
/// <param name="CommonPairs">How many of those are common in words.</param>
internal readonly record struct Measure(int Digits, int Lower, int Upper, int Switches, int Pairs, int CommonPairs)
{
    public int Letters => Lower + Upper;

    /// <summary>Whether the letters read like words. Fewer than four pairs say nothing and count as words.</summary>
    public bool IsWordy => Pairs < 4 || CommonPairs * 100 >= Pairs * 72;
}
