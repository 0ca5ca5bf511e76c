using System.Text.Json;

namespace Keepsake.Tests.Protection.Poisoning;

/// <summary>Attacks as they are written about, and ordinary texts that come near them. The kept-apart ones were written before the rules and not looked at for them.</summary>
internal static class PoisonTexts
{
    public static IReadOnlyList<string> Attacks { get; } = Read("attacks.jsonl");

    public static IReadOnlyList<string> AttacksApart { get; } = Read("attacks-apart.jsonl");

    public static IReadOnlyList<string> Ordinary { get; } = Read("ordinary.jsonl");

    private static List<string> Read(string file) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Protection", "Poisoning", file))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)];
}
