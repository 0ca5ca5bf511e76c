using System.CommandLine;
using System.Globalization;
using Keepsake.Serialization;
using Keepsake.Server.Ownership;
using Spectre.Console;

namespace Keepsake.Server.Cli.Operations;

/// <summary><c>keepsake rebuild</c>: derives a namespace anew, or puts back what it lost.</summary>
internal static class RebuildVerb
{
    public static Command Create(CommandLine cli)
    {
        var scope = new Argument<string>("NS") { Description = "The namespace, with all under it" };
        var from = new Option<string?>("--from")
        {
            Description = "Put back lost records and events from an export file or a backup, by its name; without it, index and embeddings are derived anew",
            HelpName = "EXPORT|BACKUP",
        };
        var verb = new Command(
            "rebuild",
            "Rebuild a namespace: a snapshot and quarantine first, then the work, then every row is verified and the namespace measured. It is released when it is well, "
            + "and watched for Store:RebuildWatch, 15 minutes unless set. Interrupted, the same command goes on.")
        {
            scope,
            from,
        };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            using var progress = new StepProgress(run.Terminal);
            var operations = MemoryOperations.Of(await run.StoresAsync(cancellationToken));
            var request = new RebuildRequest { Namespace = run.Get(scope)!, From = run.Get(from) is { } source && File.Exists(source) ? Path.GetFullPath(source) : run.Get(from) };
            RebuildReport report;
            try
            {
                report = await operations.RebuildAsync(run.Settings.Store, request, progress, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                progress.Dispose();
                run.Outlet.Note("interrupted; the namespace stays in quarantine, and the same command goes on where this one stopped");
                throw;
            }

            progress.Dispose();
            Print(run.Outlet, report);
            return report.Refused > 0 ? ExitCode.PartlyRefused : report.Success ? ExitCode.Done : ExitCode.Failed;
        });
        return verb.WithExamples("keepsake rebuild codebase", "keepsake rebuild codebase --from memories.jsonl", "keepsake rebuild codebase --from 20260131T093000Z-0198c0de");
    }

    private static void Print(Outlet outlet, RebuildReport report)
    {
        if (outlet.IsJson)
        {
            outlet.Json(report, KeepsakeJson.Default.RebuildReport);
            return;
        }

        if (outlet.IsForPerson)
        {
            outlet.Say(report.Success
                ? $"[green]Rebuilt[/] [bold]{Outlet.Safe(report.Namespace)}[/] and released it."
                : $"[red]Not well[/]: [bold]{Outlet.Safe(report.Namespace)}[/] stays in quarantine.");
            var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
            foreach (var (name, value) in Facts(report))
            {
                grid.AddRow($"[bold]{Outlet.Safe(name)}[/]", Outlet.Safe(value));
            }

            outlet.Console.Write(grid);
        }
        else
        {
            outlet.Line(report.Success ? "rebuilt" : "quarantined", report.Namespace, report.Mode);
            foreach (var (name, value) in Facts(report))
            {
                outlet.Line(name, value);
            }
        }

        foreach (var warning in report.Warnings)
        {
            outlet.Note(warning);
        }
    }

    private static IEnumerable<(string Name, string Value)> Facts(RebuildReport report)
    {
        yield return ("hit rate", $"{Text(report.HitRateBefore)} → {Text(report.HitRateAfter)}");
        yield return ("damaged", $"{Text(report.DamagedBefore)} → {Text(report.DamagedAfter)}");
        yield return ("items", Text(report.Items));
        yield return ("restored", Text(report.Restored));
        yield return ("refused", Text(report.Refused));
        yield return ("snapshot", report.Snapshot);
        foreach (var lost in report.Lost)
        {
            yield return ("lost", string.Create(CultureInfo.InvariantCulture, $"{lost.Percent:0.0} % of {lost.Namespace}: {lost.Lost} of {lost.Of}"));
        }

        if (report.WatchedUntil is { } until)
        {
            yield return ("watched until", until.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }
    }

    private static string Text(double? value) => value?.ToString("0.###", CultureInfo.InvariantCulture) ?? "-";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
