using System.CommandLine;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake serve</c>: HTTP and MCP on this machine.</summary>
internal static class ServeVerb
{
    public static Command Create(CommandLine cli, CliHost host)
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen, several joined by ';'",
            HelpName = "U",
            DefaultValueFactory = _ => ServeSettings.DefaultUrls,
        };
        var verb = new Command("serve", "Serve agents over MCP and HTTP until interrupted, and say how to connect them.") { urls };
        cli.Run(verb, (run, cancellationToken) => host.ServeAsync(new(run.Settings, run.Get(urls)!), cancellationToken));
        return verb.WithExamples(
            "keepsake serve",
            "keepsake serve --urls http://127.0.0.1:4444 --data ~/memories");
    }
}
