using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Keepsake.Protection.Redaction;

namespace Keepsake.Bench;

/// <summary>Measures redaction: speed on clean, dense and hostile text, recall on a file of secrets, damage to files of clean text.</summary>
/// <remarks>
/// <c>redact</c> alone measures speed. A <c>.jsonl.gz</c> of <c>{text, label, rule}</c> adds recall and false flags; any other file, and each
/// text file of a folder, is taken as clean text. <c>-v</c> lists what was missed, flagged or damaged; <c>-q</c> leaves the speed out.
/// </remarks>
internal static class RedactBench
{
    private static readonly Redactor Redactor = new();

    public static int Run(string[] args)
    {
        var verbose = args.Contains("-v");
        var files = args.Where(arg => arg is not ("-v" or "-q")).ToArray();
        if (!args.Contains("-q"))
        {
            Speed();
        }

        foreach (var file in files.Where(file => file.EndsWith(".jsonl.gz", StringComparison.Ordinal)))
        {
            Recall(file, verbose);
        }

        RedactDamage.Run([.. files.Where(file => !file.EndsWith(".jsonl.gz", StringComparison.Ordinal))], verbose);
        return 0;
    }

    private static void Speed()
    {
        var random = new Random(7);
        var prose = Prose(random, 200_000);
        var memories = prose.Chunk(240).Select(chunk => new string(chunk)).ToArray();
        var seconds = Time(() =>
        {
            foreach (var memory in memories)
            {
                Redactor.Redact(memory);
            }
        });
        Console.WriteLine($"clean memories of 240   {prose.Length / seconds / 1e6,8:F0} MB/s  {seconds / memories.Length * 1e6:F2} µs each");
        Console.WriteLine($"clean text of 200,000   {prose.Length / Time(() => Redactor.Redact(prose)) / 1e6,8:F0} MB/s");
        var code = Code(random, 200_000);
        Console.WriteLine($"clean code of 200,000   {code.Length / Time(() => Redactor.Redact(code)) / 1e6,8:F0} MB/s");
        var dense = Dense(random, 200_000);
        Console.WriteLine($"dense text of 200,000   {dense.Length / Time(() => Redactor.Redact(dense)) / 1e6,8:F0} MB/s  {Redactor.Redact(dense).Redactions.Count} found");

        var worst = Hostile(random).Select(hostile => (hostile, seconds: Time(() => Redactor.Redact(hostile), warmUpMilliseconds: 20))).OrderByDescending(run => run.seconds).Take(3);
        foreach (var (hostile, time) in worst)
        {
            Console.WriteLine($"hostile, {hostile.Length:N0} chars  {time * 1e3,8:F2} ms    {hostile[..24].ReplaceLineEndings(" ")}…");
        }
    }

    private static void Recall(string file, bool verbose)
    {
        var byRule = new SortedDictionary<string, (int Found, int All)>(StringComparer.Ordinal);
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        var rows = Rows(file).ToList();
        foreach (var row in rows.Where(row => row.Label == 1))
        {
            secrets.Add(row.Text);
            var found = Redactor.Redact(row.Text).Redactions.Count > 0;
            var (hits, all) = byRule.GetValueOrDefault(row.Rule);
            byRule[row.Rule] = (hits + (found ? 1 : 0), all + 1);
            if (!found && verbose)
            {
                Console.WriteLine($"missed   {row.Rule}: {OneLine(row.Text)}");
            }
        }

        int clean = 0, flagged = 0, flaggedElsewhere = 0;
        foreach (var row in rows.Where(row => row.Label == 0))
        {
            clean++;
            var redacted = Redactor.Redact(row.Text);
            if (redacted.Redactions.Count > 0)
            {
                flagged++;
                flaggedElsewhere += secrets.Contains(row.Text) ? 1 : 0;
                if (verbose && !secrets.Contains(row.Text))
                {
                    Console.WriteLine($"flagged  {row.Rule} as {redacted.Redactions[0].Kind}: {OneLine(row.Text)}");
                }
            }
        }

        var (sum, total) = (byRule.Values.Sum(rule => rule.Found), byRule.Values.Sum(rule => rule.All));
        Console.WriteLine($"recall   {(double)sum / total:P2} of {total} lines, {byRule.Values.Average(rule => (double)rule.Found / rule.All):P2} macro over {byRule.Count} rules");
        Console.WriteLine($"flagged  {flagged} of {clean} non-secrets, of which {flaggedElsewhere} are secrets of another rule in the same file");
        foreach (var (rule, (found, all)) in byRule.Where(rule => rule.Value.Found < rule.Value.All))
        {
            Console.WriteLine($"         {found}/{all} {rule}");
        }
    }

