using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>MCP over two streams, one JSON-RPC message a line. Nothing else is ever written to the output.</summary>
internal sealed class LineTransport : TransportBase
{
    /// <summary>Most requests that are worked on at once; further ones stay unread until one is answered.</summary>
    public const int MaxInFlight = 256;

    /// <summary>How long requests may still be answered after the input has ended: a client that piped its calls in wants the answers.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    // Nothing here ends up in a page: letters of any language and quotes stay what they are.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly LineReader _input;
    private readonly Stream _output;
    private readonly FirstAnswers? _first;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _slots = new(MaxInFlight, MaxInFlight);
    private readonly ConcurrentDictionary<RequestId, bool> _inFlight = new();
    private readonly Task _reading;
    private volatile TaskCompletionSource? _drained;

    /// <summary>Starts to read.</summary>
    /// <param name="input">Where messages come from.</param>
    /// <param name="output">Where messages go.</param>
    /// <param name="first">Answers what it can before the server is ready; <see langword="null"/>: nothing.</param>
    /// <param name="time">The clock; <see langword="null"/>: the system's.</param>
    public LineTransport(Stream input, Stream output, FirstAnswers? first = null, TimeProvider? time = null)
        : base("keepsake", null)
    {
        _first = first;
        _input = new(input);
        _output = output;
        _time = time ?? TimeProvider.System;
        SetConnected();
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Gets a task that ends when the input has ended and what was asked is answered, or given up.</summary>
    public Task Ended => _reading;

    public override async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        if (_first is not null && message is JsonRpcMessageWithId { Id: var answered } and not JsonRpcRequest && _first.TakeGiven(answered))
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            JsonSerializer.Serialize(writer, message, MessageType);
        }

        await WriteLineAsync(buffer.WrittenMemory, cancellationToken);
        if (message is JsonRpcResponse or JsonRpcError && message is JsonRpcMessageWithId { Id: var id })
        {
            Finish(id);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _reading;
        SetDisconnected();
    }

    private async Task ReadAsync()
    {
        var stop = _closing.Token;
        Exception? failure = null;
        try
        {
            while (await _input.ReadAsync(stop) is { } line)
            {
                if (line.IsTooLong)
                {
                    await WriteLineAsync(FrameGuard.TooLong(line.Bytes.Span, LineReader.MaxLineBytes).ToUtf8(), stop);
                }
                else if (line.Bytes.Span.ContainsAnyExcept(" \t\r"u8))
                {
                    await AcceptAsync(line.Bytes, stop);
                }
            }

            await DrainAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            failure = error;
        }

        SetDisconnected(failure);
    }

    private async Task AcceptAsync(ReadOnlyMemory<byte> line, CancellationToken stop)
    {
        var message = FrameGuard.Read(line.Span, out var error);
        if (message is JsonRpcRequest request)
        {
            if (_first?.TryAnswer(request) is { } answer)
            {
                await WriteLineAsync(answer.Line, stop);
                if (answer.ServerNeedsIt)
                {
                    await WriteMessageAsync(request, stop);
                }

                return;
            }

            // A subscription is answered when it ends, which may be never: it is no call that anybody waits for.
            if (request.Method != RequestMethods.SubscriptionsListen)
            {
                await _slots.WaitAsync(stop);
                if (!_inFlight.TryAdd(request.Id, true))
                {
                    _slots.Release();
                    error = new(McpErrorCode.InvalidRequest, "The id is that of a request still being answered. Use each id once.", FrameError.IdOf(request.Id));
                }
            }
        }
        else if (message is JsonRpcNotification { Method: NotificationMethods.CancelledNotification } cancelled)
        {
            // What the client no longer waits for may never be answered.
            Finish(Cancelled(cancelled));
        }

        if (error is not null)
        {
            await WriteLineAsync(error.ToUtf8(), stop);
        }
        else
        {
            await WriteMessageAsync(message!, stop);
        }
    }

    private async Task DrainAsync(CancellationToken stop)
    {
        _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_inFlight.IsEmpty)
        {
            return;
        }

        try
        {
            await _drained.Task.WaitAsync(DrainTime, _time, stop);
        }
        catch (TimeoutException)
        {
            // The client is gone; writes that reached the store are kept all the same.
        }
    }

    private void Finish(RequestId id)
    {
        if (_inFlight.TryRemove(id, out _))
        {
            _slots.Release();
            if (_inFlight.IsEmpty)
            {
                _drained?.TrySetResult();
            }
        }
    }

    private async Task WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await _output.WriteAsync(line, cancellationToken);
            await _output.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await _output.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static RequestId Cancelled(JsonRpcNotification notification) =>
        notification.Params?["requestId"] is { } id
            ? id.GetValueKind() switch
            {
                JsonValueKind.String => new(id.GetValue<string>()),
                JsonValueKind.Number when id.AsValue().TryGetValue<long>(out var number) => new(number),
                _ => default,
            }
            : default;
}
