using System.CommandLine;

namespace Keepsake.Server.Cli;

/// <summary>The options that every verb takes.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string> _store = new("--store")
    {
        Description = "The store, one isolated memory; a project of its own keeps its conventions to itself",
        HelpName = "NAME",
        DefaultValueFactory = _ => CommonSettings.DefaultStore,
        Recursive = true,
    };

    private readonly Option<string?> _data = new("--data")
    {
        Description = "The data folder; else KEEPSAKE__DATA, else the user's own",
        HelpName = "DIR",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print the answer as JSON, in the shape of the HTTP API",
        Recursive = true,
    };

    private readonly Option<string?> _logLevel = new("--log-level")
    {
        Description = $"Log to standard error from this level on: {string.Join(", ", LogLevels.Names)}",
        HelpName = "LEVEL",
        Recursive = true,
    };

    public CommonOptions() => _logLevel.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<string?>() is { } level && LogLevels.Parse(level) is null)
        {
            result.AddError($"--log-level is '{level}'; use one of {string.Join(", ", LogLevels.Names)}");
        }
    });

    public void AddTo(Command root)
    {
        root.Add(_store);
        root.Add(_data);
        root.Add(_json);
        root.Add(_logLevel);
    }

    public CommonSettings Read(ParseResult parsed) => new(
        parsed.GetValue(_store)!,
        parsed.GetValue(_data),
        parsed.GetValue(_json),
        LogLevels.Parse(parsed.GetValue(_logLevel)) ?? LogLevels.OfEnvironment);
}
