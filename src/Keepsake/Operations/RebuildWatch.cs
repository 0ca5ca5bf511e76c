using Microsoft.Extensions.Logging;

namespace Keepsake.Operations;

/// <summary>Looks once a minute at what was rebuilt lately.</summary>
internal sealed partial class RebuildWatch : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Func<CancellationToken, Task> _look;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    /// <summary>Begins to watch.</summary>
    /// <param name="look">Looks at all that is watched.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Takes codes, never names or content.</param>
    public RebuildWatch(Func<CancellationToken, Task> look, TimeProvider time, ILogger logger)
    {
        (_look, _time, _logger) = (look, time, logger);
        _work = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await _look(_stop.Token);
                }
                catch (Exception e) when (!_stop.IsCancellationRequested)
                {
                    // Whatever it was, the next look may find it gone, and other namespaces are watched too.
                    LogPostponed(e is MemoryException known ? known.Code.WireName : e.GetType().Name);
                }
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The stores are closing; the next owner goes on.
        }
    }

    [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "Watching a rebuilt namespace was put off: {Code}")]
    private partial void LogPostponed(string code);
}
