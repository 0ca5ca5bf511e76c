using System.CommandLine;

namespace Keepsake.Server.Cli;

/// <summary><c>keepsake mcp</c>: MCP on standard input and output, for an agent that starts its own tools.</summary>
internal static class McpVerb
{
    public static Command Create(CommandLine cli, CliHost host)
    {
        var verb = new Command("mcp", "Speak MCP on standard input and output, for an agent that starts this program itself.");
        cli.Run(verb, (run, cancellationToken) => host.McpAsync(run.Settings, cancellationToken));
        return verb.WithExamples(
            "keepsake mcp --store my-project",
            "claude mcp add keepsake -- /path/to/keepsake mcp --store my-project");
    }
}