    // Processor time of the process, not time on the clock: the machine may be busy with other things. The best of the batches,
    // after a warm-up long enough for the compiler's second tier.
    private static double Time(Action action, int warmUpMilliseconds = 400)
    {
        var from = Environment.CpuUsage.TotalTime;
        while ((Environment.CpuUsage.TotalTime - from).TotalMilliseconds < warmUpMilliseconds)
        {
            action();
        }

        var best = double.MaxValue;
        for (var batch = 0; batch < 8; batch++)
        {
            var runs = 0;
            var start = Environment.CpuUsage.TotalTime;
            var spent = TimeSpan.Zero;
            while (spent.TotalMilliseconds < warmUpMilliseconds / 8.0)
            {
                action();
                runs++;
                spent = Environment.CpuUsage.TotalTime - start;
            }

            best = Math.Min(best, spent.TotalSeconds / runs);
        }

        return best;
    }

    private static string Prose(Random random, int length)
    {
        string[] words = ["the", "service", "uses", "Postgres", "for", "its", "records", "and", "a", "queue", "that", "retries;", "deploys", "go",
            "through", "main,", "with", "tests", "in", "CI", "(see", "issue", "#482),", "user", "prefers", "tabs", "to", "spaces.", "In", "2024",
            "we", "moved", "from", "REST", "gRPC", "key", "decision:", "tokens", "are", "cached", "Ümlaut", "x86_64", "v2.3.1", "handler",];
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(words[random.Next(words.Length)]).Append(random.Next(14) == 0 ? '\n' : ' ');
        }

        return text.ToString(0, length);
    }

    private static string Code(Random random, int length)
    {
        string[] lines = ["    public string Name { get; init; } = \"none\";", "    var total = items.Sum(item => item.Price * item.Count);",
            "    if (token == null || key.Length == 0)", "    {", "    }", "    \"version\": \"10.0.1\",", "    await client.SendAsync(request, cancellationToken);",
            "index 3f9a2c1..8b7d6e5 100644", "    // See https://learn.example.org/dotnet/api/system.span-1 for the reasons.", "    password: required",
            "commit 9fceb02d0ae598e95dc970b74767f19372d61af8", "import { useState } from 'react';",];
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(lines[random.Next(lines.Length)]).Append('\n');
        }

        return text.ToString(0, length);
    }

    private static string Dense(Random random, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append("gh").Append("p_").Append(Letters(random, 36)).Append(" and password=").Append(Letters(random, 12)).Append(" in ")
                .Append("postgres://app:").Append(Letters(random, 10)).Append("@db/main, then ").Append(Letters(random, 40)).Append('\n');
        }

        return text.ToString(0, length);
    }

    private static IEnumerable<string> Hostile(Random random)
    {
        string[] units = ["a", "=", ":", "-", "[", "\\", "<", "{", "\"", "'", " ", "ey" + "J", "ey" + "J-", "ey" + "Ja.", "token=", "token=token:", "password:",
            "password=\"", "://", "a://b:", "@", "a@", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "-----END", "-u a:", " -u 1:", "sk-", "gh" + "p_", "[REDACTED:",
            "[REDACTED:x]", "<token>", "kind: Secret\ndata:\n", "data:\n", "data:\n kind:", "key=value=", "'token','", "a1B2", "a1/", "Bearer ", "Authorization: ", "is password is ",
            "the token is ", "\\\"token\\\":\\\"", "x".PadRight(30, 'x') + " ", "~Q~", "1Q~", ":AA", "12345678:AA", "$2a$10$", "$6$a", "atlasv1.", "%41", "\\u0041", "sl.", "-token ", "--secret a", "live_", "(password) VALUES (", "(a, password) VALUES ('b', 'admin'), ", "${TOKEN:-", "PASSWORD=admin ", "tvly-",
            "password \"", "PASSWORD '", "login password ", "A3-", "glpat-", "hooks.slack.com/services/", "name=\"token\" value=\"", "EAA"];
        foreach (var unit in units)
        {
            yield return Repeat(unit, 20_000);
        }

        for (var i = 0; i < 40; i++)
        {
            yield return Repeat(units[random.Next(units.Length)] + units[random.Next(units.Length)] + units[random.Next(units.Length)], 20_000);
        }
    }

    private static string Repeat(string unit, int length) => string.Concat(Enumerable.Repeat(unit, (length / unit.Length) + 1))[..length];

    private static string Letters(Random random, int count) =>
        new(random.GetItems<char>("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", count));

    public static string OneLine(string text) => (text.Length > 160 ? text[..160] + "…" : text).ReplaceLineEndings("⏎");

    private static IEnumerable<(string Text, int Label, string Rule)> Rows(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var root = row.RootElement;
            yield return (root.GetProperty("text").GetString()!, root.GetProperty("label").GetInt32(), root.GetProperty("rule").GetString()!);
        }
    }
}
