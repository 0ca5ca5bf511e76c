using System.CommandLine;
using System.Globalization;

namespace Keepsake.Server.Cli.Transfer;

/// <summary><c>keepsake import</c>: reads back what an export wrote.</summary>
internal static class ImportVerb
{
    // A file of another format fails on each line; after these many a person has seen what is wrong.
    private const int MaxShownRefusals = 20;

    public static Command Create(CommandLine cli)
    {
        var file = new Argument<string>("FILE") { Description = "What an export wrote; '-' is standard input" };
        var verb = new Command(
            "import",
            "Read records and events back, ids and times as they are. Repeating it changes nothing.") { file };
        cli.Run(verb, (run, cancellationToken) => RunAsync(run, run.Get(file)!, cancellationToken));
        return verb.WithExamples(
            "keepsake import memories.jsonl",
            "zcat codebase.jsonl.gz | keepsake import - --store my-project",
            "keepsake import <(zcat codebase.jsonl.gz)",
            "keepsake import memories.jsonl --json");
    }

    private static async Task<int> RunAsync(CliRun run, string file, CancellationToken cancellationToken)
    {
        var pipe = file == "-" ? run.Terminal.In : InputFile.Inherited(file);
        var isFile = pipe is null;
        await using var input = pipe ?? Open(file);
        var length = isFile ? input.Length : (long?)null;
        var placeFile = length is not null ? file + ".place" : null;
        await using var ahead = new ReadAhead(input, cancellationToken) { File = isFile ? file : "-" };
        if (!File.Exists(placeFile))
        {
            // Nothing to go on with: the first lines are parsed while the store is opened.
            ahead.Begin(offset: 0, line: 0);
        }

        var memory = await run.MemoryAsync(cancellationToken);
        var place = await PlaceAsync(run, file, length, placeFile, cancellationToken);
        if (place.Bytes > 0)
        {
            input.Seek(place.Bytes, SeekOrigin.Begin);
            run.Outlet.Note($"going on at line {place.Lines + 1:N0} of an interrupted import; delete '{placeFile}' to start anew");
        }

        ahead.Begin(place.Bytes, place.Lines);

        using var progress = new ProgressLine(run.Terminal, run.Time, "Importing", "lines");
        var shown = 0;
        var importer = new Importer(memory, run.Time)
        {
            PlaceFile = placeFile,
            Report = (lines, bytes) => progress.Report(lines - place.Lines, length is > 0 ? (double)bytes / length : null),
            Refused = refusal =>
            {
                progress.Clear();
                if (shown++ < MaxShownRefusals)
                {
                    run.Outlet.Fail(refusal);
                }
            },
        };
        try
        {
            var answer = await importer.ImportAsync(ahead, place, cancellationToken);
            progress.Clear();
            if (placeFile is not null)
            {
                TransferPlace.Delete(placeFile);
            }

            Print(run.Outlet, answer, shown - MaxShownRefusals);
            return answer.Success ? ExitCode.Done : ExitCode.PartlyRefused;
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            run.Outlet.Note(placeFile is null
                ? "interrupted; what was imported stays, and importing it again changes nothing"
                : "interrupted; the same command goes on where this one stopped");
            throw;
        }
    }

    private static FileStream Open(string file)
    {
        InputFile.Check(file, "Name the file that an export wrote.", $"Give what it holds on standard input: keepsake import - < {ShellWord.Of(file)}");
        return new(file, new FileStreamOptions { Mode = FileMode.Open, BufferSize = 0, Options = FileOptions.SequentialScan });
    }

    private static async Task<TransferPlace> PlaceAsync(
        CliRun run, string file, long? length, string? placeFile, CancellationToken cancellationToken)
    {
        var start = new TransferPlace
        {
            Store = await ExportVerb.StoreIdAsync(run, cancellationToken),
            Of = length is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{length}/{File.GetLastWriteTimeUtc(file).Ticks}"),
            At = run.Time.GetUtcNow(),
        };
        return placeFile is null ? start : TransferPlace.Load(placeFile, start);
    }

    private static void Print(Outlet outlet, ImportAnswer answer, int unshown)
    {
        if (unshown > 0)
        {
            outlet.Note($"{unshown:N0} more lines were refused");
        }

        if (outlet.IsJson)
        {
            outlet.Json(answer, CliJson.Default.ImportAnswer);
        }
        else if (outlet.IsForPerson)
        {
            var outcomes = string.Join(", ", answer.Outcomes.Where(o => o.Key != "refused").Select(o => $"{o.Value:N0} {o.Key}"));
            var refused = answer.Failed > 0 ? $" [red]{answer.Failed:N0} refused.[/]" : "";
            outlet.Say($"Imported {answer.Lines:N0} lines: {(outcomes.Length > 0 ? outcomes : "nothing new")}.{refused}{OutcomeText.Redacted(answer.Redactions)}");
        }
        else
        {
            outlet.Line("lines", answer.Lines.ToString(CultureInfo.InvariantCulture));
            foreach (var (word, count) in answer.Outcomes.Where(o => o.Key != "refused"))
            {
                outlet.Line(word, count.ToString(CultureInfo.InvariantCulture));
            }

            outlet.Line("failed", answer.Failed.ToString(CultureInfo.InvariantCulture));
        }
    }
}
