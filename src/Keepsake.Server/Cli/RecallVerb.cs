using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake recall</c>: finds what is known.</summary>
internal static class RecallVerb
{
    public static Command Create(CommandLine cli)
    {
        var query = new Argument<string>("QUERY") { Description = "What you want to know, in any words; '-' reads it from standard input" };
        var scope = new Option<string?>("--namespace")
        {
            Description = "Where to look; namespaces under it are searched too, and none means the whole store",
            HelpName = "NS",
        };
        var metadata = MetadataPairs.Option();
        var topK = new Option<int>("--top-k")
        {
            Description = $"The most memories to return, 1 to {RecallRequest.MaxTopK}",
            HelpName = "N",
            DefaultValueFactory = _ => RecallRequest.DefaultTopK,
        };
        var minRelevance = new Option<double?>("--min-relevance")
        {
            Description = "Leave out what matches less, 0 to 1; without it the store's own floor keeps noise out",
            HelpName = "R",
            CustomParser = Relevance,
        };
        var explain = new Option<bool>("--explain") { Description = "Show the signals that ranked each memory" };
        var why = new Option<string?>("--why")
        {
            Description = "Say why a record or an event is in the answer, or is not",
            HelpName = "ID",
        };
        var verb = new Command("recall", "Find what is known, by meaning and by words, best first.")
        {
            query, scope, metadata, topK, minRelevance, explain, why,
        };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var request = new RecallRequest
            {
                Query = await TextArgument.ReadAsync(run, run.Get(query)!, RecallRequest.MaxQueryLength, cancellationToken),
                Namespace = run.Get(scope),
                Metadata = MetadataPairs.Parse(run.Get(metadata)),
                TopK = run.Get(topK),
                MinRelevance = run.Get(minRelevance),
                Explain = run.Get(explain),
                Why = run.Get(why),
            };
            var memory = await run.MemoryAsync(cancellationToken);
            Print(run.Outlet, await memory.RecallAsync(request, cancellationToken));
            return ExitCode.Done;
        });
        return verb.WithExamples(
            "keepsake recall \"when do we release?\"",
            "keepsake recall \"how are errors reported\" --namespace codebase --top-k 10",
            "keepsake recall \"open questions\" --metadata project=apollo --metadata year=2026",
            "keepsake recall \"indentation\" --explain --json",
            "keepsake recall \"when do we release?\" --why mem-0198…");
    }

    private static double? Relevance(ArgumentResult parsed)
    {
        var text = parsed.Tokens[0].Value;
        if (ShareArgument.TryParse(text, out var value))
        {
            return value;
        }

        parsed.AddError($"'{text}' is not a relevance; use a number from 0 to 1, such as 0.35");
        return null;
    }

    private static void Print(Outlet outlet, RecallAnswer answer)
    {
        if (outlet.IsJson)
        {
            outlet.Json(answer, KeepsakeJson.Default.RecallAnswer);
            return;
        }

        if (answer.Search == RecallAnswer.LexicalOnly)
        {
            outlet.Note("searched by words only, because no embedding model is usable; 'keepsake status' says why");
        }

        if (answer.Reranked == false)
        {
            outlet.Note("the reranker did not answer; the order is by relevance");
        }

        ListVerb.NoteLeftOut(outlet, answer.LeftOut);
        if (outlet.IsForPerson && answer.Count == 0)
        {
            outlet.Say(answer.LeftOut is null ? "Nothing is known about that." : "Nothing about that was found in what was searched.");
        }

        foreach (var memory in answer.Memories)
        {
            if (outlet.IsForPerson)
            {
                PrintForPerson(outlet, memory);
            }
            else
            {
                outlet.Line([Number(memory.Relevance), memory.Id, memory.Namespace.Value, memory.Content, Signals(memory), .. OutcomeText.Kinds(memory.Suspicions)]);
            }
        }

        if (answer.Why is not null)
        {
            Print(outlet, answer.Why);
        }
    }

    private static void Print(Outlet outlet, RecallWhy why)
    {
        var reason = JsonNamingPolicy.SnakeCaseLower.ConvertName(why.Reason.ToString());
        if (!outlet.IsForPerson)
        {
            outlet.Line("why", reason, why.Id, why.Rank?.ToString(CultureInfo.InvariantCulture), why.Relevance is { } relevance ? Number(relevance) : null, why.Message);
            return;
        }

        outlet.Say($"[yellow]{Outlet.Safe(reason)}[/]  {Outlet.Safe(why.Message)}");
        outlet.Say($"      [dim]{Outlet.Safe(why.Id)}{(why.Relevance is { } value ? $" · relevance {Number(value)}" : "")}[/]");
        if (why is { Signals: { } signals, Shares: { } shares })
        {
            SignalTable.Print(outlet, signals, shares);
        }
    }

    private static void PrintForPerson(Outlet outlet, RecalledMemory memory)
    {
        var said = memory.Speaker is { } speaker ? $"[bold]{Outlet.Safe(speaker)}:[/] " : "";
        outlet.Say($"[green]{Number(memory.Relevance)}[/]  {said}{Outlet.Safe(memory.Content)}");
        string?[] about =
        [
            memory.Namespace.Value,
            memory.Key,
            memory.ActorId,
            memory.OccurredAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            memory.Id,
            $"trust {memory.Trust.ToString().ToLowerInvariant()}",
        ];
        outlet.Say($"      [dim]{string.Join(" · ", about.Where(a => !string.IsNullOrEmpty(a)).Select(Outlet.Safe))}[/]");
        if (memory.Suspicions is { } suspicions)
        {
            outlet.Say($"      [yellow]suspicious: {Outlet.Safe(string.Join(", ", suspicions))}[/]");
        }

        if (memory is { Signals: { } signals, Shares: { } shares })
        {
            SignalTable.Print(outlet, signals, shares);
        }
    }

    private static string? Signals(RecalledMemory memory) => memory is { Signals: { } signals, Shares: { } shares }
        ? string.Join(',', signals.Select(s => $"{s.Key}={Number(s.Value)}:{Number(shares[s.Key])}"))
        : null;

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
