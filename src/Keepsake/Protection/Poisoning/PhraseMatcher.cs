using System.Collections.Frozen;
using System.Globalization;

namespace Keepsake.Protection.Poisoning;

/// <summary>Finds phrases: words of given sets in a given order, with at most so many others between them.</summary>
/// <remarks>
/// The words of all phrases are numbered one after another. For each is kept where its phrase, up to it, last ended in the text; a later end is never
/// worse than an earlier one, so one place does, and each word of the text is looked at once.
/// </remarks>
internal sealed class PhraseMatcher
{
    // A sentence's end counts as so many words.
    private const int StopLength = 3;

    // Before every place.
    private const int Nowhere = int.MinValue / 2;

    private const int Outlines = 1 << 14;

    private readonly List<Step> _steps = [];
    private readonly FrozenDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly bool[] _mayBeKnown = new bool[Outlines];
    private readonly int[] _addresses;
    private readonly int[] _commas;

    /// <summary>Reads phrases.</summary>
    /// <param name="sets">Named sets of words; see <see cref="SuspiciousPhrases.Sets"/>.</param>
    /// <param name="phrases">A kind and a phrase each; see <see cref="SuspiciousPhrases.Phrases"/>.</param>
    public PhraseMatcher(IReadOnlyDictionary<string, string> sets, IEnumerable<(string Kind, string Phrase)> phrases)
    {
        List<(string Word, int Step)> members = [];
        foreach (var (kind, phrase) in phrases)
        {
            var gap = Step.First;
            foreach (var part in phrase.Split(' '))
            {
                if (part.StartsWith("..", StringComparison.Ordinal))
                {
                    gap = int.Parse(part.AsSpan(2), CultureInfo.InvariantCulture);
                    continue;
                }

                members.AddRange(part.Split('|').SelectMany(word => sets.TryGetValue(word, out var set) ? Words(set) : [word])
                    .Select(word => (WordReader.Plain(word), _steps.Count)));
                _steps.Add(new(gap, null));
                gap = 0;
            }

            _steps[^1] = _steps[^1] with { Kind = kind };
        }

        // From the last word of a phrase to its first, so that one word of the text is not taken for two.
        var byWord = members.Distinct().GroupBy(m => m.Word, m => m.Step).ToDictionary(g => g.Key, g => g.OrderDescending().ToArray(), StringComparer.Ordinal);
        _addresses = byWord.GetValueOrDefault("#address", []);
        _commas = byWord.GetValueOrDefault("#comma", []);
        foreach (var word in byWord.Keys)
        {
            _mayBeKnown[OutlineOf(word)] = true;
        }

        _words = byWord.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The phrases that are shipped.</summary>
    public static PhraseMatcher BuiltIn { get; } = new(SuspiciousPhrases.Sets, SuspiciousPhrases.Phrases);

    /// <summary>Adds the kinds of the phrases that a text holds.</summary>
    public void Find(string text, HashSet<string> kinds)
    {
        Span<int> ends = stackalloc int[_steps.Count];
        ends.Fill(Nowhere);
        Span<char> word = stackalloc char[WordReader.MaxWord];
        var reader = new WordReader(text);
        var place = 0;
        while (reader.Next(word, out var length))
        {
            place += reader.Kind switch
            {
                WordKind.Stop => StopLength,
                WordKind.Comma => 0,
                _ => 1,
            };
            switch (reader.Kind)
            {
                case WordKind.Word:
                    Take(StepsOf(word[..length]), place, ends, kinds);
                    break;
                case WordKind.Unspaced:
                    Take(Unspaced(word[..length], ref reader), place, ends, kinds);
                    break;
                case WordKind.Address:
                    Take(_addresses, place, ends, kinds);
                    break;
                case WordKind.Comma:
                    Take(_commas, place, ends, kinds);
                    break;
            }
        }
    }

    private void Take(int[] steps, int place, Span<int> ends, HashSet<string> kinds)
    {
        foreach (var step in steps)
        {
            var (gap, kind) = _steps[step];
            if (gap == Step.First || place - ends[step - 1] <= gap + 1)
            {
                ends[step] = place;
                if (kind is not null)
                {
                    kinds.Add(kind);
                }
            }
        }
    }

    private int[] Unspaced(scoped ReadOnlySpan<char> text, ref WordReader reader)
    {
        for (var length = text.Length; length >= 2; length--)
        {
            if (StepsOf(text[..length]) is { Length: > 0 } steps)
            {
                reader.Skip(length);
                return steps;
            }
        }

        return [];
    }

    private int[] StepsOf(ReadOnlySpan<char> word) => _mayBeKnown[OutlineOf(word)] && _words.TryGetValue(word, out var steps) ? steps : [];

    // A word's first and last letter and its length: most words share them with none that is looked for, which is told without a hash.
    private static int OutlineOf(ReadOnlySpan<char> word) =>
        word.IsEmpty ? 0 : ((word[0] & 31) << 9) | ((word[^1] & 31) << 4) | (word.Length & 15);

    private static string[] Words(string set) => set.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>One word of a phrase.</summary>
    /// <param name="Gap">Most words between the one before and this, or <see cref="First"/>.</param>
    /// <param name="Kind">The phrase's kind, where this is its last word.</param>
    private readonly record struct Step(int Gap, string? Kind)
    {
        public const int First = -1;
    }
}
