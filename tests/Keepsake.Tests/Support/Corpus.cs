namespace Keepsake.Tests.Support;

/// <summary>Facts as a team writes them down: every one another, with words that many share and some that few do.</summary>
internal static class Corpus
{
    private static readonly string[] People = ["Amara", "Benoit", "Chidi", "Dagny", "Elif", "Farouk", "Gustav", "Hanneke", "Ines", "Jarek", "Katya", "Lorenzo", "Mei", "Nadia", "Oskar", "Priya"];
    private static readonly string[] Things =
    [
        "invoice importer", "login screen", "search index", "billing worker", "mobile client", "export job", "message broker", "image resizer", "audit trail", "session cache",
        "feature toggle", "rate limiter", "payment gateway", "schema migration", "backup schedule", "error reporter", "release pipeline", "translation service",
        "notification queue", "access policy", "warehouse report", "customer portal", "address validator", "fraud detector",
    ];
    private static readonly string[] Verbs = ["rewrites", "deploys", "reviews", "disables", "measures", "documents", "replaces", "monitors", "postpones", "simplifies", "duplicates", "encrypts"];
    private static readonly string[] Reasons =
    [
        "because the nightly run took four hours", "since the vendor ends support in spring", "so that auditors can read it", "because two customers lost orders",
        "as the old library leaks memory", "so that new colleagues understand it sooner", "because the certificate expired unnoticed", "since retries flooded the database",
        "so that phones without network keep working", "because the discount rounding was wrong", "as the contract with Lisbon demands", "because Tuesday mornings are the busiest",
    ];

    /// <summary>Makes facts. No two are equal.</summary>
    public static IReadOnlyList<MemoryFact> Facts(int count, int seed = 1)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new MemoryFact
            {
                Content = $"{Pick(People)} {Pick(Verbs)} the {Pick(Things)} of team {Syllables(random)} {Pick(Reasons)}; ask {Syllables(random)} about ticket {1_000 + i}.",
            }),
        ];

        string Pick(string[] words) => words[random.Next(words.Length)];
    }

    /// <summary>Stores facts and gives their ids.</summary>
    public static async Task<List<string>> RememberAsync(IMemory memory, int count, string @namespace, int seed = 1)
    {
        List<string> ids = [];
        foreach (var facts in Facts(count, seed).Chunk(200))
        {
            var answer = await memory.RememberAsync(new() { Namespace = @namespace, Facts = facts }, null, TestContext.Current.CancellationToken);
            ids.AddRange(answer.Outcomes.Select(outcome => outcome.Id!));
        }

        return ids;
    }

    private static string Syllables(Random random)
    {
        const string Consonants = "bdfgklmnprstvz";
        const string Vowels = "aeiou";
        return string.Concat(Enumerable.Range(0, 3).Select(_ => $"{Consonants[random.Next(Consonants.Length)]}{Vowels[random.Next(Vowels.Length)]}"));
    }
}
