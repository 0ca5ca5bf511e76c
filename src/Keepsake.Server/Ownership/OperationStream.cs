using System.Text.Json;
using Keepsake.Server.Http;

namespace Keepsake.Server.Ownership;

/// <summary>One line of what the owner says of a long operation: how far it is, and at the end its answer or its failure.</summary>
internal sealed record OperationLine
{
    /// <summary>Gets how far it is; <see langword="null"/> at the end.</summary>
    public OperationProgress? Progress { get; init; }

    /// <summary>Gets the answer; <see langword="null"/> before the end and after a failure.</summary>
    public JsonElement? Answer { get; init; }

    /// <summary>Gets the failure; <see langword="null"/>: none.</summary>
    public WriteError? Error { get; init; }
}

/// <summary>Answers with lines while an operation runs, so that its caller knows that it does, and that ending the connection ends it.</summary>
/// <typeparam name="T">The operation's answer.</typeparam>
/// <param name="run">The operation.</param>
internal sealed class OperationStream<T>(Func<IProgress<OperationProgress>, CancellationToken, Task<T>> run) : IResult
{
    public const string MediaType = "application/x-ndjson";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancellationToken) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = MediaType;
        var latest = new Latest();
        var work = Task.Run(() => run(latest, cancellationToken), CancellationToken.None);
        while (await Task.WhenAny(work, Task.Delay(Interval, cancellationToken)) != work && !cancellationToken.IsCancellationRequested)
        {
            await WriteAsync(response, new() { Progress = latest.Value }, cancellationToken);
        }

        await WriteAsync(response, await EndAsync(work), cancellationToken);
    }

    private static async Task<OperationLine> EndAsync(Task<T> work)
    {
        try
        {
            return new() { Answer = JsonSerializer.SerializeToElement(await work, HttpJson.Of<T>()) };
        }
        catch (MemoryException e)
        {
            return new() { Error = new(e.Code.WireName, e.Message) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new() { Error = new(MemoryErrorCode.Unavailable.WireName, "The owner process could not read or write a file of the operation. Try again.") };
        }
    }

    private static async Task WriteAsync(HttpResponse response, OperationLine line, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, HttpJson.Of<OperationLine>()), cancellationToken);
        await response.Body.WriteAsync(LineEnd, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    private sealed class Latest : IProgress<OperationProgress>
    {
        public OperationProgress Value { get; private set; } = new("starting", null);

        public void Report(OperationProgress value) => Value = value;
    }
}
