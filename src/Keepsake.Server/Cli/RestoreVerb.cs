using System.CommandLine;
using Keepsake.Serialization;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake restore</c>: brings deleted records back.</summary>
internal static class RestoreVerb
{
    public static Command Create(CommandLine cli)
    {
        var ids = new Argument<string[]>("ID") { Description = "Deleted records", Arity = ArgumentArity.OneOrMore };
        var verb = new Command("restore", "Bring deleted records back, within Store:DeletedRetention of the deletion: 30 days unless set.") { ids };
        cli.Run(verb, async (run, cancellationToken) =>
        {
            var memory = await run.MemoryAsync(cancellationToken);
            var named = run.Get(ids)!;
            var failures = new List<MemoryException>();
            foreach (var id in named)
            {
                try
                {
                    Print(run.Outlet, await memory.RestoreAsync(id, cancellationToken: cancellationToken));
                }
                catch (MemoryException e) when (e.Code is MemoryErrorCode.NotFound or MemoryErrorCode.Conflict or MemoryErrorCode.InvalidRequest)
                {
                    // One id that cannot come back does not keep the others away.
                    run.Outlet.Fail(e);
                    failures.Add(e);
                }
            }

            return failures.Count == 0 ? ExitCode.Done
                : failures.Count < named.Length ? ExitCode.PartlyRefused
                : ExitCode.Of(failures[0].Code);
        });
        return verb.WithExamples("keepsake restore mem-0198c0de-7f00-7000-8000-000000000001");
    }

    private static void Print(Outlet outlet, MemoryRecord record)
    {
        if (outlet.IsJson)
        {
            outlet.Json(record, KeepsakeJson.Default.MemoryRecord);
        }
        else if (outlet.IsForPerson)
        {
            outlet.Say($"[green]Restored[/] [bold]{Outlet.Safe(record.Id)}[/] in {Outlet.Safe(record.Namespace.Value)}.");
        }
        else
        {
            outlet.Line("restored", record.Id);
        }
    }
}
