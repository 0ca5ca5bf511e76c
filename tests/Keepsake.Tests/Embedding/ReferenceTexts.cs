using System.Text.Json;

namespace Keepsake.Tests.Embedding;

/// <summary>Texts with the ids and the vectors that the makers of the model computed for them.</summary>
internal static class ReferenceTexts
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<ReferenceText> Read() =>
        Read(Path.Combine(AppContext.BaseDirectory, "Embedding", "keepsake-en-1.reference.jsonl"));

    public static IReadOnlyList<ReferenceText> Read(string file) =>
        [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<ReferenceText>(line, Web)!)];
}

internal sealed record ReferenceText(string Text, int[] Ids, double[] Vector);
