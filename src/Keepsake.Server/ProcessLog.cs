namespace Keepsake.Server;

/// <summary>What a process logs, and from which level on: our own events, and of the framework only the web server's warnings.</summary>
/// <remarks>
/// The framework and the MCP SDK log paths, queries, headers and messages as they come, which may hold a secret that no redaction has seen.
/// A list of what they may say outlives their next version; a list of what they may not does not.
/// </remarks>
internal static class ProcessLog
{
    private const string Ours = nameof(Keepsake);

    // Connections and request numbers, and stack traces of what escaped; what a client sent comes at lower levels alone.
    private const string WebServer = "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>Makes the log of a process, on standard error.</summary>
    /// <param name="level">The least that is logged.</param>
    // Without the framework's builder: an agent waits for the process to start.
    public static ILoggerFactory Open(LogLevel level)
    {
        LoggerFilterOptions options = new();
        Filter(options, level);
        return new LoggerFactory([OfProcess()], options);
    }

    /// <summary>Logs what a web server does, on standard error.</summary>
    /// <param name="logging">The log of the web server.</param>
    /// <param name="level">The least that is logged.</param>
    public static void AddProcessLog(this ILoggingBuilder logging, LogLevel level)
    {
        logging.Services.Configure<LoggerFilterOptions>(options => Filter(options, level));
        logging.AddProvider(OfProcess());
    }

    private static StandardErrorLog OfProcess() => new(Console.Error, TimeProvider.System);

    private static void Filter(LoggerFilterOptions options, LogLevel level)
    {
        options.MinLevel = LogLevel.None;
        options.Rules.Clear();
        options.Rules.Add(new(null, Ours, level, null));
        options.Rules.Add(new(null, WebServer, (LogLevel)Math.Max((int)level, (int)LogLevel.Warning), null));
    }
}
