using System.Text;
using System.Text.Json.Nodes;

namespace Keepsake.Tests.Mcp;

/// <summary>Each bad message gets an error that says what would have worked, and the connection goes on.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private McpPipes _pipes = null!;

    public async ValueTask InitializeAsync()
    {
        _pipes = await McpPipes.OpenAsync();
        await _pipes.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _pipes.DisposeAsync();

    [Theory]
    [InlineData("nonsense", -32700, null, "not valid JSON")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"ping",}""", -32700, "7", "not valid JSON")]
    [InlineData("""{"jsonrpc":"2.0","id":"a\nb","method":"ping" """, -32700, "\"a\\nb\"", "not valid JSON")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"ping"} {}""", -32700, "7", "not valid JSON")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"ping","method":"ping"}""", -32700, "7", "'method' stands twice")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a","arguments":{"namespace":"a","\u006eamespace":"b"}}}""", -32700, "7", "'namespace' stands twice")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"\ud83d"}}""", -32700, "7", "half of a surrogate pair")]
    [InlineData("""[{"jsonrpc":"2.0","id":7,"method":"ping"}]""", -32600, null, "Batches are not taken")]
    [InlineData("""{"jsonrpc":"2.0","id":7}""", -32600, "7", "not JSON-RPC 2.0")]
    [InlineData("""{"jsonrpc":"1.0","id":7,"method":"ping"}""", -32600, "7", "not JSON-RPC 2.0")]
    [InlineData("""{"id":7,"method":"ping"}""", -32600, "7", "not JSON-RPC 2.0")]
    [InlineData("null", -32600, null, "null")]
    [InlineData("7", -32600, null, "not JSON-RPC 2.0")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"arguments":{}}}""", -32602, "7", "tools/call takes name, a string, and arguments, an object")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"memory_status","arguments":[1]}}""", -32602, "7", "params.arguments is of a wrong type")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":7}}""", -32602, "7", "params.name is of a wrong type")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"drop_table"}}""", -32602, "7", "The tools are store_event")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"prompts/get","params":{"name":"no"}}""", -32602, "7", "The prompts are session_start")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"prompts/get","params":{"name":"remember_this","arguments":{"who":"x"}}}""", -32602, "7", "takes what, namespace")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"memory://nothing"}}""", -32002, "7", "The resources are memory://status")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"memory://record/mem-none"}}""", -32002, "7", "not_found")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"no/such"}""", -32601, "7", "no/such")]
    public async Task A_bad_message_is_answered_with_an_error(string line, int code, string? id, string says)
    {
        var answer = await _pipes.AskAsync(line);
        Assert.Equal(code, (int?)answer["error"]?["code"]);
        Assert.Equal(id ?? "null", answer["id"]?.ToJsonString() ?? "null");
        Assert.Contains(says, (string?)answer["error"]!["message"], StringComparison.Ordinal);
        await GoesOnAsync();
    }

    [Theory]
    [InlineData("""{"query":"x","namespace":"a","top_k":"5"}""", "top_k is a string; use a whole number of 1 to 100.")]
    [InlineData("""{"query":"x","namespace":"a","top_k":0}""", "top_k is 0; use a whole number of 1 to 100.")]
    [InlineData("""{"query":"x","namespace":"a","top_k":3.5}""", "top_k is 3.5; use a whole number of 1 to 100.")]
    [InlineData("""{"query":"x","namespace":"a","top_k":101.0}""", "top_k is 101.0; use a whole number of 1 to 100.")]
    [InlineData("""{"query":"x","namespace":"a","top_k":1e400}""", "top_k is 1e400; use a whole number of 1 to 100.")]
    [InlineData("""{"query":"x","namespace":"a","min_relevance":2}""", "min_relevance is 2; use a number of 0 to 1.")]
    [InlineData("""{"query":"x","namespace":"a","detail":"all"}""", "detail is another word; use \"short\", \"full\".")]
    [InlineData("""{"query":"x","namespace":"a","limit":5}""", "limit is not known; search_memories takes query, namespace, top_k, min_relevance, detail, why.")]
    [InlineData("""{"query":"x"}""", "namespace is missing; search_memories needs a string.")]
    [InlineData("""{"query":null,"namespace":"a"}""", "query is missing; search_memories needs a string.")]
    [InlineData("""{"query":["x"],"namespace":"a"}""", "query is a list; use a string.")]
    [InlineData("""{"query":"x","namespace":"a//b"}""", "The namespace has an empty segment.")]
    [InlineData("""{"query":"x","namespace":"../x"}""", "The namespace holds a character")]
    public async Task A_bad_argument_is_refused_with_what_would_have_worked(string arguments, string says) =>
        await RefusedAsync("search_memories", arguments, "invalid_request: " + says);

    [Theory]
    [InlineData("""{"facts":"one","namespace":"a"}""", "invalid_request: facts is a string; use a list of 1 to 1000, each a string or an object with content.")]
    [InlineData("""{"facts":[],"namespace":"a"}""", "invalid_request: facts is empty")]
    [InlineData("""{"facts":[7],"namespace":"a"}""", "invalid_request: facts[0] is 7; use a string or an object with content.")]
    [InlineData("""{"facts":["a",{"text":"x"}],"namespace":"a"}""", "invalid_request: facts[1].content is missing")]
    [InlineData("""{"facts":[{"content":"x","colour":"red"}],"namespace":"a"}""", "invalid_request: facts[0].colour is not known; facts[0] takes content, key, kind")]
    [InlineData("""{"facts":[{"content":"x","kind":"rumour"}],"namespace":"a"}""", "invalid_request: facts[0].kind is another word; use \"fact\", \"preference\"")]
    [InlineData("""{"facts":[{"content":"x","occurred_at":"yesterday"}],"namespace":"a"}""", "invalid_request: occurred_at cannot be read. Times are RFC 3339")]
    [InlineData("""{"facts":[{"content":"x","metadata":{"a":{"b":1}}}],"namespace":"a"}""", "invalid_request: ")]
    public async Task Bad_facts_are_refused_with_what_would_have_worked(string arguments, string says) =>
        await RefusedAsync("store_facts", arguments, says);

    [Fact]
    public async Task More_facts_than_a_call_takes_are_too_large()
    {
        var facts = new JsonArray([.. Enumerable.Range(0, 1_001).Select(i => (JsonNode)$"Fact {i}.")]);
        await RefusedAsync(
            "store_facts", new JsonObject { ["facts"] = facts, ["namespace"] = "a" }.ToJsonString(), "too_large: facts has 1001 items; at most 1000 go into one call.");
    }

    [Fact]
    public async Task Null_for_what_is_optional_counts_as_left_out()
    {
        var answer = await CallAsync("search_memories", """{"query":"x","namespace":"a","top_k":null,"detail":null}""");
        Assert.Null(answer["result"]!["isError"]);
    }

    [Fact]
    public async Task Invalid_utf_8_is_refused_and_the_id_is_found()
    {
        await _pipes.WriteAsync([.. """{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":" """u8, 0xC0, 0xAF, .. "\"}}\n"u8]);
        var answer = await _pipes.ReadAsync();
        Assert.Equal(-32700, (int?)answer["error"]!["code"]);
        Assert.Equal(7, (int?)answer["id"]);
        await GoesOnAsync();
    }

    [Fact]
    public async Task A_line_of_more_than_8_MB_is_refused_and_skipped()
    {
        await _pipes.WriteAsync("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\",\"params\":{\"a\":\""u8.ToArray());
        var piece = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
        for (var i = 0; i < 12; i++)
        {
            await _pipes.WriteAsync(piece);
        }

        await _pipes.WriteAsync("\"}}\n"u8.ToArray());
        var answer = await _pipes.ReadAsync();
        Assert.Equal(-32600, (int?)answer["error"]!["code"]);
        Assert.Equal(7, (int?)answer["id"]);
        Assert.Contains("8 MB", (string?)answer["error"]!["message"], StringComparison.Ordinal);
        await GoesOnAsync();
    }

    [Fact]
    public async Task Nesting_beyond_64_levels_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 64)) + string.Concat(Enumerable.Repeat("]", 64));
        var answer = await _pipes.AskAsync($$"""{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":{{deep}} } }""");
        Assert.Contains("deeper than 64 levels", (string?)answer["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal(7, (int?)answer["id"]);
        await GoesOnAsync();
    }

    [Fact]
    public async Task Empty_lines_and_carriage_returns_are_passed_over()
    {
        await _pipes.WriteLineAsync("");
        await _pipes.WriteLineAsync("  \r");
        var answer = await _pipes.AskAsync("""{"jsonrpc":"2.0","id":7,"method":"ping"}""" + "\r");
        Assert.NotNull(answer["result"]);
    }

    [Fact]
    public async Task Text_of_every_language_comes_back_byte_for_byte()
    {
        const string Content = "Zürich 日本語 \u0000 e\u0301\u0301 \u202Eabc 👩‍👩‍👧 \"quoted\" \\ </script>";
        var fact = new JsonObject { ["facts"] = new JsonArray(Content), ["namespace"] = "a" };
        var stored = await CallAsync("store_facts", fact.ToJsonString());
        var id = (string)stored["result"]!["structuredContent"]!["outcomes"]![0]!["id"]!;
        Assert.Equal(Content, (await _pipes.Memory.GetAsync(id, TestContext.Current.CancellationToken)).Content);
        var found = await CallAsync("search_memories", """{"query":"Zürich 日本語","namespace":"a"}""");
        Assert.Equal(Content, (string?)found["result"]!["structuredContent"]!["memories"]![0]!["content"]);
    }

    [Theory]
    [InlineData("C#")]
    [InlineData("it's")]
    [InlineData("a OR b)")]
    [InlineData("\"")]
    [InlineData("NEAR(\"x\" *")]
    public async Task Hostile_search_text_is_answered(string query)
    {
        var answer = await CallAsync("search_memories", new JsonObject { ["query"] = query, ["namespace"] = "" }.ToJsonString());
        Assert.Null(answer["result"]!["isError"]);
        Assert.Equal(query, (string?)answer["result"]!["structuredContent"]!["query"]);
    }

    private Task<JsonNode> CallAsync(string tool, string arguments) =>
        _pipes.AskAsync($$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{tool}}","arguments":{{arguments}} } }""");

    private async Task RefusedAsync(string tool, string arguments, string says)
    {
        var answer = await CallAsync(tool, arguments);
        Assert.True((bool?)answer["result"]?["isError"], answer.ToJsonString());
        Assert.StartsWith(says, (string?)answer["result"]!["content"]![0]!["text"], StringComparison.Ordinal);
        await GoesOnAsync();
    }

    private async Task GoesOnAsync()
    {
        var answer = await _pipes.AskAsync("""{"jsonrpc":"2.0","id":"next","method":"ping"}""");
        Assert.Equal("next", (string?)answer["id"]);
        Assert.NotNull(answer["result"]);
    }
}
