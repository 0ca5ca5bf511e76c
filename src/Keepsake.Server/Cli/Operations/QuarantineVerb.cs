using System.CommandLine;
using System.Globalization;
using Keepsake.Serialization;
using Keepsake.Server.Ownership;

namespace Keepsake.Server.Cli.Operations;

/// <summary><c>keepsake quarantine</c>: takes a namespace out of reading and writing, or puts it back.</summary>
internal static class QuarantineVerb
{
    public static Command Create(CommandLine cli)
    {
        var scope = new Argument<string?>("NS") { Description = "The namespace, with all under it; without one, those in quarantine are listed", Arity = ArgumentArity.ZeroOrOne };
        var release = new Option<bool>("--release") { Description = "Put it back into reading and writing" };
        var reason = new Option<string?>("--reason") { Description = "Why; shown to who lists the quarantine", HelpName = "R" };
        var verb = new Command("quarantine", "Take a namespace out of reading and writing, for everybody; its data stays as it is.") { scope, release, reason };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            if (run.Get(reason) is not null && (run.Get(release) || run.Get(scope) is null))
            {
                throw MemoryException.Invalid("--reason goes with a namespace that is taken out: keepsake quarantine NS --reason R");
            }

            var operations = MemoryOperations.Of(await run.StoresAsync(cancellationToken));
            if (run.Get(scope) is not { } @namespace)
            {
                if (run.Get(release))
                {
                    throw MemoryException.Invalid("--release needs a namespace. List those in quarantine with: keepsake quarantine");
                }

                PrintAll(run.Outlet, await operations.ListQuarantineAsync(run.Settings.Store, cancellationToken));
                return ExitCode.Done;
            }

            var isEmpty = !run.Get(release) && await IsEmptyAsync(run, @namespace, cancellationToken);
            var item = run.Get(release)
                ? await operations.ReleaseAsync(run.Settings.Store, @namespace, cancellationToken)
                : await operations.QuarantineAsync(run.Settings.Store, @namespace, run.Get(reason), cancellationToken);
            Print(run.Outlet, run.Get(release), item);
            if (isEmpty)
            {
                run.Outlet.Note($"nothing is stored in '{item.Namespace.Path}': if that is a misspelling, release it with: keepsake quarantine {item.Namespace.Path} --release");
            }

            return ExitCode.Done;
        });
        return verb.WithExamples(
            "keepsake quarantine codebase --reason 'odd answers since Monday'", "keepsake quarantine", "keepsake quarantine codebase --release");
    }

    // Asked before, because what is in quarantine is not counted for everybody. A list of as many namespaces as it can hold may lack this one.
    private static async Task<bool> IsEmptyAsync(CliRun run, string @namespace, CancellationToken cancellationToken)
    {
        var scope = MemoryNamespace.Parse(@namespace);
        try
        {
            var status = await (await run.MemoryAsync(cancellationToken)).StatusAsync(cancellationToken);
            return status is { Status: StatusVerb.Connected, Counts.Namespaces: { Count: < MemoryCounts.MaxNamespaces } there }
                && !there.Any(counted => scope.Contains(MemoryNamespace.Parse(counted.Namespace)));
        }
        catch (MemoryException e) when (e.Code is MemoryErrorCode.Forbidden)
        {
            // Who may take it out and not look into it is not told.
            return false;
        }
    }

    private static void Print(Outlet outlet, bool isReleased, QuarantinedNamespace item)
    {
        if (outlet.IsJson)
        {
            outlet.Json(item, KeepsakeJson.Default.QuarantinedNamespace);
        }
        else if (outlet.IsForPerson)
        {
            outlet.Say(isReleased
                ? $"[green]Released[/] [bold]{Outlet.Safe(item.Namespace.Path)}[/]."
                : $"[bold]{Outlet.Safe(item.Namespace.Path)}[/] is in quarantine: nothing in it is read or written. Put it back with --release.");
        }
        else
        {
            outlet.Line(isReleased ? "released" : "quarantined", item.Namespace.Path, Time(item), item.Reason);
        }
    }

    private static void PrintAll(Outlet outlet, IReadOnlyList<QuarantinedNamespace> items)
    {
        if (outlet.IsJson)
        {
            outlet.Json(new Page<QuarantinedNamespace>(items, NextCursor: null), CliJson.Default.PageQuarantinedNamespace);
            return;
        }

        foreach (var item in items)
        {
            outlet.Line(item.Namespace.Path, Time(item), item.Reason);
        }
    }

    private static string Time(QuarantinedNamespace item) => item.Since.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
