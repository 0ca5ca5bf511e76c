using System.CommandLine;
using Spectre.Console;

namespace Keepsake.Server.Cli.Eval;

/// <summary><c>keepsake eval</c>: how well recall does on real conversations.</summary>
internal static class EvalVerb
{
    public static Command Create(CommandLine cli) =>
        new Command("eval", "Measure recall on conversations with known answers, in a data folder of its own that is removed after.")
        {
            Create(
                cli,
                "locomo",
                "LoCoMo's own layout: a JSON list of conversations in dated sessions.",
                LocomoReader.Read,
                "keepsake eval locomo locomo10.json",
                "keepsake eval locomo locomo10.json.gz --level session --json"),
            Create(
                cli,
                "conversations",
                "One conversation a line: {\"id\",\"turns\":[{\"id\",\"session\",\"speaker\",\"time\",\"text\"}],"
                + "\"questions\":[{\"question\",\"category\",\"evidence\":[turn ids]}]}.",
                ConversationsReader.Read,
                "keepsake eval conversations chats.jsonl.gz --json"),
        }.WithExamples(
            "keepsake eval locomo locomo10.json",
            "keepsake eval conversations chats.jsonl.gz --json");

    private static Command Create(
        CommandLine cli, string name, string description, Func<Stream, IEnumerable<Conversation>> read, params string[] examples)
    {
        var file = new Argument<string>("FILE") { Description = "The conversations; gzip is recognised" };
        var level = new Option<EvalLevel>("--level")
        {
            Description = "What is found: a turn, or a session ranked by its best turn",
            HelpName = "turn|session",
            CustomParser = parsed => Enum.TryParse<EvalLevel>(parsed.Tokens[0].Value, ignoreCase: true, out var value) ? value : Refuse(parsed),
            DefaultValueFactory = _ => EvalLevel.Turn,
        };
        var verb = new Command(name, description) { file, level };
        cli.Run(verb, (run, cancellationToken) => RunAsync(run, ConversationFile.Read(run.Get(file)!, read), run.Get(level), cancellationToken));
        return verb.WithExamples(examples);
    }

    private static EvalLevel Refuse(System.CommandLine.Parsing.ArgumentResult parsed)
    {
        parsed.AddError($"--level is '{parsed.Tokens[0].Value}'; use turn or session.");
        return default;
    }

    private static async Task<int> RunAsync(
        CliRun run, IReadOnlyList<Conversation> conversations, EvalLevel level, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("keepsake-eval-");
        try
        {
            var stores = await run.OpenAsync(folder.FullName, cancellationToken);
            try
            {
                Print(run.Outlet, await EvaluateAsync(run, stores[CommonSettings.DefaultStore], conversations, level, cancellationToken));
            }
            finally
            {
                if (stores is IAsyncDisposable open)
                {
                    await open.DisposeAsync();
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return ExitCode.Done;
    }

    private static async Task<EvalReport> EvaluateAsync(
        CliRun run, IMemory memory, IReadOnlyList<Conversation> conversations, EvalLevel level, CancellationToken cancellationToken)
    {
        if ((await memory.StatusAsync(cancellationToken)).Search == RecallAnswer.LexicalOnly)
        {
            run.Outlet.Note("no embedding model is usable, so this measures search by words only");
        }

        var evaluator = new Evaluator(memory, run.Time);
        List<StoredConversation> stored = [];
        using (var progress = new ProgressLine(run.Terminal, run.Time, "Storing", "turns"))
        {
            var total = conversations.Sum(c => c.Turns.Count);
            foreach (var (i, conversation) in conversations.Index())
            {
                stored.Add(await evaluator.StoreAsync(conversation, i + 1, cancellationToken));
                var turns = stored.Sum(s => s.Conversation.Turns.Count);
                progress.Report(turns, (double)turns / total);
            }
        }

        using (var progress = new ProgressLine(run.Terminal, run.Time, "Asking", "questions"))
        {
            var total = conversations.Sum(c => c.Questions.Count(q => q.Evidence.Count > 0));
            var asked = 0;
            foreach (var conversation in stored)
            {
                await evaluator.AskAsync(conversation, level, () => progress.Report(++asked, (double)asked / total), cancellationToken);
            }
        }

        return evaluator.Report(level);
    }

    private static void Print(Outlet outlet, EvalReport report)
    {
        if (outlet.IsJson)
        {
            outlet.Json(report, CliJson.Default.EvalReport);
            return;
        }

        IEnumerable<(string Name, EvalScores Scores)> rows = [.. report.Categories.Select(c => (c.Key, c.Value)), ("all", report.Overall)];
        if (!outlet.IsForPerson)
        {
            outlet.Line("category", "recall@1", "recall@5", "recall@10", "recall@20", "mrr");
            foreach (var (name, scores) in rows)
            {
                outlet.Line([name, .. Cells(scores)]);
            }

            outlet.Line("questions", Text(report.Questions));
            outlet.Line("recall ms", Text(report.RecallMs.P50), Text(report.RecallMs.P95));
            outlet.Line("records/s", Text(report.RecordsPerSecond));
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn("Category");
        foreach (var column in (ReadOnlySpan<string>)["recall@1", "@5", "@10", "@20", "MRR"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var (name, scores) in rows)
        {
            table.AddRow([Outlet.Safe(name), .. Cells(scores)]);
        }

        outlet.Console.Write(table);
        outlet.Say(
            $"{report.Questions:N0} questions by {report.Level.ToString().ToLowerInvariant()}; recall in {Text(report.RecallMs.P50)} ms (p95 {Text(report.RecallMs.P95)} ms); {report.RecordsPerSecond:N0} records a second.");
    }

    private static string[] Cells(EvalScores scores) =>
        [Score(scores.RecallAt1), Score(scores.RecallAt5), Score(scores.RecallAt10), Score(scores.RecallAt20), Score(scores.Mrr)];

    private static string Score(double value) => value.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
}
