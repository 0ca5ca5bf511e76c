using System.CommandLine;

namespace Keepsake.Server.Cli.Eval;

/// <summary><c>keepsake eval</c>: how well recall does on collections with known answers.</summary>
internal static class EvalVerb
{
    public static Command Create(CommandLine cli) =>
        new Command("eval", "Measure recall on collections with known answers, in a data folder of its own that is removed after.")
        {
            OfConversations(
                cli,
                "locomo",
                "LoCoMo's own layout: a JSON list of conversations in dated sessions.",
                LocomoReader.Read,
                "keepsake eval locomo locomo10.json",
                "keepsake eval locomo locomo10.json.gz --level session --json",
                "keepsake eval locomo locomo10.json --compare lexical"),
            OfConversations(
                cli,
                "conversations",
                "One conversation a line: {\"id\",\"turns\":[{\"id\",\"session\",\"speaker\",\"time\",\"text\"}],"
                + "\"questions\":[{\"question\",\"category\",\"evidence\":[turn ids]}]}.",
                ConversationsReader.Read,
                "keepsake eval conversations chats.jsonl.gz --json",
                "keepsake eval conversations chats.jsonl.gz --compare default without=session-words"),
            OfBeir(cli),
        }.WithExamples(
            "keepsake eval locomo locomo10.json",
            "keepsake eval conversations chats.jsonl.gz --json",
            "keepsake eval beir scifact");

    private static Command OfConversations(
        CommandLine cli, string name, string description, Func<string, IReadOnlyList<Conversation>> read, params string[] examples)
    {
        var file = new Argument<string>("FILE") { Description = "The conversations; gzip is recognised" };
        var level = new Option<EvalLevel>("--level")
        {
            Description = "What is found: a turn, or a session ranked by its best turn",
            HelpName = "turn|session",
            CustomParser = parsed => Enum.TryParse<EvalLevel>(parsed.Tokens[0].Value, ignoreCase: true, out var value) ? value : Refuse(parsed),
            DefaultValueFactory = _ => EvalLevel.Turn,
        };
        var compare = Comparison.Option();
        var verb = new Command(name, description) { file, level, compare };
        cli.Run(verb, (run, cancellationToken) =>
        {
            var eval = new ConversationEval(run, Asked(read(run.Get(file)!)), run.Get(level));
            return run.Get(compare) is { Length: > 0 } settings
                ? Comparison.RunAsync(run, settings, store => eval.RecallAt10Async(store, cancellationToken), cancellationToken)
                : eval.RunAsync(cancellationToken);
        });
        return verb.WithExamples(examples);
    }

    private static Command OfBeir(CommandLine cli)
    {
        var folder = new Argument<string>("FOLDER") { Description = "corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv, each also as .gz" };
        var split = new Option<string>("--split")
        {
            Description = "Which judgements count",
            HelpName = "NAME",
            DefaultValueFactory = _ => BeirReader.DefaultSplit,
        };
        var compare = Comparison.Option();
        var verb = new Command("beir", "A collection in BEIR's layout: documents, questions, and which document answers which question.")
        {
            folder, split, compare,
        };
        cli.Run(verb, (run, cancellationToken) =>
        {
            var eval = new BeirEval(run, BeirReader.Read(run.Get(folder)!, run.Get(split)!));
            return run.Get(compare) is { Length: > 0 } settings
                ? Comparison.RunAsync(run, settings, store => eval.RecallAt10Async(store, cancellationToken), cancellationToken)
                : eval.RunAsync(cancellationToken);
        });
        return verb.WithExamples(
            "keepsake eval beir scifact",
            "keepsake eval beir scifact --split train --json",
            "keepsake eval beir scifact --compare lexical");
    }

    private static IReadOnlyList<Conversation> Asked(IReadOnlyList<Conversation> conversations) =>
        conversations.Count == 0 ? throw MemoryException.Invalid("The file holds no conversation.")
        : !conversations.Any(c => c.Questions.Any(q => q.Evidence.Count > 0)) ? throw MemoryException.Invalid("The file holds no question with evidence that is in it.")
        : conversations;

    private static EvalLevel Refuse(System.CommandLine.Parsing.ArgumentResult parsed)
    {
        parsed.AddError($"--level is '{parsed.Tokens[0].Value}'; use turn or session.");
        return default;
    }
}
