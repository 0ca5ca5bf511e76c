using System.CommandLine;
using Keepsake.Access;
using Keepsake.Serialization;
using Keepsake.Server.Access;

namespace Keepsake.Server.Cli.Administration;

/// <summary><c>keepsake readonly</c>: stops every write, and allows them again.</summary>
internal static class ReadOnlyVerbs
{
    public static Command Create(CommandLine cli)
    {
        var reason = new Option<string?>("--reason") { Description = "Why; told to those who try to write", HelpName = "R" };
        return new Command("readonly", "Stop every write, those that Keepsake makes by itself included, or allow them again.")
        {
            Verb(cli, "on", "Stop every write.", (stores, run, token) => stores.SetReadOnlyAsync(on: true, run.Get(reason), token), "keepsake readonly on --reason \"moving house\"", reason),
            Verb(cli, "off", "Allow writes again.", (stores, _, token) => stores.SetReadOnlyAsync(on: false, reason: null, token), "keepsake readonly off"),
            Verb(cli, "status", "Say whether writes are stopped, and why.", (stores, _, token) => stores.ReadOnlyAsync(token), "keepsake readonly status"),
        }.WithExamples("keepsake readonly on --reason \"moving house\"", "keepsake readonly status", "keepsake readonly off");
    }

    private static Command Verb(
        CommandLine cli, string name, string description, Func<IAdministration, CliRun, CancellationToken, Task<ReadOnlyMode>> ask, string example, Option? option = null)
    {
        var verb = new Command(name, description);
        if (option is not null)
        {
            verb.Add(option);
        }

        cli.Run(verb, async (run, cancellationToken) =>
        {
            var mode = await ask((await run.StoresAsync(cancellationToken)).Administration(), run, cancellationToken);
            if (run.Outlet.IsJson)
            {
                run.Outlet.Json(mode, KeepsakeJson.Default.ReadOnlyMode);
            }
            else if (run.Outlet.IsForPerson)
            {
                run.Outlet.Say(mode.On ? Outlet.Safe(mode.Reason) : "Writes are taken.");
            }
            else
            {
                run.Outlet.Line("readonly", mode.On ? "on" : "off", mode.Reason);
            }

            return ExitCode.Done;
        });
        return verb.WithExamples(example);
    }
}
