using System.CommandLine;
using System.CommandLine.Parsing;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake remember</c>: stores one fact.</summary>
internal static class RememberVerb
{
    public static Command Create(CommandLine cli)
    {
        var text = new Argument<string>("TEXT") { Description = "The fact in plain words; '-' reads it from standard input" };
        var place = new Option<string>("--namespace")
        {
            Description = "Where it belongs",
            HelpName = "NS",
            DefaultValueFactory = _ => MemoryNamespace.Default.Value,
        };
        var key = new Option<string?>("--key") { Description = "Its name there: the same key again replaces it", HelpName = "K" };
        var actor = new Option<string?>("--actor") { Description = "Who it is about or for", HelpName = "A" };
        var source = new Option<string?>("--source") { Description = "What it was taken from: a file, a pull request, an address", HelpName = "S" };
        var origin = OriginOption();
        var verb = new Command("remember", "Store a fact, so that it is found again by meaning.") { text, place, key, actor, source, origin };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var request = new RememberRequest
            {
                Namespace = run.Get(place)!,
                Facts =
                [
                    new()
                    {
                        Content = await TextArgument.ReadAsync(run, run.Get(text)!, MemoryRecord.MaxContentLength, cancellationToken),
                        Key = run.Get(key),
                        ActorId = run.Get(actor),
                    },
                ],
                Source = run.Get(source),
                Origin = Claimed(run.Get(origin), run.Terminal.IsInPerson),
            };
            var memory = await run.MemoryAsync(cancellationToken);
            return Print(run.Outlet, request.Namespace, await memory.RememberAsync(request, token: null, cancellationToken));
        });
        return verb.WithExamples(
            "keepsake remember \"Releases are cut on Thursdays\" --namespace codebase/conventions",
            "keepsake remember \"prefers tabs\" --namespace preferences/user/alice --key indentation --actor alice",
            "keepsake remember \"The API allows 60 calls a minute\" --source https://example.com/docs --origin web",
            "git log -1 --format=%B | keepsake remember - --namespace codebase/patterns");
    }

    private static Option<MemoryOrigin?> OriginOption() => new("--origin")
    {
        Description = "Whose words they are: user, agent, tool, web or import; a person at a terminal is the user, a script an agent at most",
        HelpName = "O",
        CustomParser = Origin,
    };

    private static MemoryOrigin? Origin(ArgumentResult parsed)
    {
        var word = parsed.Tokens[0].Value;
        foreach (var origin in Enum.GetValues<MemoryOrigin>())
        {
            if (string.Equals(origin.ToString(), word, StringComparison.OrdinalIgnoreCase))
            {
                return origin;
            }
        }

        parsed.AddError($"'{word}' is not an origin; use user, agent, tool, web or import");
        return null;
    }

    // That a person wrote it, a keyboard says better than an option.
    private static MemoryOrigin? Claimed(MemoryOrigin? said, bool isInPerson) => said switch
    {
        null => isInPerson ? MemoryOrigin.User : null,
        MemoryOrigin.User when !isInPerson => MemoryOrigin.Agent,
        _ => said,
    };

    private static int Print(Outlet outlet, string @namespace, RememberAnswer answer)
    {
        if (outlet.IsJson)
        {
            outlet.Json(answer, KeepsakeJson.Default.RememberAnswer);
        }

        var outcome = answer.Outcomes[0];
        if (outcome.Error is { } error)
        {
            outlet.Fail(error);
            return ExitCode.Of(error);
        }

        if (outlet.IsForPerson)
        {
            outlet.Say($"{Words(outcome)} [bold]{Outlet.Safe(outcome.Id)}[/] in {Outlet.Safe(@namespace)}.{OutcomeText.Redacted(outcome.Redactions)}{OutcomeText.Suspicious(outcome.Suspicions)}");
        }
        else if (!outlet.IsJson)
        {
            outlet.Line([OutcomeText.Word(outcome.Outcome), outcome.Id, OutcomeText.Counts(outcome.Redactions), .. OutcomeText.Kinds(outcome.Suspicions)]);
        }

        return ExitCode.Done;
    }

    private static string Words(WriteOutcome outcome) => outcome.Outcome switch
    {
        WriteResult.Created => "[green]Remembered[/] as",
        WriteResult.Merged => "[green]Known already[/]; merged into",
        WriteResult.Replaced => "[green]Replaced[/]",
        WriteResult.Unchanged => "[green]Known already[/], unchanged:",
        _ => "[yellow]Queued[/] as",
    };
}
