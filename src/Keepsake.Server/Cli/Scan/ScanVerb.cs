using System.CommandLine;
using System.Globalization;
using Keepsake.Server.Ownership;
using Spectre.Console;

namespace Keepsake.Server.Cli.Scan;

/// <summary><c>keepsake scan</c>: finds secrets that are stored already, and takes them out where that is asked for.</summary>
internal static class ScanVerb
{
    // A person reads the first screenful; a program asks for lines or JSON.
    private const int MaxShown = 50;

    public static Command Create(CommandLine cli)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Exports, backups' databases or texts to scan in place of the store",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var apply = new Option<bool>("--apply") { Description = "Redact what is found; without it nothing is changed" };
        var verb = new Command(
            "scan",
            "Find secrets that are stored already, with today's rules: in records and events, deleted ones that are not yet erased too. "
            + "Says of what kind they are, where, since when and when they were last recalled, and never what they are. "
            + "An interrupted scan goes on when it is run again.")
        {
            files,
            apply,
        };
        cli.Run(verb, (run, cancellationToken) => RunAsync(run, run.Get(files) ?? [], run.Get(apply), cancellationToken));
        return verb.WithExamples(
            "keepsake scan",
            "keepsake scan --apply",
            "keepsake scan --store work --json",
            "keepsake scan memories.jsonl backups/20260131T093000Z-0198c0de.db --apply");
    }

    private static async Task<int> RunAsync(CliRun run, string[] files, bool apply, CancellationToken cancellationToken)
    {
        using var progress = new ProgressLine(run.Terminal, run.Time, "Scanning", "memories");
        var start = new ScanPlace { Version = KeepsakeVersion.Text, Apply = apply, At = run.Time.GetUtcNow() };
        ScanPlace end;
        try
        {
            end = files.Length > 0
                ? await ScanFilesAsync(run, files, start, progress, cancellationToken)
                : await ScanStoreAsync(run, start, progress, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            run.Outlet.Note(files.Length > 0 ? "interrupted; files that were done are done" : "interrupted; the same command goes on where this one stopped");
            throw;
        }

        progress.Clear();
        Print(run.Outlet, new()
        {
            Applied = apply,
            Scanned = end.Scanned,
            Items = end.Items,
            Stays = end.Stays,
            Kinds = end.Kinds.OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToDictionary(),
            Findings = end.Findings,
        });
        return ExitCode.Done;
    }

    private static Task<ScanPlace> ScanFilesAsync(CliRun run, string[] files, ScanPlace start, ProgressLine progress, CancellationToken cancellationToken)
    {
        var folder = DataFolder.Open(run.Settings.Data);
        var scan = new FileScan(folder.Path, Settings.Of(folder).Store.Redaction, run.Settings.Store, progress.Report);
        return scan.RunAsync(files, start, cancellationToken);
    }

    private static async Task<ScanPlace> ScanStoreAsync(CliRun run, ScanPlace start, ProgressLine progress, CancellationToken cancellationToken)
    {
        var stores = await run.StoresAsync(cancellationToken);
        var scannable = stores as IScannableStores ?? throw new MemoryException(MemoryErrorCode.NotSupported, "These stores cannot be scanned.");
        var store = (await stores.ListAsync(cancellationToken)).FirstOrDefault(s => string.Equals(s.Name, run.Settings.Store, StringComparison.Ordinal))
            ?? throw MemoryException.NotFound($"There is no store '{run.Settings.Store}'. List them with: keepsake store list");
        var scan = new StoreScanRun(scannable, store, DataFolder.Open(run.Settings.Data).Path, run.Time, progress.Report);
        return await scan.RunAsync(start, run.Outlet.Note, cancellationToken);
    }

    private static void Print(Outlet outlet, ScanAnswer answer)
    {
        if (outlet.IsJson)
        {
            outlet.Json(answer, CliJson.Default.ScanAnswer);
            return;
        }

        var secrets = answer.Kinds.Values.Sum(count => (long)count) - answer.Stays;
        var stay = answer.Stays == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {answer.Stays} stay, in identifiers or because the settings only flag them");
        if (!outlet.IsForPerson)
        {
            outlet.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{secrets} secrets in {answer.Items} of {answer.Scanned} memories{(secrets == 0 ? "" : answer.Applied ? ", redacted" : "; nothing was changed")}{stay}"));
            foreach (var finding in answer.Findings)
            {
                outlet.Line(
                    finding.Kind, Number(finding.Count), finding.Type, finding.Id, finding.Namespace, finding.Field, Time(finding.CreatedAt),
                    Time(finding.LastRecalledAt), finding.Stays ? "stays" : answer.Applied ? "redacted" : "found", finding.File, Number(finding.Line));
            }

            return;
        }

        if (answer.Kinds.Count == 0)
        {
            outlet.Say($"No secrets in {answer.Scanned:N0} memories.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("Kind").AddColumn("Where").AddColumn("Field").AddColumn("Since").AddColumn("Last recalled");
        foreach (var finding in answer.Findings.Take(MaxShown))
        {
            var where = finding.File is null ? finding.Id ?? finding.Type : $"{finding.File}{(finding.Line is null ? "" : $":{finding.Line}")} {finding.Id}";
            table.AddRow(
                Outlet.Safe(finding.Count == 1 ? finding.Kind : $"{finding.Kind} × {finding.Count}"), Outlet.Safe(where),
                Outlet.Safe(finding.Stays ? $"{finding.Field} (stays)" : finding.Field), Outlet.Safe(Time(finding.CreatedAt)), Outlet.Safe(Time(finding.LastRecalledAt) ?? "never"));
        }

        outlet.Console.Write(table);
        if (answer.Findings.Count > MaxShown)
        {
            outlet.Say($"… and more; --json lists up to {ScanPlace.MaxFindings:N0}.");
        }

        outlet.Say(answer.Applied
            ? $"[green]Redacted[/] {secrets:N0} secrets in {answer.Items:N0} of {answer.Scanned:N0} memories{stay}. Change those secrets where they are used: others may have read them."
            : $"{secrets:N0} secrets in {answer.Items:N0} of {answer.Scanned:N0} memories{stay}. Nothing was changed; redact with: keepsake scan --apply");
    }

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
