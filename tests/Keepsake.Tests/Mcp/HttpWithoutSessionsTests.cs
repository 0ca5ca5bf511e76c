namespace Keepsake.Tests.Mcp;

/// <summary>Streamable HTTP without sessions: 2026-07-28. Headers say what the body says, or the request is refused.</summary>
public sealed class HttpWithoutSessionsTests(McpOverHttp door) : IClassFixture<McpOverHttp>
{
    private const string Meta =
        """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}
        """;

    private const string Call =
        $$$"""{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"memory_status","arguments":{},{{{Meta}}} } }""";

    private static readonly (string, string) Version = ("MCP-Protocol-Version", "2026-07-28");
    private static readonly (string, string) Method = ("Mcp-Method", "tools/call");
    private static readonly (string, string) Name = ("Mcp-Name", "memory_status");

    [Fact]
    public async Task A_call_needs_no_session()
    {
        var answer = await door.PostAsync(Call, "", Version, Method, Name);
        Assert.Equal(200, answer.Status);
        Assert.Null(answer.SessionId);
        Assert.Equal("connected", (string?)answer.Message["result"]!["structuredContent"]!["status"]);
        Assert.Equal("complete", (string?)answer.Message["result"]!["resultType"]);
    }

    [Fact]
    public async Task A_name_may_come_in_base64() =>
        Assert.Equal(200, (await door.PostAsync(Call, "", Version, Method, ("Mcp-Name", "=?base64?bWVtb3J5X3N0YXR1cw==?="))).Status);

    public static TheoryData<string, string, string> Mismatches { get; } = new()
    {
        { "2026-07-28", "tools/list", "memory_status" },
        { "2026-07-28", "tools/call", "store_facts" },
        { "2026-07-28", "tools/call", "=?base64?!!!?=" },
        { "2026-07-28", "tools/call", "Memory_Status" },
        { "2027-01-01", "tools/call", "memory_status" },
    };

    [Theory]
    [MemberData(nameof(Mismatches))]
    public async Task A_header_that_differs_from_the_body_is_refused(string version, string method, string name)
    {
        var answer = await door.PostAsync(Call, "", ("MCP-Protocol-Version", version), ("Mcp-Method", method), ("Mcp-Name", name));
        Assert.Equal((400, -32020, 5), (answer.Status, answer.Code, (int?)answer.Message["id"]));
    }

    [Fact]
    public async Task A_header_that_is_missing_is_refused()
    {
        Assert.Equal((400, -32020), await CodeAsync(Version, Method));
        Assert.Equal((400, -32020), await CodeAsync(Version, Name));
        Assert.Equal((400, -32020), await CodeAsync(Method, Name));
    }

    [Fact]
    public async Task A_request_without_its_metadata_is_refused()
    {
        var answer = await door.PostAsync(
            """{"jsonrpc":"2.0","id":5,"method":"tools/list"}""", "", Version, ("Mcp-Method", "tools/list"));
        Assert.Equal((400, -32602), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("memory://nothing")]
    [InlineData("memory://record/mem-none")]
    public async Task A_resource_that_is_not_there_is_a_wrong_parameter(string uri)
    {
        var call = $$$"""{"jsonrpc":"2.0","id":5,"method":"resources/read","params":{"uri":"{{{uri}}}",{{{Meta}}} } }""";
        var answer = await door.PostAsync(call, "", Version, ("Mcp-Method", "resources/read"), ("Mcp-Name", uri));
        Assert.Equal((200, -32602), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("?stoer=enc", "This route has no such query parameter. Known: store.")]
    [InlineData("?Store=enc", "This route has no such query parameter. Known: store.")]
    [InlineData("?store=a&store=b", "A query parameter is given twice. Give each once.")]
    public async Task A_query_that_would_be_lost_is_refused(string query, string says)
    {
        var answers = new[]
        {
            await door.PostAsync(Call, query, Version, Method, Name),
            await door.PostAsync(McpOverHttp.Initialize, query),
            await door.SendAsync("GET", query),
            await door.SendAsync("DELETE", query),
        };
        Assert.All(answers, answer => Assert.Equal((400, -32600, says), (answer.Status, answer.Code, answer.Says)));
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_not_found()
    {
        var answer = await door.PostAsync($$$"""{"jsonrpc":"2.0","id":5,"method":"no/such","params":{{{{Meta}}} } }""", "", Version, ("Mcp-Method", "no/such"));
        Assert.Equal((404, -32601), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task There_is_no_stream_and_no_session_to_end()
    {
        Assert.Equal(405, (await door.SendAsync("GET", "", null, Version)).Status);
        Assert.Equal(405, (await door.SendAsync("DELETE", "", null, Version)).Status);
    }

    [Fact]
    public async Task What_only_this_revision_says_does_not_reach_clients_of_others()
    {
        var call = $$$"""{"jsonrpc":"2.0","id":5,"method":"tools/list","params":{{{{Meta}}} } }""";
        var answer = await door.PostAsync(call, "", Version, ("Mcp-Method", "tools/list"));
        Assert.Equal("complete", (string?)answer.Message["result"]!["resultType"]);

        var session = await door.StartAsync();
        answer = await door.PostAsync("""{"jsonrpc":"2.0","id":5,"method":"tools/list"}""", "", ("Mcp-Session-Id", session));
        Assert.Null(answer.Message["result"]!["resultType"]);
        Assert.Null(answer.Message["result"]!["_meta"]);
    }

    [Fact]
    public async Task The_store_is_the_one_of_the_address()
    {
        await door.Stores.CreateAsync("quiet", cancellationToken: TestContext.Current.CancellationToken);
        var answer = await door.PostAsync(Call, "?store=quiet", Version, Method, Name);
        Assert.Equal("quiet", (string?)answer.Message["result"]!["structuredContent"]!["store"]);
        Assert.Equal(404, (await door.PostAsync(Call, "?store=none", Version, Method, Name)).Status);
    }

    private async Task<(int, int?)> CodeAsync(params (string Name, string Value)[] headers)
    {
        var answer = await door.PostAsync(Call, "", headers);
        return (answer.Status, answer.Code);
    }
}
