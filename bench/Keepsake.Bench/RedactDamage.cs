using System.Collections.Concurrent;
using System.Globalization;
using Keepsake.Protection.Redaction;

namespace Keepsake.Bench;

/// <summary>Counts the lines of clean files that redaction damages, by type of file.</summary>
/// <remarks>A file is redacted whole, as a memory would be, in parts of at most a mebibyte; a damaged line is one that a redaction begins in.</remarks>
internal static class RedactDamage
{
    private const int MaxPart = 1 << 20;
    private const long MaxFileLength = 32L << 20;
    private const int MaxShownLength = 200;

    private static readonly Redactor Redactor = new();

    /// <summary>Reads files, and the text files under folders; <paramref name="verbose"/> shows what was damaged.</summary>
    public static void Run(string[] paths, bool verbose)
    {
        if (paths.Length == 0)
        {
            return;
        }

        var types = new ConcurrentDictionary<string, Tally>(StringComparer.Ordinal);
        var kinds = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in paths.SelectMany(Files))
        {
            var tally = types.GetOrAdd(TypeOf(file), _ => new());
            foreach (var part in Parts(file))
            {
                tally.Lines += part.Count('\n') + 1;
                var lastEnd = -1;
                foreach (var redaction in Redactor.Redact(part).Redactions)
                {
                    kinds.AddOrUpdate(redaction.Kind, 1, (_, count) => count + 1);
                    if (redaction.InputStart <= lastEnd)
                    {
                        continue;
                    }

                    tally.Damaged++;
                    lastEnd = part.IndexOf('\n', redaction.InputStart);
                    lastEnd = lastEnd < 0 ? part.Length : lastEnd;
                    if (verbose)
                    {
                        Console.WriteLine($"damaged  {redaction.Kind}\t{file}\t{Shown(part, redaction)}");
                    }
                }
            }
        }

        foreach (var (type, tally) in types.OrderByDescending(type => type.Value.Damaged).ThenByDescending(type => type.Value.Lines).Take(24))
        {
            Print(type, tally.Damaged, tally.Lines);
        }

        Print("all", types.Values.Sum(tally => tally.Damaged), types.Values.Sum(tally => tally.Lines));
        Console.WriteLine("kinds    " + string.Join(", ", kinds.OrderByDescending(kind => kind.Value).Select(kind => $"{kind.Value} {kind.Key}")));
    }

    private static void Print(string type, long damaged, long lines) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"damaged  {type,-14} {damaged,7:N0} of {lines,12:N0} lines, {damaged * 10_000.0 / Math.Max(1, lines),8:F2} in 10,000"));

    private static string Shown(string part, Redaction redaction)
    {
        var start = Math.Max(0, redaction.InputStart - 80);
        var text = part.Substring(start, Math.Min(part.Length - start, redaction.InputStart - start + Math.Min(redaction.InputLength, 80) + 30));
        return RedactBench.OneLine(text.Length > MaxShownLength ? text[..MaxShownLength] : text);
    }

    private static IEnumerable<string> Files(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(file => new FileInfo(file).Length is > 0 and <= MaxFileLength)
        : [path];

    private static string TypeOf(string file) => Path.GetExtension(file) is { Length: > 1 and <= 8 } extension ? extension : "(none)";

    // Text is what holds no NUL near its beginning and is UTF-8.
    private static IEnumerable<string> Parts(string file)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        if (bytes.AsSpan(0, Math.Min(bytes.Length, 8_192)).Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            yield break;
        }

        var text = System.Text.Encoding.UTF8.GetString(bytes);
        for (var at = 0; at < text.Length;)
        {
            var end = Math.Min(text.Length, at + MaxPart);
            var line = end < text.Length ? text.LastIndexOf('\n', end - 1, end - at) : -1;
            end = line > at ? line + 1 : end;
            yield return text[at..end];
            at = end;
        }
    }

    private sealed class Tally
    {
        public long Lines { get; set; }

        public long Damaged { get; set; }
    }
}
