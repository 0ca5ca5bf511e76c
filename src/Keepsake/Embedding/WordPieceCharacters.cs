using System.Globalization;
using System.Text;

namespace Keepsake.Embedding;

/// <summary>What a character does to the words of an uncased WordPiece tokenizer.</summary>
internal enum CharacterRole
{
    /// <summary>Nothing: control characters, marks and the like vanish, and do not end a word.</summary>
    Dropped = 0,

    /// <summary>It ends a word.</summary>
    Space = 1,

    /// <summary>It is a word of its own: punctuation, CJK ideographs.</summary>
    Single = 2,

    /// <summary>It is part of a word, as the one code point that comes with it.</summary>
    Letter = 3,

    /// <summary>It is part of a word, as several code points: Hangul syllables and a few vowel signs.</summary>
    Letters = 4,
}

/// <summary>Cleans single characters in the order that BERT's tokenizers do; the uncased ones also decompose, strip of marks and lower-case.</summary>
/// <remarks>
/// All steps look at one character at a time, so their joint result is kept in a table: a page of 256 characters is made when the
/// first of them is met, and a whole table is at most 4.5 MiB. Safe for concurrent use.
/// </remarks>
internal sealed class WordPieceCharacters
{
    /// <summary>Those of the uncased models.</summary>
    public static readonly WordPieceCharacters Uncased = new(isCased: false);

    /// <summary>Those of the models that tell upper from lower case, and keep accents.</summary>
    public static readonly WordPieceCharacters Cased = new(isCased: true);

    private const int PageSize = 256;
    private const int RoleShift = 24;
    private const uint CodePointMask = 0x1F_FFFF;

    private readonly Page?[] _pages = new Page?[(0x10_FFFF / PageSize) + 1];
    private readonly bool _isCased;

    private WordPieceCharacters(bool isCased) => (_isCased, Ascii) = (isCased, MakeAscii(isCased));

    /// <summary>The role of each ASCII character, or for a letter the byte it becomes (all are above <see cref="CharacterRole.Letters"/>).</summary>
    public byte[] Ascii { get; }

    /// <summary>Says what becomes of a code point.</summary>
    /// <param name="codePoint">A Unicode scalar value.</param>
    /// <param name="result">What it becomes when it is a single or a letter; for <see cref="CharacterRole.Letters"/> use <see cref="Expand"/>.</param>
    public CharacterRole Classify(int codePoint, out int result)
    {
        var entry = PageOf(codePoint).Entries[codePoint % PageSize];
        result = (int)(entry & CodePointMask);
        return (CharacterRole)(entry >> RoleShift);
    }

    /// <summary>The code points that a character of role <see cref="CharacterRole.Letters"/> becomes.</summary>
    public ReadOnlySpan<int> Expand(int codePoint)
    {
        var page = PageOf(codePoint);
        return page.Expansions[page.Entries[codePoint % PageSize] & CodePointMask];
    }

    // Two threads may make the same page; they make it equal, so either may stay.
    private Page PageOf(int codePoint) => _pages[codePoint / PageSize] ??= MakePage(codePoint / PageSize * PageSize);

    private Page MakePage(int first)
    {
        var entries = new uint[PageSize];
        List<int[]> expansions = [];
        for (var i = 0; i < PageSize; i++)
        {
            // A lone surrogate is no scalar value: it is dropped, as its category asks.
            if (!Rune.IsValid(first + i))
            {
                continue;
            }

            var (role, points) = Derive(new Rune(first + i));
            var value = points.Length == 1 ? points[0] : 0;
            if (role == CharacterRole.Letters)
            {
                value = expansions.Count;
                expansions.Add(points);
            }

            entries[i] = ((uint)role << RoleShift) | (uint)value;
        }

        return new(entries, [.. expansions]);
    }

    private (CharacterRole Role, int[] Points) Derive(Rune rune)
    {
        if (IsRemoved(rune))
        {
            return (CharacterRole.Dropped, []);
        }

        if (Rune.IsWhiteSpace(rune))
        {
            return (CharacterRole.Space, []);
        }

        if (_isCased)
        {
            return (IsIdeograph(rune.Value) || IsPunctuation(rune.Value) ? CharacterRole.Single : CharacterRole.Letter, [rune.Value]);
        }

        List<int> points = [];
        foreach (var part in CanonicalDecompositions.Of(rune.Value))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark)
            {
                points.Add(Rune.ToLowerInvariant(new Rune(part)).Value);
            }
        }

        return points.Count switch
        {
            0 => (CharacterRole.Dropped, []),
            1 => (IsIdeograph(rune.Value) || IsPunctuation(points[0]) ? CharacterRole.Single : CharacterRole.Letter, [.. points]),
            _ => (CharacterRole.Letters, [.. points]),
        };
    }

    // Next line is a control character, and white space all the same.
    private static bool IsRemoved(Rune rune) => rune.Value is not ('\t' or '\n' or '\r' or 0x85)
        && (rune.Value == 0xFFFD
            || Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate);

    private static bool IsIdeograph(int point) => point
        is (>= 0x4E00 and <= 0x9FFF)
        or (>= 0x3400 and <= 0x4DBF)
        or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F)
        or (>= 0x2B920 and <= 0x2CEAF)
        or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x2F800 and <= 0x2FA1F);

    // Symbols such as $, + and ~ count too, whatever their category.
    private static bool IsAsciiPunctuation(int point) => point
        is (>= 33 and <= 47)
        or (>= 58 and <= 64)
        or (>= 91 and <= 96)
        or (>= 123 and <= 126);

    private static bool IsPunctuation(int point) => IsAsciiPunctuation(point)
        || CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation;

    // Written out, so that a text in ASCII does without the tables of Unicode.
    private static byte[] MakeAscii(bool isCased)
    {
        var table = new byte[128];
        for (var c = 0; c < table.Length; c++)
        {
            var role = c is ' ' or '\t' or '\n' or '\r' ? CharacterRole.Space
                : IsAsciiPunctuation(c) ? CharacterRole.Single
                : c is > ' ' and < 0x7F ? CharacterRole.Letter
                : CharacterRole.Dropped;
            table[c] = role == CharacterRole.Letter ? (byte)(isCased ? (char)c : char.ToLowerInvariant((char)c)) : (byte)role;
        }

        return table;
    }

    private sealed record Page(uint[] Entries, int[][] Expansions);
}
