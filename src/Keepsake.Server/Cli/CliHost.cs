namespace Keepsake.Server.Cli;

/// <summary>What every verb can be told.</summary>
/// <param name="Store">The store's name.</param>
/// <param name="Data">The data folder; <see langword="null"/>: the user's.</param>
/// <param name="Json">Whether answers and errors are JSON.</param>
/// <param name="LogLevel">The least level that is logged; <see langword="null"/>: the verb's own.</param>
internal sealed record CommonSettings(string Store, string? Data, bool Json, LogLevel? LogLevel)
{
    /// <summary>The store of a caller that names none.</summary>
    public const string DefaultStore = "default";
}

/// <summary>What <c>serve</c> can be told.</summary>
/// <param name="Common">What every verb can be told.</param>
/// <param name="Urls">Where to listen, several joined by <c>;</c>.</param>
internal sealed record ServeSettings(CommonSettings Common, string Urls)
{
    /// <summary>Where to listen when nothing is said.</summary>
    public const string DefaultUrls = "http://127.0.0.1:3333";
}

/// <summary>What the command line stands on: the terminal, and the doors that its verbs open.</summary>
internal sealed record CliHost
{
    public required Terminal Terminal { get; init; }

    /// <summary>Gets the way to the stores of a data folder, as its owner or through it. Disposed after the verb when it can be.</summary>
    public required Func<CommonSettings, CancellationToken, Task<IMemoryStores>> OpenStoresAsync { get; init; }

    /// <summary>Gets the body of <c>serve</c>, which returns an exit code.</summary>
    public required Func<ServeSettings, CancellationToken, Task<int>> ServeAsync { get; init; }

    /// <summary>Gets the body of <c>mcp</c>, which returns an exit code.</summary>
    public required Func<CommonSettings, CancellationToken, Task<int>> McpAsync { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
