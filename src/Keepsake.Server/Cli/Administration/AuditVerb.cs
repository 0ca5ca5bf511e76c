using System.CommandLine;
using System.Globalization;
using Keepsake.Protection.Audit;
using Keepsake.Serialization;
using Keepsake.Server.Access;
using Keepsake.Server.Http;

namespace Keepsake.Server.Cli.Administration;

/// <summary><c>keepsake audit</c>: who did what, and whether the log of it is whole.</summary>
internal static class AuditVerb
{
    public static Command Create(CommandLine cli)
    {
        var actor = new Option<string?>("--actor") { Description = "Who did it, or whom it was about", HelpName = "A" };
        var scope = new Option<string?>("--namespace") { Description = "Only what named this namespace or one under it", HelpName = "NS" };
        var since = new Option<string?>("--since") { Description = "From when on: a day, or a time such as 2026-01-31T09:30:00Z", HelpName = "T" };
        var limit = new Option<int?>("--limit")
        {
            Description = $"The most entries, 1 to {PageRequest.MaxLimit}; {PageRequest.DefaultLimit} when left out, and all with --export",
            HelpName = "N",
        };
        var cursor = new Option<string?>("--cursor") { Description = "Go on where the last page ended", HelpName = "C" };
        var verify = new Option<bool>("--verify") { Description = "Check the whole log instead of listing it" };
        var anomalies = new Option<bool>("--anomalies") { Description = "Name what is unusual instead of listing" };
        var export = new Option<string?>("--export") { Description = "Write the entries, oldest first, as lines of JSON: a file, '-', 'syslog' or 'syslog:PATH', another socket", HelpName = "FILE" };
        var verb = new Command("audit", "List who did what, newest first; never content.") { actor, scope, since, limit, cursor, verify, anomalies, export };
        verb.Validators.Add(result =>
        {
            if ((result.GetValue(verify) ? 1 : 0) + (result.GetValue(anomalies) ? 1 : 0) + (result.GetValue(export) is null ? 0 : 1) > 1)
            {
                result.AddError("Give one of --verify, --anomalies and --export.");
            }

            // What would be left out unseen: a check of one actor's entries there is not.
            Option[] listing = result.GetValue(verify) ? [actor, scope, since, limit, cursor] : result.GetValue(anomalies) ? [actor, scope, limit, cursor] : [];
            if (listing.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } idle)
            {
                result.AddError($"{idle.Name} narrows a listing, and {(result.GetValue(verify) ? "--verify checks the whole log" : "--anomalies looks at all callers, with --since from a time on")}");
            }
        });
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var stores = (await run.StoresAsync(cancellationToken)).Administration();
            var from = TimeOf(run.Get(since));
            if (run.Get(verify))
            {
                return Print(run.Outlet, await stores.VerifyAuditAsync(cancellationToken));
            }

            if (run.Get(anomalies))
            {
                Print(run.Outlet, await stores.AuditAnomaliesAsync(from, cancellationToken));
                return ExitCode.Done;
            }

            var query = new AuditQuery { Actor = run.Get(actor), Namespace = run.Get(scope), Since = from, Page = new(run.Get(limit) ?? PageRequest.DefaultLimit, run.Get(cursor)) };
            if (run.Get(export) is { } target)
            {
                return await AuditExport.RunAsync(run, stores, query, run.Get(limit) ?? int.MaxValue, target, cancellationToken);
            }

            Print(run.Outlet, await stores.AuditAsync(query, cancellationToken));
            return ExitCode.Done;
        });
        return verb.WithExamples(
            "keepsake audit --actor key:ci --since 2026-01-31",
            "keepsake audit --namespace codebase --json",
            "keepsake audit --verify",
            "keepsake audit --anomalies",
            "keepsake audit --export audit.jsonl");
    }

    private static DateTimeOffset? TimeOf(string? text) => text is null ? null
        : AuditTime.TryParse(text) ?? throw MemoryException.Invalid("--since is a day such as 2026-01-31 or a time such as 2026-01-31T09:30:00Z.");

    private static int Print(Outlet outlet, AuditReport report)
    {
        if (outlet.IsJson)
        {
            outlet.Json(report, KeepsakeJson.Default.AuditReport);
        }
        else if (outlet.IsForPerson)
        {
            outlet.Say(report.IsIntact ? $"[green]Whole[/]: {report.Entries:N0} entries, {report.Checkpoints:N0} signed checkpoints." : "[red]Not whole.[/]");
            foreach (var problem in report.Problems)
            {
                outlet.Say(Outlet.Safe(problem));
            }
        }
        else
        {
            outlet.Line(report.IsIntact ? "whole" : "not whole", Number(report.Entries), Number(report.Checkpoints));
            foreach (var problem in report.Problems)
            {
                outlet.Line("problem", problem);
            }
        }

        return report.IsIntact ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Print(Outlet outlet, IReadOnlyList<AuditAnomaly> anomalies)
    {
        if (outlet.IsJson)
        {
            outlet.Json(anomalies, KeepsakeJson.Default.IReadOnlyListAuditAnomaly);
            return;
        }

        foreach (var anomaly in anomalies)
        {
            outlet.Line(anomaly.Kind, anomaly.Caller, Time(anomaly.From), Time(anomaly.To), Number(anomaly.Count));
        }

        if (anomalies.Count == 0 && outlet.IsForPerson)
        {
            outlet.Say("Nothing unusual.");
        }
    }

    private static void Print(Outlet outlet, Page<AuditEntry> page)
    {
        if (outlet.IsJson)
        {
            outlet.Json(page, KeepsakeJson.Default.PageAuditEntry);
            return;
        }

        foreach (var entry in page.Items)
        {
            outlet.Line(
                Number(entry.Seq), Time(entry.At), entry.Caller, entry.Door, entry.Operation, entry.Outcome, Number(entry.Count), entry.Store,
                entry.Namespace, entry.ActorId, entry.Detail, string.Join(' ', entry.Ids));
        }

        ListVerb.NoteMore(outlet, page.NextCursor);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffK", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
