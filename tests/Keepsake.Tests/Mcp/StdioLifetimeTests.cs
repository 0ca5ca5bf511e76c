using System.Text.Json.Nodes;

namespace Keepsake.Tests.Mcp;

public sealed class StdioLifetimeTests
{
    private const string Search =
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"search_memories","arguments":{"query":"x","namespace":""}}}""";

    [Fact]
    public async Task The_end_of_the_input_ends_the_door()
    {
        await using var pipes = await McpPipes.OpenAsync();
        await pipes.InitializeAsync();
        await pipes.CloseInputAsync();
        await pipes.Serving;
    }

    [Fact]
    public async Task The_end_of_the_input_ends_the_door_though_a_call_hangs()
    {
        await using var pipes = await McpPipes.OpenAsync(StubMemory.ThatHangs(), TimeProvider.System);
        await pipes.InitializeAsync();
        await pipes.WriteLineAsync(Search);
        await pipes.CloseInputAsync();
        await pipes.Serving;
    }

    [Fact]
    public async Task Calls_that_were_piped_in_are_answered_after_the_input_has_ended()
    {
        await using var pipes = await McpPipes.OpenAsync();
        await pipes.InitializeAsync();
        await pipes.WriteLineAsync(Search);
        await pipes.CloseInputAsync();
        Assert.Equal(7, (int?)(await pipes.ReadAsync())["id"]);
        await pipes.Serving;
    }

    [Fact]
    public async Task A_last_line_without_its_end_counts()
    {
        await using var pipes = await McpPipes.OpenAsync();
        await pipes.InitializeAsync();
        await pipes.WriteAsync("""{"jsonrpc":"2.0","id":7,"method":"ping"}"""u8.ToArray());
        await pipes.CloseInputAsync();
        Assert.Equal(7, (int?)(await pipes.ReadAsync())["id"]);
    }

    [Fact]
    public async Task A_call_that_hangs_does_not_keep_others_waiting()
    {
        await using var pipes = await McpPipes.OpenAsync(StubMemory.ThatHangs());
        await pipes.InitializeAsync();
        await pipes.WriteLineAsync(Search);
        Assert.NotNull((await pipes.AskAsync("""{"jsonrpc":"2.0","id":8,"method":"tools/list"}"""))["result"]!["tools"]);
    }

    [Fact]
    public async Task An_id_that_is_still_being_answered_is_refused()
    {
        await using var pipes = await McpPipes.OpenAsync(StubMemory.ThatHangs());
        await pipes.InitializeAsync();
        await pipes.WriteLineAsync(Search);
        var answer = await pipes.AskAsync(Search);
        Assert.Equal(-32600, (int?)answer["error"]!["code"]);
        Assert.Equal(7, (int?)answer["id"]);
    }

    [Fact]
    public async Task A_memory_that_is_away_is_named_as_the_reason()
    {
        await using var pipes = await McpPipes.OpenAsync(
            StubMemory.ThatFails(() => new MemoryException(MemoryErrorCode.Unavailable, "The data folder is in use.") { RetryAfter = TimeSpan.FromSeconds(3) }));
        await pipes.InitializeAsync();
        var answer = await pipes.AskAsync(Search);
        Assert.True((bool?)answer["result"]!["isError"]);
        Assert.Equal("unavailable: The data folder is in use. Try again in 3 s.", (string?)answer["result"]!["content"]![0]!["text"]);

        var status = await StatusAsync(pipes);
        Assert.Equal("disconnected", (string?)status["status"]);
        Assert.Equal("unavailable: The data folder is in use.", (string?)status["warnings"]![0]);
    }

    [Fact]
    public async Task A_fault_inside_tells_the_caller_nothing_of_it()
    {
        await using var pipes = await McpPipes.OpenAsync(StubMemory.ThatFails(() => new InvalidOperationException("the secret is 42")));
        await pipes.InitializeAsync();
        foreach (var line in (string[])[Search, """{"jsonrpc":"2.0","id":8,"method":"resources/read","params":{"uri":"memory://status"}}"""])
        {
            Assert.DoesNotContain("42", (await pipes.AskAsync(line)).ToJsonString(), StringComparison.Ordinal);
        }
    }

    private static async Task<JsonNode> StatusAsync(McpPipes pipes) =>
        (await pipes.AskAsync("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"memory_status","arguments":{}}}"""))["result"]!["structuredContent"]!;
}
