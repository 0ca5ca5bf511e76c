using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>Serves one client over a pair of streams: <c>keepsake mcp</c>.</summary>
internal static class StdioDoor
{
    /// <summary>Serves until the input ends.</summary>
    /// <param name="memory">The store. It is not touched before a call needs it, so that a slow one does not delay the list of tools.</param>
    /// <param name="input">Where messages come from, one a line.</param>
    /// <param name="output">Where messages go, and nothing else.</param>
    /// <param name="loggers">Where failures go: never to the output.</param>
    /// <param name="time">The clock of the transport; <see langword="null"/>: the system's.</param>
    /// <param name="cancellationToken">Stops serving.</param>
    public static async Task RunStdioAsync(
        IMemory memory, Stream input, Stream output, ILoggerFactory? loggers = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        await using var transport = new LineTransport(input, output, new FirstAnswers(), time);
        await using var server = McpServer.Create(transport, McpDoor.OptionsFor(memory, loggers));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = server.RunAsync(ending.Token);
        await Task.WhenAny(running, transport.Ended);

        // Whoever asked is gone; the server would wait for calls that still run.
        await ending.CancelAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }
}
