using System.Globalization;
using System.Text;
using System.Text.Json;
using Keepsake.Bench.Peers;

namespace Keepsake.Bench.Report;

/// <summary>Turns the JSON of other benchmarks into docs/benchmarks.md and its pictures.</summary>
internal static class ReportBench
{
    private const string Pictures = "benchmarks";

    // The setting that an approximate index is run with, and the one at which it finds as much as an exact one.
    private const double LeastRecall = 0.99;

    private static readonly (string Leg, string Title)[] Legs =
    [
        ("words", "Search by words"),
        ("vectors", "Search by vectors"),
        ("filter", "Search by vectors, one record in a hundred"),
    ];

    /// <summary>Writes the report.</summary>
    /// <param name="args"><c>FILE</c>: what <c>peers --json</c> printed; <c>NAME=FILE</c>: what <c>keepsake eval … --json</c> printed of a
    /// collection; <c>--docs DIR</c>: where it goes.</param>
    public static int Run(string[] args)
    {
        var docs = Arguments.Text(args, "--docs") ?? "docs";
        string[] files = [.. args.Where((a, i) => a != "--docs" && (i == 0 || args[i - 1] != "--docs"))];
        List<PeerReport> peers = [];
        List<(string Name, JsonElement Report)> quality = [];
        foreach (var file in files)
        {
            var (name, path) = file.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (file[..at], file[(at + 1)..]) : (null, file);
            if (!File.Exists(path))
            {
                Console.Error.WriteLine($"There is no file '{path}'.");
                return 2;
            }

            var json = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
            if (json.TryGetProperty("bench", out var bench) && bench.GetString() == "peers")
            {
                peers.Add(json.Deserialize<PeerReport>(PeerResult.Json)!);
            }
            else if (name is not null && json.TryGetProperty("overall", out _))
            {
                quality.Add((name, json));
            }
            else
            {
                Console.Error.WriteLine($"'{file}' is neither what 'peers --json' prints nor NAME=FILE of what 'keepsake eval --json' prints.");
                return 2;
            }
        }

        if (peers.Count + quality.Count == 0)
        {
            Console.Error.WriteLine("Say what to report: report [PEERS.json…] [NAME=EVAL.json…] [--docs DIR]");
            return 2;
        }

        Directory.CreateDirectory(Path.Combine(docs, Pictures));
        peers.Sort((a, b) => a.Records.CompareTo(b.Records));
        File.WriteAllText(Path.Combine(docs, "benchmarks.md"), Text(docs, peers, quality));
        return 0;
    }

    private static string Text(string docs, List<PeerReport> peers, List<(string Name, JsonElement Report)> quality)
    {
        var text = new StringBuilder("# Benchmarks\n\nMade by `bench/run report` from what the benchmarks printed; do not edit.\n");
        foreach (var machine in peers.Select(p => p.Machine).GroupBy(m => m with { Commit = "" }))
        {
            text.Append(Invariant(
                $"\nMeasured on {machine.Key.Processor}, {machine.Key.Cores} cores, {machine.Key.MemoryGibibytes:0.#} GiB, {machine.Key.System}, at commit {string.Join(", ", machine.Select(m => m.Commit).Distinct())}. Other work ran on the same machine, so look at the systems beside each other rather than at a time alone.\n"));
        }

        if (quality.Count > 0)
        {
            text.Append("\n## How much is found\n\nThe part of what answers a question that is among the first ten results, over all questions, without a language model. ")
                .Append("[What is measured](reference/cli.md#measuring-recall), [how the ranking works](recall.md).\n");
            quality.ForEach(q => AppendQuality(text, docs, q.Name, q.Report));
        }

        if (peers.Count > 0)
        {
            text.Append("\n## How fast, beside others\n\n").Append("""
                All systems get the same made-up records of about 40 words with the same embeddings, in the same run, and the same questions one after another, after some
                that do not count. Times are of one search. Recall is the part of the exact ten nearest that was found; an approximate index is
                shown at its default and at the setting where it finds 99 of 100. `filter` is a search of one record in a hundred: for Keepsake a namespace, for the
                others a filter (usearch's JavaScript has none, so more neighbours are asked for and filtered after). Embeddings of made-up words lie closer together
                than those of real texts, which costs a graph more than an exact search: expect approximate indexes to find more on yours.
                """).Append('\n');
            foreach (var (leg, title) in Legs)
            {
                Picture(text, docs, $"{leg}.svg", title, LineChart.Draw(title, Lines(peers, leg)));
            }

            peers.ForEach(report => AppendPeers(text, report));
        }

        return text.ToString();
    }

