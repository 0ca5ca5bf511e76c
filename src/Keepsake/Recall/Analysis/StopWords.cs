using System.Collections.Frozen;

namespace Keepsake.Recall.Analysis;

/// <summary>English words too common to tell one text from another.</summary>
internal static class StopWords
{
    // Function words only: articles, pronouns, prepositions, conjunctions, auxiliaries and question words, as in the usual
    // published lists. "may" is missing on purpose: it is also a month.
    private const string Words = """
        a about above after again against all am an and any are as at be because been before being below between both but by
        can cannot could did do does doing down during each few for from further had has have having he her here hers herself
        him himself his how i if in into is it its itself just me more most my myself no nor not now of off on once only or
        other our ours ourselves out over own same she should so some such than that the their theirs them themselves then
        there these they this those through to too under until up upon us very was we were what when where which while who
        whom whose why will with would you your yours yourself yourselves im ive id dont didnt doesnt isnt wasnt cant wont
        """;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .ToFrozenSet(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a lower-case word is one of them.</summary>
    public static bool Contains(ReadOnlySpan<char> word) => Lookup.Contains(word);
}
