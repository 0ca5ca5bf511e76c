namespace Keepsake.Protection.Redaction;

/// <summary>Tells random characters from words, names and numbers.</summary>
internal static class Randomness
{
    // The letter pairs that make up 94 % of English and identifier text, one row per first letter. They are 40 % of all pairs, so
    // a random string scores about 0.4 and words score above 0.8.
    private static readonly uint[] CommonAfter = MakeCommonAfter(
        [
            "abcdefgiklmnprstuvy", "abcdeilorsu", "abcdefhiklorstu", "abcdefilorsu", "abcdefgijlmnopqrstvwxy", "abcdefiloru",
            "aehilnorsu", "aeiortu", "abcdefglmnoprstvxz", "aes", "aeis", "adeilostuy", "abeilmopsu", "acdefgiknostuv",
            "abcdfgiklmnoprstuvw", "aehiloprstuy", "u", "acdegiklmnorstuvy", "acehiklopstuy", "acehiloprstuy", "abcefgilmnprst",
            "aei", "aehior", "ept", "ps", "e",
        ]);

    private const int Other = 0, Digit = 1, Lower = 2, Upper = 3;

    // What each ASCII character is, and for each two neighbours what they add to the counts: see Add.
    private static readonly byte[] Classes = [.. Enumerable.Range(0, 128).Select(code => (byte)ClassOf((char)code))];
    private static readonly ulong[] Neighbours = [.. Enumerable.Range(0, 16).Select(two => Add(two >> 2, two & 3))];

    // The counts share a number of 64 bits, so a longer text is measured by its beginning.
    private const int CountBits = 13;
    private const int MaxMeasured = (1 << CountBits) - 1;

    /// <summary>Measures a string in one pass.</summary>
    public static Measure Of(ReadOnlySpan<char> text)
    {
        var counts = 0UL;
        int pairs = 0, common = 0, previousClass = Other;
        var previous = '\0';
        foreach (var value in text[..Math.Min(text.Length, MaxMeasured)])
        {
            var current = value < 128 ? Classes[value] : Other;
            var added = Neighbours[(previousClass << 2) | current];
            counts += added & ~(1UL << 63);
            var pair = (int)(added >> 63);
            pairs += pair;
            common += pair & (int)(CommonAfter[previous & 31] >> (value & 31));
            (previous, previousClass) = (value, current);
        }

        return new Measure(Count(counts, 0), Count(counts, 1), Count(counts, 2), Count(counts, 3), pairs, common);
    }

    private static int Count(ulong counts, int place) => (int)(counts >> (place * CountBits)) & MaxMeasured;

    private static int ClassOf(char value) => char.IsAsciiDigit(value) ? Digit : char.IsAsciiLetterLower(value) ? Lower : char.IsAsciiLetterUpper(value) ? Upper : Other;

    // One for the class of the second, one for a switch, and the highest bit for a pair that may be part of a word. A capital
    // after a small letter begins a new word, so that pair says nothing.
    private static ulong Add(int first, int second)
    {
        var isSwitch = (first == Digit && second >= Lower) || (first >= Lower && second == Digit);
        var isPair = first >= Lower && second >= Lower && !(first == Lower && second == Upper);
        return (second == Other ? 0 : 1UL << ((second - 1) * CountBits)) | (isSwitch ? 1UL << (3 * CountBits) : 0) | (isPair ? 1UL << 63 : 0);
    }

    // One bit for each letter that is common after a letter, by its place in the alphabet from 1.
    private static uint[] MakeCommonAfter(string[] rows)
    {
        var after = new uint[32];
        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var letter in rows[i])
            {
                after[i + 1] |= 1U << (letter & 31);
            }
        }

        return after;
    }

    /// <summary>Tells whether a string mixes letters with digits, or cases without making words: what a short token does.</summary>
    public static bool IsMixed(ReadOnlySpan<char> text)
    {
        var measure = Of(text);
        return (measure.Digits > 0 && measure.Letters > 0 && !(measure.Switches <= 1 && measure.IsWordy))
            || (measure is { Upper: > 1, Lower: > 1 } && !measure.IsWordy);
    }

    /// <summary>Measures how even the characters are spread, in bits per character, from 0 to the logarithm of the length.</summary>
    /// <param name="text">A text of at most <see cref="MaxEntropyLength"/> characters.</param>
    public static double Entropy(ReadOnlySpan<char> text)
    {
        Span<ushort> counts = stackalloc ushort[128];
        counts.Clear();
        var sum = 0d;
        foreach (var value in text)
        {
            sum += Steps[counts[value & 127]++];
        }

        return Math.Log2(text.Length) - (sum / text.Length);
    }

    /// <summary>Longest text whose entropy is measured.</summary>
    public const int MaxEntropyLength = 1_024;

    // What n log n grows by when n becomes n + 1.
    private static readonly double[] Steps = [0, .. Enumerable.Range(1, MaxEntropyLength).Select(n => ((n + 1) * Math.Log2(n + 1)) - (n * Math.Log2(n)))];
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
