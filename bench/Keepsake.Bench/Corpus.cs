using Keepsake.Embedding;

namespace Keepsake.Bench;

/// <summary>Made-up records of about 40 words with a seed, no two alike.</summary>
/// <remarks>
/// Words are English, from the built-in model's list, as rare and as common as in a language (Zipf). Half of a record's words are of its subject, one of
/// some thousand, so that records have neighbours in meaning as real ones do. Lengths run from 10 to 70 words.
/// </remarks>
internal sealed class Corpus(int seed)
{
    private const int Subjects = 2_000;
    private const int WordsOfSubject = 60;
    private const int WordsARecord = 40;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Vocabulary = [.. File.ReadLines(Path.Combine(BuiltInModel.Folder, "vocab.txt"))
        .Where(word => word.Length >= 3 && word.All(char.IsAsciiLetterLower))];

    /// <summary>What one record in a hundred has as metadata, and the others have none.</summary>
    public static IReadOnlyDictionary<string, MetadataValue> OneInHundred { get; } = new Dictionary<string, MetadataValue> { ["part"] = MetadataValue.Of("one in a hundred") };

    private readonly Random _random = new(seed);
    private readonly string[] _words = Shuffled(new(seed));

    /// <summary>Words about one subject: a record's, or a question's.</summary>
    public string Sentence(int words = WordsARecord)
    {
        var subject = new Random(_random.Next(Subjects));
        string[] own = [.. Enumerable.Range(0, WordsOfSubject).Select(_ => _words[subject.Next(_words.Length)])];
        return string.Join(' ', Enumerable.Range(0, words).Select(_ => _random.Next(2) == 0 ? Zipf(own) : Zipf(_words)));
    }

    /// <summary>A question in natural words, with what carries no meaning.</summary>
    public string Question() => $"What did we say about {Sentence(_random.Next(3, 8))} when it was the {Sentence(1)}?";

    public MemoryRecord Record(int number, int namespaces = 1)
    {
        var at = Start.AddSeconds(number);

        // Ids that Keepsake makes begin with the time; the rest is drawn, so that the same seed gives the same ids.
        var id = new byte[16];
        Guid.CreateVersion7(at).TryWriteBytes(id.AsSpan(), bigEndian: true, out _);
        (id[6], id[7]) = (0x70, 0);
        _random.NextBytes(id.AsSpan(8));
        return new()
        {
            Id = $"mem-{new Guid(id, bigEndian: true)}",
            Namespace = MemoryNamespace.Parse($"bench/ns{number % namespaces}"),
            Content = Sentence(_random.Next(10, 71)),
            Metadata = number % 100 == 0 ? OneInHundred : null,
            OccurredAt = at,
            CreatedAt = at,
            UpdatedAt = at,
        };
    }

    // Zipf's law by the inverse of its cumulative distribution.
    private string Zipf(string[] words) => words[(int)Math.Exp(_random.NextDouble() * Math.Log(words.Length - 1))];

    private static string[] Shuffled(Random random)
    {
        var words = (string[])Vocabulary.Clone();
        random.Shuffle(words);
        return words;
    }
}
