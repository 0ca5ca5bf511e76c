using System.CommandLine;
using System.Globalization;
using Keepsake.Serialization;
using Spectre.Console;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake event</c> and <c>keepsake events</c>: what happened in a session.</summary>
internal static class EventVerbs
{
    private const int DefaultLimit = 20;

    public static Command CreateAppend(CommandLine cli)
    {
        var text = new Argument<string>("TEXT") { Description = "What happened; '-' reads it from standard input" };
        var actor = Actor();
        var session = Session();
        var role = new Option<string?>("--role") { Description = "Who spoke, such as user, assistant or tool", HelpName = "R" };
        var place = new Option<string?>("--namespace") { Description = "Where searches find it; without one it is only listed", HelpName = "NS" };
        var source = new Option<string?>("--source") { Description = "What it was taken from: a file, a tool, an address", HelpName = "S" };
        var verb = new Command("event", "Append an event to a session.") { text, actor, session, role, place, source };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var input = new EventInput
            {
                Content = await TextArgument.ReadAsync(run, run.Get(text)!, MemoryEvent.MaxContentLength, cancellationToken),
                ActorId = run.Get(actor)!,
                SessionId = run.Get(session)!,
                Role = run.Get(role),
                Namespace = run.Get(place),
                Source = run.Get(source),
            };
            var memory = await run.MemoryAsync(cancellationToken);
            Print(run.Outlet, input, await memory.AppendEventAsync(input, token: null, cancellationToken));
            return ExitCode.Done;
        });
        return verb.WithExamples(
            "keepsake event \"asked for a refund\" --actor alice --session 2026-01-02 --role user",
            "keepsake event - --actor ci --session build-17 --role tool < build.log");
    }

    public static Command CreateList(CommandLine cli)
    {
        var actor = Actor();
        var session = Session();
        var limit = new Option<int>("--limit")
        {
            Description = $"The most events, newest first chosen, 1 to {PageRequest.MaxLimit}",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultLimit,
        };
        var cursor = new Option<string?>("--cursor") { Description = "Go on with older events where the last page ended", HelpName = "C" };
        var verb = new Command("events", "List the newest events of a session, oldest of them first.") { actor, session, limit, cursor };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var query = new EventQuery
            {
                ActorId = run.Get(actor)!,
                SessionId = run.Get(session)!,
                Page = new(run.Get(limit), run.Get(cursor)),
            };
            var memory = await run.MemoryAsync(cancellationToken);
            Print(run.Outlet, await memory.ListEventsAsync(query, cancellationToken));
            return ExitCode.Done;
        });
        return verb.WithExamples(
            "keepsake events --actor alice --session 2026-01-02",
            "keepsake events --actor alice --session 2026-01-02 --limit 1000 --json");
    }

    private static Option<string> Actor() =>
        new("--actor") { Description = "Who the event is about or for", HelpName = "A", Required = true };

    private static Option<string> Session() =>
        new("--session") { Description = "The session it belongs to", HelpName = "S", Required = true };

    private static void Print(Outlet outlet, EventInput input, EventAnswer answer)
    {
        if (outlet.IsJson)
        {
            outlet.Json(answer, KeepsakeJson.Default.EventAnswer);
        }
        else if (outlet.IsForPerson)
        {
            var trimmed = answer.Trimmed is > 0 ? $" [yellow]{answer.Trimmed} of its oldest events made room.[/]" : "";
            outlet.Say(
                $"[green]Appended[/] [bold]{Outlet.Safe(answer.EventId)}[/] to session {Outlet.Safe(input.SessionId)}.{OutcomeText.Redacted(answer.Redactions)}{OutcomeText.Suspicious(answer.Suspicions)}{trimmed}");
        }
        else
        {
            outlet.Line(
            [
                OutcomeText.Word(answer.Outcome),
                answer.EventId,
                OutcomeText.Counts(answer.Redactions),
                answer.Trimmed?.ToString(CultureInfo.InvariantCulture),
                .. OutcomeText.Kinds(answer.Suspicions),
            ]);
        }
    }

    private static void Print(Outlet outlet, SessionEvents answer)
    {
        if (outlet.IsJson)
        {
            outlet.Json(answer, KeepsakeJson.Default.SessionEvents);
            return;
        }

        if (outlet.IsForPerson)
        {
            if (answer.Count == 0)
            {
                outlet.Say("This session has no events.");
                return;
            }

            var table = new Table().Border(TableBorder.Simple).AddColumn("When").AddColumn("Role").AddColumn("Event").AddColumn("Id");
            foreach (var happened in answer.Events)
            {
                table.AddRow(
                    happened.OccurredAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                    Outlet.Safe(happened.Role),
                    Markup.Escape(PlainText.Shortened(happened.Content, 400)),
                    Outlet.Safe(happened.Id));
            }

            outlet.Console.Write(table);
        }
        else
        {
            foreach (var happened in answer.Events)
            {
                outlet.Line(happened.Id, happened.OccurredAt.ToString("O", CultureInfo.InvariantCulture), happened.Role, happened.Content);
            }
        }

        ListVerb.NoteMore(outlet, answer.NextCursor);
    }
}