    private static void AppendQuality(StringBuilder text, string docs, string name, JsonElement report)
    {
        var overall = report.GetProperty("overall");
        var ours = overall.GetProperty("recall@10").GetDouble();
        text.Append(Invariant($"\n### {name}\n"));
        if (Anchors.Of(name) is { Count: > 0 } others)
        {
            Picture(text, docs, $"{name}.svg", $"recall@10 on {name}", BarChart.Draw($"What is found: {name}", "recall@10", [new("Keepsake", ours, IsOurs: true), .. others]));
        }

        var scores = overall.EnumerateObject().ToList();
        text.Append(Anchors.Note(name) is { Length: > 0 } note ? $"\n{note}\n" : "")
            .Append(Invariant($"\n| {string.Join(" | ", scores.Select(s => s.Name))} | questions | p50 | p95 |\n|{string.Concat(Enumerable.Repeat("---|", scores.Count + 3))}\n"))
            .Append(Invariant($"| {string.Join(" | ", scores.Select(s => Score(s.Value.GetDouble())))} | {report.GetProperty("questions").GetInt32()} "))
            .Append(Invariant($"| {report.GetProperty("recallMs").GetProperty("p50").GetDouble():0.0#} ms | {report.GetProperty("recallMs").GetProperty("p95").GetDouble():0.0#} ms |\n"));
        text.Append(Invariant($"\n```sh\nkeepsake eval {(report.TryGetProperty("documents", out _) ? "beir FOLDER" : name == Anchors.Locomo ? "locomo FILE" : "conversations FILE")} --json\n```\n"));
    }

    private static void AppendPeers(StringBuilder text, PeerReport report)
    {
        text.Append(Invariant($"\n### {report.Records:N0} records of {report.Dimensions} dimensions\n\n"))
            .Append("| search | system | taken in | p50 | p95 | recall@10 | memory or file | ours / theirs, p50 |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var s in report.Systems)
        {
            var ratio = report.Ratios.FirstOrDefault(r => r.Leg == s.Leg && r.Theirs == s.System);
            text.Append(Invariant(
                $"| {s.Leg} | {s.System} | {s.BuildMs / 1000:0.0} s | {s.P50:0.00#} ms | {s.P95:0.00#} ms | {(s.RecallAt10 is { } recall ? Score(recall) : "")} | {(s.Bytes is { } bytes ? Invariant($"{bytes / 1048576.0:N0} MiB") : "")} | {(ratio is null ? "" : Invariant($"{ratio.P50:0.0###}"))} |\n"));
        }

        text.Append(Invariant($"\n```sh\nbench/run peers --records {report.Records} --questions {report.Questions} --json\n```\n"));
    }

    // A time is worth little without what was found in it, so who finds less says how much at the largest size.
    private static List<LineChart.Series> Lines(List<PeerReport> peers, string leg) =>
    [
        .. peers.SelectMany(report => Shown(report, leg).Select(shown => (shown.Name, shown.Of, Point: ((double)report.Records, shown.Of.P50))))
            .GroupBy(s => s.Name)
            .Select(g => new LineChart.Series(
                g.Last().Of.RecallAt10 is { } recall and < LeastRecall ? Invariant($"{g.Key}, recall {recall:.00}") : g.Key, [.. g.Select(s => s.Point)])),
    ];

    // Of the settings of one system, its default and the first that finds enough.
    private static IEnumerable<(string Name, PeerResult Of)> Shown(PeerReport report, string leg)
    {
        foreach (var family in report.Systems.Where(s => s.Leg == leg).GroupBy(s => s.System.Split(',')[0]))
        {
            if (family.Key != "usearch")
            {
                foreach (var system in family)
                {
                    yield return (system.System, system);
                }

                continue;
            }

            if (leg == "vectors")
            {
                yield return ("usearch at its default", family.First());
            }

            if (family.FirstOrDefault(s => s.RecallAt10 >= LeastRecall) is { } enough)
            {
                yield return ("usearch at recall .99", enough);
            }
        }
    }

    private static void Picture(StringBuilder text, string docs, string file, string alternative, string svg)
    {
        File.WriteAllText(Path.Combine(docs, Pictures, file), svg);
        text.Append(Invariant($"\n![{alternative}]({Pictures}/{file})\n"));
    }

    private static string Score(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
