using System.Buffers;
using System.Collections.Frozen;

namespace Keepsake.Recall.Analysis;

/// <summary>Tells how a text speaks: whether about the one who speaks, and whether it asks or tells.</summary>
internal static class Voice
{
    // "ourselves" and a clitic.
    private const int MaxPronoun = 12;

    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n.,;:!?()[]\"*");

    private static readonly SearchValues<char> SentenceEnds = SearchValues.Create(".!?\n。！？");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Pronouns =
        new[] { "i", "im", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves" }
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a word is I, my, we and so on, with or without a clitic as in <c>I'm</c>.</summary>
    public static bool IsFirstPerson(ReadOnlySpan<char> word)
    {
        var apostrophe = word.IndexOfAny('\'', '’');
        return Pronouns.Contains(apostrophe < 0 ? word : word[..apostrophe]);
    }

    /// <summary>The share of a text's words that are I, my, we and so on, from 0 to 1.</summary>
    public static float FirstPersonShare(ReadOnlySpan<char> text)
    {
        var words = 0;
        var firstPerson = 0;
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny(WordEnds);
            var word = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (!word.IsEmpty)
            {
                words++;

                // Most words are none of these by their first letter already.
                firstPerson += (word[0] | ' ') is 'i' or 'm' or 'w' or 'u' or 'o' && word.Length <= MaxPronoun && IsFirstPerson(word) ? 1 : 0;
            }
        }

        return words == 0 ? 0 : (float)firstPerson / words;
    }

    /// <summary>The share of a text that stands in sentences with a question mark, from 0 to 1.</summary>
    public static float QuestionShare(ReadOnlySpan<char> text)
    {
        // Most texts ask nothing, and an import reads them all.
        if (text.IndexOfAny('?', '？') < 0)
        {
            return 0;
        }

        var (asked, all) = (0, 0);
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny(SentenceEnds);
            var length = text[..(end < 0 ? text.Length : end)].Trim().Length;
            all += length;
            asked += end >= 0 && text[end] is '?' or '？' ? length : 0;
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return all == 0 ? 0 : (float)asked / all;
    }
}
