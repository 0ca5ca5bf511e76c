using Keepsake.Server.Cli;

namespace Keepsake.Server;

/// <summary>Where the verbs of the command line meet the doors and the stores.</summary>
internal static class Doors
{
    public static CliHost Open(Terminal terminal) => new()
    {
        Terminal = terminal,
        OpenStoresAsync = (_, _) => throw NotYet("The stores"),
        ServeAsync = (_, _) => throw NotYet("'serve'"),
        McpAsync = (_, _) => throw NotYet("'mcp'"),
    };

    private static MemoryException NotYet(string what) => new(MemoryErrorCode.NotSupported, $"{what} cannot be used in this version.");
}
