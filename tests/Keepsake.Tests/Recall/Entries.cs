using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

/// <summary>Short ways to make entries and ask questions.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IndexEntry Entry(string id, string content, string path = "notes", long version = 1) =>
        new() { Id = id, Version = version, Path = path, Content = content, OccurredAt = Now };

    public static RecallQuery Query(string text, string scope = "") =>
        new() { Text = text, Scope = scope, Now = Now, Limit = RecallQuery.MaxLimit, Explain = true };

    public static List<string> Ids(this RecallIndex index, RecallQuery query) => [.. index.Search(query).Select(hit => hit.Id)];

    public static float[] RandomVector(Random random, int dimensions = 16)
    {
        var vector = Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var length = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }
}
