using System.CommandLine;
using System.Globalization;
using Keepsake.Serialization;
using Keepsake.Server.Ownership;
using Spectre.Console;

namespace Keepsake.Server.Cli.Operations;

/// <summary><c>keepsake benchmark</c>: how well a namespace finds its own records.</summary>
internal static class BenchmarkVerb
{
    public static Command Create(CommandLine cli)
    {
        var scope = new Argument<string?>("NS") { Description = "The namespace; the whole store when left out", Arity = ArgumentArity.ZeroOrOne };
        var seed = new Option<int?>("--seed") { Description = "Which records are asked for and how; the same seed asks the same", HelpName = "N" };
        var probes = new Option<int?>("--probes")
        {
            Description = $"How many records are asked for, 1 to {BenchmarkRequest.MaxProbes}; {BenchmarkRequest.DefaultProbes} when left out",
            HelpName = "N",
        };
        var history = new Option<bool>("--history") { Description = "List what was found before, the newest first, and measure nothing" };
        var verb = new Command("benchmark", "Measure how well a namespace finds its own records: by their own words, in other words, by words that are not their rarest.")
        {
            scope,
            seed,
            probes,
            history,
        };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var operations = MemoryOperations.Of(await run.StoresAsync(cancellationToken));
            if (run.Get(history))
            {
                PrintHistory(run.Outlet, await operations.ListBenchmarksAsync(run.Settings.Store, run.Get(scope), cancellationToken: cancellationToken));
            }
            else
            {
                var request = new BenchmarkRequest { Seed = run.Get(seed), Probes = run.Get(probes) };
                Print(run.Outlet, await operations.BenchmarkAsync(run.Settings.Store, run.Get(scope), request, cancellationToken: cancellationToken));
            }

            return ExitCode.Done;
        });
        return verb.WithExamples("keepsake benchmark codebase", "keepsake benchmark codebase --seed 7 --probes 300 --json", "keepsake benchmark codebase --history");
    }

    private static void Print(Outlet outlet, BenchmarkReport report)
    {
        if (outlet.IsJson)
        {
            outlet.Json(report, KeepsakeJson.Default.BenchmarkReport);
            return;
        }

        if (!outlet.IsForPerson)
        {
            foreach (var (name, value) in Facts(report))
            {
                outlet.Line(name, value);
            }

            foreach (var wording in report.Wordings)
            {
                outlet.Line("wording", wording.Wording, Text(wording.HitRate), Text(wording.Probes));
            }
        }
        else
        {
            var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
            foreach (var (name, value) in Facts(report))
            {
                grid.AddRow($"[bold]{Outlet.Safe(name)}[/]", Outlet.Safe(value));
            }

            foreach (var wording in report.Wordings)
            {
                grid.AddRow($"[dim]{Outlet.Safe(wording.Wording.Replace('_', ' '))}[/]", Outlet.Safe($"{Text(wording.HitRate)} of {Text(wording.Probes)}"));
            }

            outlet.Console.Write(grid);
        }

        foreach (var warning in report.Warnings)
        {
            outlet.Note(warning);
        }
    }

    private static void PrintHistory(Outlet outlet, IReadOnlyList<BenchmarkReport> reports)
    {
        if (outlet.IsJson)
        {
            outlet.Json(new Page<BenchmarkReport>(reports, NextCursor: null), CliJson.Default.PageBenchmarkReport);
        }
        else if (!outlet.IsForPerson)
        {
            foreach (var report in reports)
            {
                outlet.Line(Time(report), Text(report.HitRate), Text(report.Mrr), Text(report.P95Milliseconds), Text(report.Noise), Text(report.Probes), Text(report.Seed), report.Model);
            }
        }
        else
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("When").AddColumn("Hit rate").AddColumn("MRR").AddColumn("p95 ms").AddColumn("Noise")
                .AddColumn("Probes").AddColumn("Model");
            foreach (var report in reports)
            {
                table.AddRow(
                    Time(report), Text(report.HitRate), Text(report.Mrr), Text(report.P95Milliseconds), Text(report.Noise), Text(report.Probes), Outlet.Safe(report.Model ?? "none"));
            }

            outlet.Console.Write(table);
        }
    }

    private static IEnumerable<(string Name, string Value)> Facts(BenchmarkReport report) =>
    [
        ("hit rate", Text(report.HitRate)),
        ("mrr", Text(report.Mrr)),
        ("p95 ms", Text(report.P95Milliseconds)),
        ("noise", Text(report.Noise)),
        ("probes", Text(report.Probes)),
        ("noise probes", Text(report.NoiseProbes)),
        ("seed", Text(report.Seed)),
        ("model", report.Model ?? "none"),
    ];

    private static string Time(BenchmarkReport report) => report.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Text(double? value) => value?.ToString("0.###", CultureInfo.InvariantCulture) ?? "-";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
