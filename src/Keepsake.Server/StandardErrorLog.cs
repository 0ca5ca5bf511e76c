using System.Globalization;

namespace Keepsake.Server;

/// <summary>Writes log entries to standard error, one line each and a trace where something failed.</summary>
/// <remarks>
/// Standard output belongs to answers and protocols. The framework's console logger is slow to start, and it
/// writes exceptions in full: their messages may quote what was to be stored, so here they are left out.
/// </remarks>
/// <param name="output">Where to, such as <see cref="Console.Error"/>. Must be safe for concurrent use.</param>
/// <param name="time">The clock.</param>
internal sealed class StandardErrorLog(TextWriter output, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Category(output, time, categoryName);

    public void Dispose()
    {
    }

    private sealed class Category(TextWriter output, TimeProvider time, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Name(logLevel)} {name}[{eventId.Id}] {formatter(state, null)}");
            for (var fault = exception; fault is not null; fault = fault.InnerException)
            {
                line += $"{Environment.NewLine}  {fault.GetType()}{Environment.NewLine}{fault.StackTrace}";
            }

            output.WriteLine(line);
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        };
    }
}
