using System.Text;
using Keepsake.Server.Access;
using Keepsake.Server.Mcp;
using Keepsake.Tests.Mcp;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Keepsake.Tests.Access;

/// <summary>A stream of events that is open ends with the right to it, whichever request it answers.</summary>
public sealed class StreamEndTests : IAsyncDisposable
{
    private const string Slow = "/slow";

    private const string Call = """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"wait","arguments":{}}}""";

    private const string CallWithoutSession =
        $$$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"wait","arguments":{},{{{KeyedDoor.Meta}}} } }""";

    private readonly KeyedDoor _door = new();
    private readonly HttpClient _client = new();
    private readonly Support.ManualTime _time = new();
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What a stream may answer.</summary>
    public enum Opening
    {
        /// <summary>GET in a session: what the server sends unasked.</summary>
        Get,

        /// <summary>POST of a call in a session.</summary>
        Post,

        /// <summary>POST of a call without a session.</summary>
        PostWithoutSession,
    }

    // A test that hangs says nothing; this is no measure of how long it may take.
    private static TimeSpan Bound => TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _door.DisposeAsync();
    }

    [Theory]
    [InlineData(Opening.Get), InlineData(Opening.Post), InlineData(Opening.PostWithoutSession)]
    public async Task It_is_cut_when_its_key_is_revoked_and_not_when_another_is(Opening opening)
    {
        await OpenAsync();
        var secret = await _door.KeyAsync("reader", "read");
        await _door.KeyAsync("other", "read");
        var end = await StreamAsync(secret, opening);

        await _door.Stores.RevokeKeyAsync("other", Cancellation);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(CallerWatch.Interval);
            await Task.Delay(20, Cancellation);
        }

        Assert.False(end.IsCompleted);
        await _door.Stores.RevokeKeyAsync("reader", Cancellation);
        await EndsAsync(end);
    }

    [Theory]
    [InlineData(Opening.Get), InlineData(Opening.Post), InlineData(Opening.PostWithoutSession)]
    public async Task It_is_cut_when_its_key_expires(Opening opening)
    {
        await OpenAsync();
        var secret = (await _door.Stores.CreateKeyAsync(new() { Name = "brief", Scopes = "read", ExpiresAt = _time.Now.AddHours(1) }, Cancellation)).Secret;
        var end = await StreamAsync(secret, opening);

        _time.Jump(TimeSpan.FromHours(1));

        await EndsAsync(end);
    }

    [Theory]
    [InlineData(Opening.Get), InlineData(Opening.Post), InlineData(Opening.PostWithoutSession)]
    public async Task It_is_cut_for_a_program_of_this_machine_when_the_first_key_is_made(Opening opening)
    {
        await OpenAsync();
        var end = await StreamAsync(secret: null, opening);

        await _door.KeyAsync("first", "read");

        await EndsAsync(end);
    }

    [Fact]
    public async Task What_a_call_without_a_session_asked_for_is_stopped_when_its_key_is_revoked()
    {
        await OpenAsync();
        var end = await StreamAsync(await _door.KeyAsync("reader", "read"), Opening.PostWithoutSession);

        await _door.Stores.RevokeKeyAsync("reader", Cancellation);

        await EndsAsync(end);
        await _stopped.Task.WaitAsync(Bound, Cancellation);
    }

    private Task<KeyedDoor> OpenAsync() => _door.OpenAsync(time: _time, map: app => app.MapMcp(Slow, _ => new()
    {
        ServerInfo = new() { Name = "slow", Version = "1" },
        Capabilities = new() { Tools = new() },
        Handlers = new() { CallToolHandler = WaitAsync },
    }));

    private async ValueTask<CallToolResult> WaitAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        _called.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            _stopped.TrySetResult();
        }

        return new();
    }

    // Until somebody has looked, at most once an interval: the task that reads the answer ends when the server ends it.
    private async Task EndsAsync(Task<string> end)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!end.IsCompleted)
        {
            Assert.False(bound.IsCancellationRequested, "The stream is still open.");
            _time.Advance(CallerWatch.Interval);
            await Task.Delay(5, Cancellation);
        }

        // Neither what a call would have answered, nor an error.
        Assert.DoesNotContain("\"id\":2", await end, StringComparison.Ordinal);
    }

    private async Task<Task<string>> StreamAsync(string? secret, Opening opening)
    {
        var request = opening is Opening.PostWithoutSession ? Request(HttpMethod.Post, secret, CallWithoutSession)
            : opening is Opening.Post ? Request(HttpMethod.Post, secret, Call)
            : Request(HttpMethod.Get, secret);
        if (opening is Opening.PostWithoutSession)
        {
            request.Headers.Add("MCP-Protocol-Version", KeyedDoor.McpVersion);
            request.Headers.Add("Mcp-Method", "tools/call");
            request.Headers.Add("Mcp-Name", "wait");
        }
        else
        {
            using var begin = Request(HttpMethod.Post, secret, McpOverHttp.Initialize);
            using var begun = await _client.SendAsync(begin, Cancellation);
            Assert.True(begun.IsSuccessStatusCode);
            request.Headers.Add("Mcp-Session-Id", begun.Headers.GetValues("Mcp-Session-Id").Single());
        }

        var sending = _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        // A call that has nothing to say yet has no headers either.
        await (opening is Opening.Get ? sending : _called.Task).WaitAsync(Bound, Cancellation);
        return ReadAsync(sending);
    }

    private static async Task<string> ReadAsync(Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        Assert.True(response.IsSuccessStatusCode);
        return await response.Content.ReadAsStringAsync(Cancellation);
    }

    private HttpRequestMessage Request(HttpMethod method, string? secret, string? json = null)
    {
        var request = new HttpRequestMessage(method, $"http://127.0.0.1:{_door.Port}{Slow}");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        if (secret is not null)
        {
            request.Headers.Add("Authorization", $"Bearer {secret}");
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return request;
    }
}
