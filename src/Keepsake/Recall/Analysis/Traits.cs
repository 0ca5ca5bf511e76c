using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Keepsake.Recall.Analysis;

/// <summary>What kind of thing a text says, told once when it is written.</summary>
[Flags]
internal enum Trait : byte
{
    /// <summary>Nothing of note.</summary>
    None = 0,

    /// <summary>It says when: a weekday, a month, a year, "yesterday", "ago".</summary>
    SaysWhen = 1,

    /// <summary>It has a number, in digits or as a word.</summary>
    HasNumber = 2,

    /// <summary>It asks something.</summary>
    Asks = 4,

    /// <summary>It says what is to hold from then on: "always …", "never …", "I prefer …".</summary>
    Standing = 8,

    /// <summary>Something in it is suspicious. Told by who wrote it down, not by the words.</summary>
    Suspicious = 16,
}

/// <summary>Tells a text's traits. English only.</summary>
internal static partial class Traits
{
    private const int MaxWord = 10;

    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n.,;:!?()[]\"*-–—/");

    // "may" and "second" are more often something else.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> TimeWords = Lookup("""
        yesterday today tomorrow tonight ago last next since recently week weeks weekend month months year years
        monday tuesday wednesday thursday friday saturday sunday
        january february march april june july august september october november december
        """);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NumberWords = Lookup(
        "one two three four five six seven eight nine ten twice once dozen couple several");

    /// <summary>Tells the traits of a text.</summary>
    public static Trait Of(string text)
    {
        var traits = text.AsSpan().IndexOfAny('?', '？') >= 0 ? Trait.Asks : Trait.None;
        traits |= text.AsSpan().ContainsAnyInRange('0', '9') ? Trait.HasNumber : Trait.None;
        traits |= StandingPattern.IsMatch(text) ? Trait.Standing : Trait.None;
        const Trait InWords = Trait.SaysWhen | Trait.HasNumber;
        for (var rest = text.AsSpan(); !rest.IsEmpty && (traits & InWords) != InWords;)
        {
            var end = rest.IndexOfAny(WordEnds);
            var word = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (word.Length is > 2 and <= MaxWord)
            {
                traits |= TimeWords.Contains(word) || IsYear(word) ? Trait.SaysWhen : NumberWords.Contains(word) ? Trait.HasNumber : Trait.None;
            }
        }

        return traits;
    }

    private static bool IsYear(ReadOnlySpan<char> word) => word.Length == 4 && word.StartsWith("20") && char.IsAsciiDigit(word[2]) && char.IsAsciiDigit(word[3]);

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup(string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    // At the beginning, a command; anywhere, a rule for later or a taste.
    [GeneratedRegex(
        @"\A\W*(please )?(always|never|whenever|from now on|in (the )?future|remember (to|that))\b|\b((when|whenever|if|every time) i ask|from now on|my preference|i('d|’d| would)? ((always|generally|usually|really) )?(prefer|rather))\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StandingPattern { get; }
}
