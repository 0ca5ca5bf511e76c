using Keepsake.Access;
using Keepsake.Server.Mcp.Transport;

namespace Keepsake.Tests.Mcp;

/// <summary>Streamable HTTP with sessions: the revisions up to 2025-11-25.</summary>
public sealed class HttpSessionsTests(McpOverHttp door) : IClassFixture<McpOverHttp>
{
    private const string ToolsList = """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""";

    [Fact]
    public async Task A_session_starts_with_initialize_and_goes_on_under_its_id()
    {
        var id = await door.StartAsync();
        Assert.Equal(202, (await door.PostAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""", "", ("Mcp-Session-Id", id))).Status);
        var answer = await door.PostAsync(ToolsList, "", ("Mcp-Session-Id", id), ("MCP-Protocol-Version", "2025-11-25"));
        Assert.Equal((200, "text/event-stream"), (answer.Status, answer.MediaType));
        Assert.Equal(9, answer.Message["result"]!["tools"]!.AsArray().Count);
    }

    [Fact]
    public async Task Ids_of_sessions_are_long_and_never_the_same()
    {
        string[] ids = [await door.StartAsync(), await door.StartAsync()];
        Assert.NotEqual(ids[0], ids[1]);
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{32}$", id));
    }

    [Fact]
    public async Task A_session_that_was_deleted_is_gone()
    {
        var id = await door.StartAsync();
        Assert.Equal(204, (await door.SendAsync("DELETE", "", null, ("Mcp-Session-Id", id))).Status);
        Assert.Equal(404, (await door.PostAsync(ToolsList, "", ("Mcp-Session-Id", id))).Status);
        Assert.Equal(404, (await door.SendAsync("DELETE", "", null, ("Mcp-Session-Id", id))).Status);
    }

    [Fact]
    public async Task Without_an_id_nothing_but_initialize_is_taken()
    {
        var answer = await door.PostAsync(ToolsList);
        Assert.Equal(400, answer.Status);
        Assert.Contains("Send initialize first", answer.Says, StringComparison.Ordinal);
        Assert.Equal(404, (await door.PostAsync(ToolsList, "", ("Mcp-Session-Id", new string('0', 32)))).Status);
    }

    [Fact]
    public async Task A_session_is_about_the_store_that_it_was_started_for()
    {
        await door.Stores.CreateAsync("other", cancellationToken: TestContext.Current.CancellationToken);
        var id = await door.StartAsync("?store=other");
        const string Store = """{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"store_facts","arguments":{"facts":["Only in other."],"namespace":"a"}}}""";
        Assert.Equal(404, (await door.PostAsync(Store, "", ("Mcp-Session-Id", id))).Status);
        Assert.Equal(200, (await door.PostAsync(Store, "?store=other", ("Mcp-Session-Id", id))).Status);
        Assert.Equal(1, (await door.Stores["other"].StatusAsync(TestContext.Current.CancellationToken)).Counts.Records);
    }

    [Fact]
    public async Task A_revision_that_is_not_known_is_refused()
    {
        var id = await door.StartAsync();
        Assert.Equal(400, (await door.PostAsync(ToolsList, "", ("Mcp-Session-Id", id), ("MCP-Protocol-Version", "2020-01-01"))).Status);
    }

    [Theory]
    [InlineData("nonsense", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":5,"id":6,"method":"ping"}""", -32700)]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"method":"ping"}]""", -32600)]
    [InlineData("{}", -32600)]
    [InlineData("", -32700)]
    public async Task A_body_that_is_no_message_is_refused(string body, int code)
    {
        var answer = await door.PostAsync(body);
        Assert.Equal((400, code, "application/json"), (answer.Status, answer.Code, answer.MediaType));
    }

    [Fact]
    public async Task A_body_of_more_than_4_MB_is_refused()
    {
        var answer = await door.SendAsync("POST", "", [.. """{"jsonrpc":"2.0","id":5,"method":"ping","params":{"a":" """u8, .. new byte[4 << 20]]);
        Assert.Equal((413, -32600), (answer.Status, answer.Code));
        Assert.Contains("4 MB", answer.Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_JSON_or_cannot_be_answered_in_it_is_refused()
    {
        Assert.Equal(415, (await door.PostAsync(McpOverHttp.Initialize, "", ("Content-Type", "text/plain"))).Status);
        Assert.Equal(406, (await door.PostAsync(McpOverHttp.Initialize, "", ("Accept", "text/html"))).Status);
        Assert.Equal(200, (await door.PostAsync(McpOverHttp.Initialize, "", ("Accept", "*/*"))).Status);
        Assert.Equal(405, (await door.SendAsync("PUT", "", [])).Status);
    }

    [Fact]
    public async Task A_page_of_another_origin_is_refused() =>
        Assert.Equal(403, (await door.PostAsync(McpOverHttp.Initialize, "", ("Origin", "https://evil.example"))).Status);

    [Fact]
    public async Task The_stream_of_a_session_opens_once_at_a_time_and_only_for_it()
    {
        Assert.Equal(400, (await door.OpenStreamAsync()).Status);
        Assert.Equal(404, (await door.OpenStreamAsync(("Mcp-Session-Id", "none"))).Status);
        var id = await door.StartAsync();
        Assert.Equal(200, (await door.OpenStreamAsync(("Mcp-Session-Id", id))).Status);
    }

    [Fact]
    public async Task A_stream_is_resumed_after_the_last_event_that_arrived()
    {
        var started = await door.PostAsync(McpOverHttp.Initialize);
        var session = ("Mcp-Session-Id", started.SessionId!);
        var events = await door.PostAsync(ToolsList, "", session);
        var ids = events.Text.Split('\n').Where(line => line.StartsWith("id: ", StringComparison.Ordinal)).Select(line => line[4..].Trim()).ToArray();
        Assert.NotEmpty(ids);

        // The first event opens the stream; what comes after it is the answer.
        var (status, line) = await door.OpenStreamAsync(session, ("Last-Event-ID", ids[0]));
        Assert.Equal(200, status);
        Assert.NotNull(line);
        Assert.Equal(400, (await door.OpenStreamAsync(session, ("Last-Event-ID", "gone/1"))).Status);
    }

    [Fact]
    public async Task Sessions_end_when_idle_for_long_and_the_longest_idle_makes_room()
    {
        var time = new ManualTime();
        await using var sessions = new HttpSessions(time, maxSessions: 2);
        List<HttpSession> all = [];
        for (var i = 0; i < 3; i++)
        {
            all.Add(Session(time));
            Assert.True(await sessions.TryAddAsync(all[i]));
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.False(sessions.TryGet(all[0].Id, out _));
        using (all[1].Use())
        {
            time.Advance(HttpSessions.MaxIdle + TimeSpan.FromMinutes(2));
            Assert.True(sessions.TryGet(all[1].Id, out _));
            Assert.False(sessions.TryGet(all[2].Id, out _));
        }
    }

    [Fact]
    public async Task No_session_is_ended_while_it_is_in_use()
    {
        var time = new ManualTime();
        await using var sessions = new HttpSessions(time, maxSessions: 1);
        var used = Session(time);
        Assert.True(await sessions.TryAddAsync(used));
        using (used.Use())
        {
            await using var refused = Session(time);
            Assert.False(await sessions.TryAddAsync(refused));
        }
    }

    private static HttpSession Session(TimeProvider time) => new("default", Caller.Local, new(), time);
}
