using System.CommandLine;
using Keepsake.Serialization;
using Keepsake.Server.Ownership;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake forget</c>: deletes memories by id, a session, or all that came from a source.</summary>
internal static class ForgetVerb
{
    public static Command Create(CommandLine cli)
    {
        var ids = new Argument<string[]>("ID") { Description = "Records and events", Arity = ArgumentArity.ZeroOrMore };
        var actor = new Option<string?>("--actor") { Description = "Whose session, with --session", HelpName = "A" };
        var session = new Option<string?>("--session") { Description = "The session whose events are deleted", HelpName = "S" };
        var source = new Option<string?>("--source")
        {
            Description = "All that came from this source, and what was derived from it",
            HelpName = "S",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "With --source: only count, delete nothing" };
        var hard = new Option<bool>("--hard") { Description = "Erase now; without it, 'keepsake restore' brings records back for Store:DeletedRetention, 30 days unless set" };
        var reason = new Option<string?>("--reason") { Description = "Why; kept with what is kept", HelpName = "R" };
        var @namespace = new Option<string?>("--namespace") { Description = "The namespace whose keys are destroyed, with --shred", HelpName = "NS" };
        var shred = new Option<bool>("--shred")
        {
            Description = "In an encrypted store, destroy the keys of an actor or a namespace: no copy can be read any more, in backups neither. Prints a signed receipt",
        };
        var verb = new Command("forget", "Delete memories by id, all events of a session, all that came from a source, or all of an actor or a namespace.")
        {
            ids, actor, session, source, dryRun, hard, reason, @namespace, shred,
        };
        verb.Validators.Add(result =>
        {
            var hasIds = result.GetValue(ids) is { Length: > 0 };
            var hasActor = result.GetValue(actor) is not null;
            var hasSession = result.GetValue(session) is not null;
            var hasSource = result.GetValue(source) is not null;
            if (result.GetValue(shred))
            {
                if (hasIds || hasSession || hasSource || hasActor == result.GetValue(@namespace) is not null)
                {
                    result.AddError("Say whose keys to destroy: --shred with either --actor or --namespace.");
                }
            }
            else if (result.GetValue(@namespace) is not null
                || (hasIds ? 1 : 0) + (hasActor && hasSession ? 1 : 0) + (hasSource ? 1 : 0) != 1 || hasActor != hasSession)
            {
                result.AddError("Say what to forget: either ids, or --actor and --session together, or --source.");
            }
            else if (result.GetValue(dryRun) && !hasSource)
            {
                result.AddError("--dry-run goes with --source only.");
            }
        });
        cli.Run(verb, async (run, cancellationToken) =>
        {
            if (run.Get(shred))
            {
                return await ShredAsync(run, run.Get(actor), run.Get(@namespace), cancellationToken);
            }

            var memory = await run.MemoryAsync(cancellationToken);
            if (run.Get(source) is { } from)
            {
                return Print(run.Outlet, await memory.ForgetSourceAsync(from, run.Get(hard), run.Get(dryRun), run.Get(reason), cancellationToken: cancellationToken));
            }

            var named = run.Get(ids) ?? [];
            var answer = named.Length > 0
                ? await memory.ForgetAsync(named, run.Get(hard), run.Get(reason), cancellationToken: cancellationToken)
                : await memory.ForgetSessionAsync(run.Get(actor)!, run.Get(session)!, run.Get(hard), run.Get(reason), cancellationToken: cancellationToken);
            return Print(run, named.Length, answer);
        });
        return verb.WithExamples(
            "keepsake forget mem-0198c0de-7f00-7000-8000-000000000001 --reason \"no longer true\"",
            "keepsake forget --actor alice --session 2026-01-02 --hard",
            "keepsake forget --source https://example.com/page --dry-run",
            "keepsake forget --source https://example.com/page --hard --reason \"it lied\"",
            "keepsake forget --actor alice --shred --store secrets");
    }

    // The receipt is what was asked for, so it is printed as it is kept and signed, whoever reads it.
    private static async Task<int> ShredAsync(CliRun run, string? actor, string? @namespace, CancellationToken cancellationToken)
    {
        var stores = KeyEndpoints.Of(await run.StoresAsync(cancellationToken));
        var receipt = await stores.ShredAsync(run.Settings.Store, actor, @namespace, cancellationToken);
        run.Outlet.Json(receipt, KeepsakeJson.Default.ShredReceipt);
        return ExitCode.Done;
    }

    private static int Print(Outlet outlet, ForgetSourceAnswer answer)
    {
        if (outlet.IsJson)
        {
            outlet.Json(answer, KeepsakeJson.Default.ForgetSourceAnswer);
        }
        else if (outlet.IsForPerson)
        {
            outlet.Say(
                $"{(answer.DryRun ? "Would forget" : "Forgot")} {answer.Records:N0} records and {answer.Events:N0} events, {answer.Derived:N0} of them derived from others.");
        }
        else
        {
            outlet.Line(answer.DryRun ? "found" : "deleted", Number(answer.Records), Number(answer.Events), Number(answer.Derived));
        }

        return ExitCode.Done;
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static int Print(CliRun run, int named, DeleteAnswer answer)
    {
        if (run.Settings.Json)
        {
            run.Outlet.Json(answer, KeepsakeJson.Default.DeleteAnswer);
        }
        else if (run.Outlet.IsForPerson)
        {
            run.Outlet.Say(named > 0 ? $"Forgot {answer.Deleted:N0} of {named:N0}." : $"Forgot {answer.Deleted:N0} events.");
        }
        else
        {
            run.Outlet.Line("deleted", Number(answer.Deleted));
        }

        if (named > 0 && answer.Deleted == 0)
        {
            run.Outlet.Fail(MemoryException.NotFound("Nothing has that id. 'keepsake list' shows ids."));
            return ExitCode.NotFound;
        }

        return answer.Success ? ExitCode.Done : ExitCode.PartlyRefused;
    }
}
