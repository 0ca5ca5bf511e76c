using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

/// <summary>Random entries and questions for walks over an index: few words, ids and namespaces, so that much meets.</summary>
internal static class WalkEntries
{
    private static readonly string[] Paths = ["a", "a/b", "ab", "a/b/c"];

    public static RecallQuery Question(Random random) =>
        Entries.Query(string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Word(random)))) with { Vector = Entries.RandomVector(random) };

    public static IndexEntry Entry(int step, Random random)
    {
        var order = (step * 1_000) + random.Next(1_000);
        return new()
        {
            Id = $"id{random.Next(300)}",
            Version = step,
            Path = Paths[random.Next(Paths.Length)],
            Content = string.Join(' ', Enumerable.Range(0, random.Next(4) == 0 ? random.Next(60, 300) : random.Next(1, 12)).Select(_ => Word(random))),
            Session = random.Next(4) == 0 ? null : $"s{random.Next(3)}",
            Speaker = random.Next(2) == 0 ? null : "Ada",
            OccurredAt = Entries.Now,
            Order = order,
            Vectors = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Entries.RandomVector(random))],
        };
    }

    public static bool IsUnder(string path, string scope) =>
        scope.Length == 0 || path == scope || path.StartsWith(scope + "/", StringComparison.Ordinal);

    /// <summary>An answer with all that ranked it, to be compared with another's.</summary>
    public static IEnumerable<string> Answer(RecallIndex index, RecallQuery question) => index.Search(question)
        .Select(hit => $"{hit.Id} {hit.Relevance:F5} {string.Join(' ', hit.Explanation!.Signals.OrderBy(s => s.Key).Select(s => $"{s.Key} {s.Value:F4}"))}");

    private static string Word(Random random) => $"w{random.Next(40)}x";
}
