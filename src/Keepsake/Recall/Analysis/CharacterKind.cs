using System.Globalization;
using System.Text;

namespace Keepsake.Recall.Analysis;

/// <summary>What a character is to the analyzer.</summary>
internal enum CharacterKind
{
    /// <summary>Ends a word and is dropped.</summary>
    Separator,

    /// <summary>A letter, or a mark that belongs to one.</summary>
    Letter,

    /// <summary>A digit.</summary>
    Digit,

    /// <summary>The underscore, which joins the parts of an identifier.</summary>
    Underscore,

    /// <summary>A character of a script that puts no space between words.</summary>
    Unspaced,
}

/// <summary>Sorts characters into kinds.</summary>
internal static class CharacterKinds
{
    /// <summary>The kind of a text's first character, and its width in UTF-16 units.</summary>
    public static CharacterKind Of(ReadOnlySpan<char> text, out int width)
    {
        width = 1;
        var first = text[0];
        if (first < 128)
        {
            return char.IsAsciiLetter(first) ? CharacterKind.Letter
                : char.IsAsciiDigit(first) ? CharacterKind.Digit
                : first == '_' ? CharacterKind.Underscore
                : CharacterKind.Separator;
        }

        if (Rune.DecodeFromUtf16(text, out var rune, out width) != System.Buffers.OperationStatus.Done)
        {
            width = 1;
            return CharacterKind.Separator;
        }

        return IsUnspaced(rune.Value) ? CharacterKind.Unspaced
            : Rune.IsLetter(rune) || IsMark(rune) ? CharacterKind.Letter
            : Rune.IsDigit(rune) ? CharacterKind.Digit
            : CharacterKind.Separator;
    }

    /// <summary>Whether a character is an accent or another mark on a letter.</summary>
    public static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    // Thai and Lao, Myanmar, Khmer, kana, Han with its extensions and compatibility forms. Hangul has spaces, but its words
    // carry particles, so pairs serve it better than words.
    private static bool IsUnspaced(int codePoint) => codePoint is
        (>= 0x0E00 and <= 0x0EFF and not (>= 0x0E50 and <= 0x0E59))
        or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF)
        or (>= 0x3041 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF)
        or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2FA1F);
}
