namespace Keepsake.Server.Cli;

/// <summary>The words for levels of logging.</summary>
internal static class LogLevels
{
    /// <summary>Gets the words, most talkative first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["trace", "debug", "information", "warning", "error", "critical", "none"];

    /// <summary>Gets the level of the variable <c>LOG_LEVEL</c>; <see langword="null"/> when it holds none.</summary>
    public static LogLevel? OfEnvironment => Parse(Environment.GetEnvironmentVariable("LOG_LEVEL"));

    /// <summary>Reads a word, in any case; <see langword="null"/> when it is none.</summary>
    /// <remarks>The short forms are what other systems' runbooks put into <c>LOG_LEVEL</c>.</remarks>
    public static LogLevel? Parse(string? name) => name?.ToUpperInvariant() switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFORMATION" or "INFO" => LogLevel.Information,
        "WARNING" or "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        "CRITICAL" or "FATAL" => LogLevel.Critical,
        "NONE" => LogLevel.None,
        _ => null,
    };
}
