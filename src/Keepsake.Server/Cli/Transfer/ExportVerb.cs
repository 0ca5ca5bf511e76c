using System.CommandLine;
using Keepsake.Protection;

namespace Keepsake.Server.Cli.Transfer;

/// <summary><c>keepsake export</c>: writes a store or a namespace as JSON Lines.</summary>
internal static class ExportVerb
{
    public static Command Create(CommandLine cli)
    {
        var file = new Argument<string>("FILE") { Description = "Where to write; '-' is standard output" };
        var scope = new Argument<string?>("NS")
        {
            Description = "A namespace, with those under it; none means everything, events without a namespace included",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verb = new Command(
            "export",
            "Write records and events as JSON Lines, losslessly. An interrupted export goes on when it is run again.") { file, scope };
        cli.Run(verb, (run, cancellationToken) => RunAsync(run, run.Get(file)!, run.Get(scope), cancellationToken));
        return verb.WithExamples(
            "keepsake export memories.jsonl",
            "keepsake export - codebase | gzip > codebase.jsonl.gz",
            "keepsake export - --store old | keepsake import - --store new");
    }

    private static async Task<int> RunAsync(CliRun run, string file, string? scope, CancellationToken cancellationToken)
    {
        // Checked here too, so that a mistake leaves no file behind.
        var normalized = MemoryNamespace.ParseScope(scope).Path;
        var memory = await run.MemoryAsync(cancellationToken);
        var start = new TransferPlace { Store = await StoreIdAsync(run, cancellationToken), Of = normalized, At = run.Time.GetUtcNow() };
        var total = normalized.Length == 0 ? await CountAsync(memory, cancellationToken) : (long?)null;
        using var progress = new ProgressLine(run.Terminal, run.Time, "Exporting", "memories");
        var exporter = new Exporter(memory, scope, run.Time, written => progress.Report(written, total is > 0 ? (double)written / total : null));
        if (file == "-")
        {
            var end = await exporter.ToStreamAsync(run.Terminal.Out, start, cancellationToken);
            progress.Clear();
            run.Outlet.Note($"exported {end.Records:N0} records and {end.Lines - end.Records:N0} events");
            return ExitCode.Done;
        }

        try
        {
            var end = await exporter.ToFileAsync(Target(file), start, place => NoteResumed(run, file, place), cancellationToken);
            progress.Clear();
            Print(run.Outlet, new(file, end.Records, end.Lines - end.Records, end.Bytes));
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            run.Outlet.Note("interrupted; the same command goes on where this one stopped");
            throw;
        }
    }

    /// <summary>The id of the store that the call names; its name where the list does not hold it, and then its use fails.</summary>
    public static async Task<string> StoreIdAsync(CliRun run, CancellationToken cancellationToken)
    {
        var stores = await (await run.StoresAsync(cancellationToken)).ListAsync(cancellationToken);
        return stores.FirstOrDefault(s => string.Equals(s.Name, run.Settings.Store, StringComparison.Ordinal))?.Id ?? run.Settings.Store;
    }

    // A link to the file stays a link to the file.
    private static string Target(string file)
    {
        if (Directory.Exists(file))
        {
            throw MemoryException.Invalid($"'{file}' is a folder. Name a file in it, such as '{Path.Combine(file, "memories.jsonl")}'.");
        }

        InputFile.CheckFolderOf(file);

        // The rename at the end would take its place: a reader would wait for ever, and a device would be gone.
        if (FileFacts.IsPipeOrDevice(file))
        {
            throw MemoryException.Invalid($"'{file}' is a pipe, a socket or a device, and an export puts a file in its place. Write to standard output: keepsake export - > {ShellWord.Of(file)}");
        }

        return new FileInfo(file) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
            : Path.GetFullPath(file);
    }

    private static async Task<long> CountAsync(IMemory memory, CancellationToken cancellationToken)
    {
        var counts = (await memory.StatusAsync(cancellationToken)).Counts;
        return counts.Records + counts.Events;
    }

    private static void NoteResumed(CliRun run, string file, TransferPlace place) =>
        run.Outlet.Note($"going on after {place.Lines:N0} memories of an interrupted export; delete '{Exporter.PartOf(file)}' to start anew");

    private static void Print(Outlet outlet, ExportAnswer answer)
    {
        if (outlet.IsJson)
        {
            outlet.Json(answer, CliJson.Default.ExportAnswer);
        }
        else if (outlet.IsForPerson)
        {
            outlet.Say($"Exported {answer.Records:N0} records and {answer.Events:N0} events to {Outlet.Safe(answer.File)}.");
        }
        else
        {
            outlet.Line("records", answer.Records.ToString(System.Globalization.CultureInfo.InvariantCulture));
            outlet.Line("events", answer.Events.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
