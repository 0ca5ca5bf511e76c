namespace Keepsake.Operations;

/// <summary>Questions made of a namespace's own records and searchable events, and questions about what is not in it.</summary>
/// <remarks>
/// Which records are asked for is decided by a hash of seed and id, and how by the same, so the same seed asks the same, and what is written
/// later changes few of the questions.
/// </remarks>
internal sealed class ProbeSet
{
    /// <summary>Most records and events that are looked at to choose them.</summary>
    public const int MaxScanned = 50_000;

    public const string Own = "own";
    public const string Reworded = "reworded";
    public const string HeldOut = "held_out";

    private const int MinWords = 4;
    private const int WordsOfQuestion = 4;
    private const int WordsHeldOut = 3;
    private const int PassageLength = 10;
    private const int NoisePerProbes = 4;
    private const int MinNoise = 5;

    // Subjects of daily life; of those the ones that no record of the namespace mentions are asked about.
    private static readonly string[] Elsewhere =
    [
        "saxophone", "glacier", "beekeeper", "lighthouse", "marmalade", "trombone", "volcano", "pyramid", "gondola", "tortoise", "cathedral", "embroidery", "rhubarb",
        "accordion", "falconry", "meteorite", "submarine", "sapphire", "orchid", "carousel", "walrus", "porcelain", "windmill", "archery", "monsoon", "tapestry",
        "lobster", "parachute", "harpsichord", "canyon", "cinnamon", "flamingo", "observatory", "typewriter", "snowshoe", "bagpipes", "avalanche", "telescope",
        "gingerbread", "hammock", "kayak", "mandolin", "nectarine", "pelican", "quilt", "rapier", "scarecrow", "thimble", "unicycle", "violoncello",
    ];

    private static readonly string[] NoiseFrames =
        ["Where did the {0} meet the {1} and the {2}?", "Which {0} belongs to the {1} beside the {2}?", "{0} {1} {2}", "How much does a {0} with {1} and {2} weigh?"];

    private ProbeSet(IReadOnlyList<Probe> probes, IReadOnlyList<string> noise) => (Probes, Noise) = (probes, noise);

    /// <summary>Gets the questions with the record that each is about.</summary>
    public IReadOnlyList<Probe> Probes { get; }

    /// <summary>Gets the questions about what is not here.</summary>
    public IReadOnlyList<string> Noise { get; }

    /// <summary>Makes the questions.</summary>
    /// <param name="items">What there is.</param>
    /// <param name="seed">Decides.</param>
    /// <param name="count">Most records to ask for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ProbeSet> ChooseAsync(IAsyncEnumerable<MemoryItem> items, int seed, int count, CancellationToken cancellationToken)
    {
        PriorityQueue<Chosen, ulong> chosen = new();
        Dictionary<string, int> frequencies = new(StringComparer.OrdinalIgnoreCase);
        var scanned = 0;
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            var (id, content) = Of(item);
            var words = ProbeText.Words(content);
            foreach (var word in words)
            {
                frequencies[word] = frequencies.GetValueOrDefault(word) + 1;
            }

            // The smallest hashes stay.
            if (words.Count >= MinWords && item is not MemoryRecord { SupersededBy: not null })
            {
                chosen.Enqueue(new(id, content, words), ulong.MaxValue - ProbeText.Hash(id, seed));
                if (chosen.Count > count)
                {
                    chosen.Dequeue();
                }
            }

            if (++scanned == MaxScanned)
            {
                break;
            }
        }

        var ordered = chosen.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element).ToList();
        List<Probe> probes = [.. ordered.Select((item, i) => Ask(item, i, seed, frequencies))];
        return new(probes, NoiseOf(frequencies, seed, probes.Count == 0 ? 0 : Math.Max(MinNoise, probes.Count / NoisePerProbes)));
    }

    private static (string Id, string Content) Of(MemoryItem item) => item is MemoryRecord record
        ? (record.Id, record.Content)
        : (((MemoryEvent)item).Id, ((MemoryEvent)item).Content);

    private static Probe Ask(Chosen item, int number, int seed, Dictionary<string, int> frequencies)
    {
        var random = new Random((int)ProbeText.Hash(item.Id, seed));
        List<string> rarest = [.. item.Words.OrderBy(word => frequencies[word]).ThenBy(word => ProbeText.Hash(word, seed))];
        var wording = number % 3;
        if (wording == 2 && rarest.Count >= WordsHeldOut + WordsOfQuestion)
        {
            // What remains without the rarest, rarest first: words that a person remembers when the name escapes them.
            return new(item.Id, item.Content, HeldOut, string.Join(' ', rarest.Skip(WordsHeldOut).Take(WordsOfQuestion + 1)));
        }

        return wording == 1
            ? new(item.Id, item.Content, Reworded, Rewording.Of(PassageOf(item.Content, rarest[0]), random))
            : new(item.Id, item.Content, Own, string.Join(' ', rarest.Take(WordsOfQuestion)));
    }

    // The words around the rarest one, which say what the record is about.
    private static List<string> PassageOf(string content, string around)
    {
        List<string> tokens = [.. ProbeText.Tokens(content)];
        var at = tokens.FindIndex(token => string.Equals(token, around, StringComparison.OrdinalIgnoreCase));
        var start = Math.Clamp(at - (PassageLength / 2), 0, Math.Max(0, tokens.Count - PassageLength));
        return tokens[start..Math.Min(tokens.Count, start + PassageLength)];
    }

    private static List<string> NoiseOf(Dictionary<string, int> frequencies, int seed, int count)
    {
        string[] subjects = [.. Elsewhere.Where(word => !frequencies.ContainsKey(word) && !frequencies.ContainsKey(word + "s"))];
        if (subjects.Length < 3)
        {
            return [];
        }

        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                random.Shuffle(subjects);
                return string.Format(null, NoiseFrames[random.Next(NoiseFrames.Length)], subjects[0], subjects[1], subjects[2]);
            }),
        ];
    }

    private sealed record Chosen(string Id, string Content, List<string> Words);
}

/// <summary>A question with the record that it is about.</summary>
/// <param name="Id">The record or event.</param>
/// <param name="Content">Its content: another with the same is as good an answer.</param>
/// <param name="Wording">How the question is worded.</param>
/// <param name="Question">The question.</param>
internal sealed record Probe(string Id, string Content, string Wording, string Question);
