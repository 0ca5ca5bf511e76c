using System.Text;

namespace Keepsake.Protection.Poisoning;

/// <summary>Tells characters that a reader does not see and a model does from those that writing needs.</summary>
/// <remarks>
/// Needed are: joiners in emoji, in Arabic and in Indic words, the tags of a flag, one variation selector after its character, marks of direction
/// beside a right-to-left letter, one soft break or byte order mark.
/// </remarks>
internal static class HiddenCharacters
{
    // One or two may be an editor's leavings; so many in a row or in all carry something.
    private const int MaxRun = 1;
    private const int MaxInAll = 3;

    /// <summary>Whether a text holds hidden ones.</summary>
    public static bool AreIn(string text)
    {
        if (Ascii.IsValid(text))
        {
            return false;
        }

        var (run, all, joiners, isolates, hasRightToLeft) = (0, 0, 0, 0, false);
        var last = default(Rune);
        var tagged = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                (run, joiners, tagged, last) = (0, 0, false, rune);
                continue;
            }

            switch (KindOf(rune.Value))
            {
                case Kind.Tag when !tagged && last.Value != BlackFlag:
                case Kind.Override:
                    return true;
                case Kind.Tag:
                    tagged = true;
                    break;
                case Kind.Selector when KindOf(last.Value) == Kind.Selector:
                case Kind.SelectorSupplement when !IsIdeograph(last.Value):
                    return true;
                case Kind.Invisible when ++run > MaxRun || ++all > MaxInAll:
                    return true;
                case Kind.Joiner when ++joiners > MaxRun || (!Joins(last.Value) && ++all > MaxInAll):
                    return true;
                case Kind.Isolate:
                    isolates++;
                    break;
                case Kind.Other:
                    (run, joiners, tagged) = (0, 0, false);
                    hasRightToLeft |= IsRightToLeft(rune.Value);
                    break;
            }

            last = rune;
        }

        return isolates > 0 && !hasRightToLeft;
    }

    private const int BlackFlag = 0x1F3F4;

    private enum Kind
    {
        Other,
        Tag,
        Override,
        Isolate,
        Invisible,
        Joiner,
        Selector,
        SelectorSupplement,
    }

    private static Kind KindOf(int rune) => rune switch
    {
        >= 0xE0000 and <= 0xE007F => Kind.Tag,
        >= 0xE0100 and <= 0xE01EF => Kind.SelectorSupplement,
        >= 0xFE00 and <= 0xFE0F => Kind.Selector,
        0x202D or 0x202E => Kind.Override,
        0x202A or 0x202B or (>= 0x2066 and <= 0x2068) => Kind.Isolate,
        0x200C or 0x200D => Kind.Joiner,
        0x200B or (>= 0x2060 and <= 0x2065) or 0xFEFF or 0x180E or 0x3164 or 0x115F or 0x1160 or 0xFFA0 or (>= 0xFFF9 and <= 0xFFFB) => Kind.Invisible,
        _ => Kind.Other,
    };

    // Pictures and scripts that write with joiners: Arabic, Syriac, the Indic ones and their neighbours, Mongolian.
    private static bool Joins(int rune) => rune is (>= 0x0600 and <= 0x0DFF) or (>= 0x0F00 and <= 0x109F) or (>= 0x1780 and <= 0x18AF)
        or (>= 0x2190 and <= 0x2BFF) or (>= 0xFB50 and <= 0xFDFF) or 0xFE0F or (>= 0x1F000 and <= 0x1FAFF);

    private static bool IsIdeograph(int rune) => rune is (>= 0x2E80 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    private static bool IsRightToLeft(int rune) => rune is (>= 0x0590 and <= 0x08FF) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFE);
}
