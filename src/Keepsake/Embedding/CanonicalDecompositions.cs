using System.Globalization;

namespace Keepsake.Embedding;

/// <summary>What a character becomes in Unicode's normalization form D.</summary>
/// <remarks>
/// A table of our own, because the runtime's answer depends on the ICU library of the machine and is none at all where a host
/// runs in invariant mode: the same text must have the same embedding everywhere. Marks are not put in canonical order;
/// WordPiece drops those that the order is about.
/// </remarks>
internal static class CanonicalDecompositions
{
    private const int HangulFirst = 0xAC00, HangulLast = 0xD7A3;
    private const int LeadFirst = 0x1100, VowelFirst = 0x1161, TrailBase = 0x11A7, Vowels = 21, Trails = 28;

    private static readonly Dictionary<int, int[]> Table = Read();

    /// <summary>The characters that have an entry of their own in the table.</summary>
    public static IReadOnlyDictionary<int, int[]> Listed => Table;

    /// <summary>Decomposes a code point fully.</summary>
    /// <returns>The code points it becomes, in order; itself when it does not decompose.</returns>
    public static int[] Of(int codePoint) =>
        codePoint is >= HangulFirst and <= HangulLast ? OfHangul(codePoint - HangulFirst)
        : Table.TryGetValue(codePoint, out var parts) ? parts
        : [codePoint];

    // Unicode, chapter 3.12: a syllable's number is (lead × 21 + vowel) × 28 + trail, where trail 0 is none.
    private static int[] OfHangul(int syllable)
    {
        var lead = LeadFirst + (syllable / (Vowels * Trails));
        var vowel = VowelFirst + (syllable / Trails % Vowels);
        var trail = syllable % Trails;
        return trail == 0 ? [lead, vowel] : [lead, vowel, TrailBase + trail];
    }

    private static Dictionary<int, int[]> Read()
    {
        using var stream = typeof(CanonicalDecompositions).Assembly.GetManifestResourceStream("CanonicalDecompositions.txt")!;
        using StreamReader reader = new(stream);
        Dictionary<int, int[]> table = new(2_100);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                table.Add(Hex(line.AsSpan(0, space)), Points(line.AsSpan(space + 1)));
            }
        }

        return table;
    }

    private static int[] Points(ReadOnlySpan<char> list)
    {
        var points = new int[list.Count(' ') + 1];
        for (var i = 0; i < points.Length; i++)
        {
            var end = list.IndexOf(' ');
            points[i] = Hex(end < 0 ? list : list[..end]);
            list = list[(end + 1)..];
        }

        return points;
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
