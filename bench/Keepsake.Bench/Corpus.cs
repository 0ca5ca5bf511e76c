namespace Keepsake.Bench;

/// <summary>Made-up records of about 40 words with a seed: words as rare and as common as in English (Zipf), no two alike.</summary>
internal sealed class Corpus(int seed)
{
    private const int Vocabulary = 30_000;
    private const int WordsARecord = 40;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random = new(seed);
    private readonly string[] _words = Words(new Random(seed));

    public string Sentence(int words = WordsARecord) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word()));

    public MemoryRecord Record(int number, int namespaces = 1)
    {
        var at = Start.AddSeconds(number);
        return new()
        {
            Id = $"mem-{Guid.CreateVersion7(at)}",
            Namespace = MemoryNamespace.Parse($"bench/ns{number % namespaces}"),
            Content = Sentence(),
            OccurredAt = at,
            CreatedAt = at,
            UpdatedAt = at,
        };
    }

    // Zipf's law by the inverse of its cumulative distribution.
    private string Word() => _words[(int)Math.Exp(_random.NextDouble() * Math.Log(Vocabulary))];

    private static string[] Words(Random random)
    {
        const string Consonants = "bcdfghklmnprstvw";
        const string Vowels = "aeiou";
        return [.. Enumerable.Range(0, Vocabulary + 1).Select(_ => string.Concat(Enumerable.Range(0, random.Next(2, 5))
            .Select(_ => $"{Consonants[random.Next(Consonants.Length)]}{Vowels[random.Next(Vowels.Length)]}")))];
    }
}
