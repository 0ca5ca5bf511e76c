using System.Security.Cryptography;
using Keepsake.Access;
using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>One client's session over Streamable HTTP: its server, and what it may still be sent.</summary>
internal sealed class HttpSession : IAsyncDisposable
{
    /// <summary>Random bytes of an id. Who knows an id can speak in the session, so it cannot be guessed.</summary>
    private const int IdBytes = 16;

    private readonly Caller _caller;
    private readonly CancellationTokenSource _ending = new();
    private readonly McpServer _server;
    private readonly Task _running;
    private readonly TimeProvider _time;
    private long _usedAt;
    private int _users;
    private int _streams;

    public HttpSession(string store, Caller caller, McpServerOptions options, TimeProvider time)
    {
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        Store = store;
        _caller = caller;
        Events = new(Id, time);
        _time = time;
        _usedAt = time.GetTimestamp();
        Transport = new()
        {
            SessionId = Id,
#pragma warning disable MCP9006 // Sessions and what comes with them are served to clients up to 2025-11-25.
            EventStreamStore = Events,
#pragma warning restore MCP9006
        };
        _server = McpServer.Create(Transport, options);

        // The session outlives the request that starts it, so nothing of that request flows into it.
        using (ExecutionContext.SuppressFlow())
        {
            _running = Task.Run(() => _server.RunAsync(_ending.Token));
        }
    }

    public string Id { get; }

    /// <summary>Gets the store that the session is about.</summary>
    public string Store { get; }

    public StreamableHttpServerTransport Transport { get; }

    public EventStreams Events { get; }

    /// <summary>Gets how long nobody has used it; zero while a request or a stream is open.</summary>
    public TimeSpan Idle => Volatile.Read(ref _users) > 0 ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _usedAt));

    /// <summary>Gets a token that is cancelled when the session ends.</summary>
    public CancellationToken Ended => _ending.Token;

    /// <summary>Whether a caller is the one who started it, with the rights of then. An id alone is no proof of that.</summary>
    /// <remarks>What the session serves was made for those rights: another token of the same subject may have fewer.</remarks>
    public bool BelongsTo(Caller caller) => _caller.HasRightsOf(caller);

    /// <summary>Marks it as in use until the result is disposed.</summary>
    public IDisposable Use()
    {
        Interlocked.Increment(ref _users);
        return new Usage(this);
    }

    /// <summary>Takes the one stream for what the server sends unasked.</summary>
    public bool TryOpenStream() => Interlocked.CompareExchange(ref _streams, 1, 0) == 0;

    public void CloseStream() => Volatile.Write(ref _streams, 0);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Transport.DisposeAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        await _server.DisposeAsync();
    }

    private sealed class Usage(HttpSession session) : IDisposable
    {
        public void Dispose()
        {
            Volatile.Write(ref session._usedAt, session._time.GetTimestamp());
            Interlocked.Decrement(ref session._users);
        }
    }
}
