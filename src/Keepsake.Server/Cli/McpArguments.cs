namespace Keepsake.Server.Cli;

/// <summary>Reads the usual <c>mcp</c> command line by hand: an agent waits for that process, so it builds no command tree.</summary>
internal static class McpArguments
{
    /// <summary>Reads <c>mcp [--store NAME] [--data DIR] [--log-level LEVEL]</c>.</summary>
    /// <returns>The settings, or <see langword="null"/> for anything else, which the whole command line then reads or explains.</returns>
    public static CommonSettings? TryRead(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0] != "mcp")
        {
            return null;
        }

        CommonSettings settings = new(CommonSettings.DefaultStore, Data: null, Json: false, LogLevels.OfEnvironment);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 1; i < args.Count; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            var value = equals >= 0 ? args[i][(equals + 1)..] : i + 1 < args.Count ? args[++i] : null;
            if (string.IsNullOrEmpty(value) || (equals < 0 && value.StartsWith('-')) || !seen.Add(name))
            {
                return null;
            }

            switch (name)
            {
                case "--store":
                    settings = settings with { Store = value };
                    break;
                case "--data":
                    settings = settings with { Data = value };
                    break;
                case "--log-level" when LogLevels.Parse(value) is { } level:
                    settings = settings with { LogLevel = level };
                    break;
                default:
                    return null;
            }
        }

        return settings;
    }
}
