using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Keepsake.Protection.Poisoning;

namespace Keepsake.Bench;

/// <summary>Counts what is flagged as suspicious: attacks, which should be, and ordinary text, which should not.</summary>
/// <remarks>
/// <c>.jsonl</c> and <c>.jsonl.gz</c>: lines of <c>{text}</c>, or conversations with <c>turns</c>; <c>.json.gz</c>: LoCoMo; anything else, files of a folder
/// too, is text, counted by paragraphs. <c>-v</c> lists the first of what is flagged, or of what is not where the file's name begins with <c>attack</c>.
/// </remarks>
internal static class PoisoningBench
{
    private const int MaxShown = 40;
    private const int MaxShownLength = 200;

    public static int Run(string[] args)
    {
        var verbose = args.Contains("-v");
        foreach (var path in args.Where(arg => arg != "-v"))
        {
            var texts = Texts(path).ToList();
            foreach (var text in texts.Take(2_000))
            {
                SuspicionFinder.Find(text);
            }

            var start = Stopwatch.GetTimestamp();
            var found = texts.Select(SuspicionFinder.Find).ToList();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"flagged  {found.Count(kinds => kinds is not null),6:N0} of {texts.Count,8:N0}, {100.0 * found.Count(kinds => kinds is not null) / Math.Max(1, texts.Count):F2} %, {texts.Sum(text => (long)text.Length) / seconds / 1e6:F1} MB/s, {seconds / Math.Max(1, texts.Count) * 1e6:F1} µs each  {Path.GetFileName(path)}"));
            var isAttack = Path.GetFileName(path).StartsWith("attack", StringComparison.Ordinal);
            foreach (var (text, kinds) in texts.Zip(found).Where(pair => verbose && pair.Second is null == isAttack).Take(MaxShown))
            {
                Console.WriteLine($"  {string.Join(',', kinds ?? [])}\t{RedactBench.OneLine(text.Length > MaxShownLength ? text[..MaxShownLength] : text)}");
            }
        }

        return 0;
    }

    private static IEnumerable<string> Texts(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.md", SearchOption.AllDirectories).SelectMany(Paragraphs)
        : path.EndsWith(".jsonl", StringComparison.Ordinal) || path.EndsWith(".jsonl.gz", StringComparison.Ordinal) ? Lines(path)
        : path.EndsWith(".json.gz", StringComparison.Ordinal) ? Turns(path)
        : Paragraphs(path);

    private static IEnumerable<string> Paragraphs(string file) =>
        File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(Open(file));
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            string[] texts = json.RootElement.TryGetProperty("turns", out var turns)
                ? [.. turns.EnumerateArray().Select(turn => turn.GetProperty("text").GetString()!)]
                : [json.RootElement.GetProperty("text").GetString()!];
            foreach (var text in texts)
            {
                yield return text;
            }
        }
    }

    private static List<string> Turns(string file)
    {
        using var json = JsonDocument.Parse(Open(file));
        return
        [
            .. from conversation in json.RootElement.EnumerateArray()
               from session in conversation.GetProperty("conversation").EnumerateObject()
               where session.Value.ValueKind == JsonValueKind.Array
               from turn in session.Value.EnumerateArray()
               select turn.GetProperty("text").GetString()!,
        ];
    }

    private static Stream Open(string file) =>
        file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress) : File.OpenRead(file);
}
