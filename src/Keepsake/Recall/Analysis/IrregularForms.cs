using System.Collections.Frozen;

namespace Keepsake.Recall.Analysis;

/// <summary>English forms that no suffix tells: "went" is a form of "go" and "children" of "child".</summary>
/// <remarks>Forms that are more often another word are left out, such as "rose", "ground" and "lay".</remarks>
internal static class IrregularForms
{
    // The base, and after it its forms.
    private const string Words = """
        arise arose arisen, awake awoke awoken, beat beaten, become became, begin began begun, bend bent, bite bit bitten, bleed bled,
        blow blew blown, break broke broken, breed bred, bring brought, build built, burn burnt, buy bought, catch caught,
        choose chose chosen, come came, creep crept, deal dealt, dig dug, draw drew drawn, dream dreamt, drink drank drunk,
        drive drove driven, eat ate eaten, fall fell fallen, feed fed, feel felt, fight fought, find found, flee fled, fly flew flown,
        forbid forbade forbidden, forget forgot forgotten, forgive forgave forgiven, freeze froze frozen, get got gotten,
        give gave given, go went gone, grow grew grown, hang hung, hear heard, hide hid hidden, hold held, keep kept, kneel knelt,
        know knew known, lead led, lean leant, leap leapt, learn learnt, leave left, lend lent, light lit, lose lost, make made,
        mean meant, meet met, pay paid, ride rode ridden, ring rang rung, rise risen, run ran, say said, see saw seen, seek sought, sell sold,
        send sent, shake shook shaken, shine shone, shoot shot, show shown, shrink shrank shrunk, sing sang sung, sink sank sunk,
        sit sat, sleep slept, slide slid, speak spoke spoken, spell spelt, spend spent, spin spun, spring sprang sprung, stand stood,
        steal stole stolen, stick stuck, sting stung, strike struck, swear swore sworn, sweep swept, swim swam swum, swing swung,
        take took taken, teach taught, tear torn, tell told, think thought, throw threw thrown, understand understood, wake woke woken,
        wear wore worn, weep wept, win won, write wrote written, child children, foot feet, goose geese, man men, mouse mice, tooth teeth,
        woman women, wife wives, knife knives, shelf shelves, wolf wolves, thief thieves, loaf loaves
        """;

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Words.Split(',')
        .Select(forms => forms.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .SelectMany(forms => forms.Skip(1).Select(form => KeyValuePair.Create(form, forms[0])))
        .ToFrozenDictionary(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Puts the base of a lower-case word in its place; most words stay.</summary>
    /// <param name="word">The word, and room behind it that a base may take.</param>
    /// <param name="length">Its length.</param>
    /// <returns>The length of what stands there.</returns>
    public static int ToBase(Span<char> word, int length)
    {
        if (!Lookup.TryGetValue(word[..length], out var found))
        {
            return length;
        }

        found.CopyTo(word);
        return found.Length;
    }
}
