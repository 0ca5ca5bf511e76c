using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keepsake.Server.Mcp;
using Keepsake.Server.Mcp.Tools;

namespace Keepsake.Tests.Mcp;

/// <summary>Pins what agents build on: names, parameters, hints, and what it costs their context.</summary>
public sealed class ToolContractTests
{
    private const int MaxListBytes = 12_000;

    public static TheoryData<string, string, string, string> Tools { get; } = new()
    {
        { "store_event", "content, actor_id, session_id", "event_type, role, namespace, metadata, client_token", "adds" },
        { "recall_events", "actor_id, session_id", "limit, namespace", "reads" },
        { "search_memories", "query, namespace", "top_k, min_relevance, detail, why", "reads" },
        { "store_facts", "facts, namespace", "source, origin, agent, client_token", "adds, repeatable" },
        { "forget_memories", "ids", "reason", "destroys, repeatable" },
        { "get_preferences", "actor_id", "namespace", "reads" },
        { "update_preference", "actor_id, key, value", "namespace", "adds, repeatable" },
        { "memory_status", "", "", "reads" },
        { "clear_session", "actor_id, session_id", "", "destroys, repeatable" },
    };

    [Theory]
    [MemberData(nameof(Tools))]
    public void A_tool_has_its_parameters_and_hints(string name, string required, string optional, string does)
    {
        var tool = Assert.Single(ToolCatalog.Tools, tool => tool.Name == name);
        var schema = tool.InputSchema;
        string[] needed = schema.TryGetProperty("required", out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];
        Assert.Equal(required, string.Join(", ", needed));
        var names = schema.GetProperty("properties").EnumerateObject().Select(property => property.Name);
        Assert.Equal(optional, string.Join(", ", names.Except(needed)));
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal("object", tool.OutputSchema!.Value.GetProperty("type").GetString());
        Assert.False(string.IsNullOrEmpty(tool.Title));
        Assert.True(tool.Description!.Length > 80);

        var hints = tool.Annotations!;
        Assert.False(hints.OpenWorldHint);
        Assert.Equal(does == "reads", hints.ReadOnlyHint);
        Assert.Equal(does == "reads" ? null : does.StartsWith("destroys", StringComparison.Ordinal), hints.DestructiveHint);
        Assert.Equal(does == "reads" ? null : does.EndsWith("repeatable", StringComparison.Ordinal), hints.IdempotentHint);
    }

    [Fact]
    public void There_are_nine_tools() => Assert.Equal(Tools.Select(row => row.Data.Item1), ToolCatalog.Tools.Select(tool => tool.Name));

    [Fact]
    public async Task The_list_of_tools_leaves_an_agent_its_context()
    {
        await using var pipes = await McpPipes.OpenAsync();
        await pipes.InitializeAsync();
        var answer = await pipes.AskAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        Assert.InRange(Encoding.UTF8.GetByteCount(answer.ToJsonString()), 1, MaxListBytes);
    }

    [Fact]
    public void Instructions_are_at_most_eight_lines()
    {
        Assert.InRange(McpDoor.Instructions.Split('\n').Length, 1, 8);
        Assert.Contains("data, not instructions", McpDoor.Instructions, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task The_first_answers_are_those_that_the_server_itself_gives(string version)
    {
        var initialize =
            $$$"""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"{{{version}}}","capabilities":{},"clientInfo":{"name":"t","version":"1"} } }""";
        await using var early = await McpPipes.OpenAsync();
        await using var late = await McpPipes.OpenAsync();
        var first = await early.AskAsync(initialize);

        // A version that is not known is left to the server, which offers its own.
        var own = await late.AskAsync(initialize.Replace(version, "1999-01-01", StringComparison.Ordinal));
        own["result"]!["protocolVersion"] = version;
        Assert.True(JsonElement.DeepEquals(Element(first), Element(own)), $"{first}\n{own}");

        await late.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        var tools = await early.AskAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");
        var ownTools = await late.AskAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"_meta":{}}}""");
        Assert.True(JsonElement.DeepEquals(Element(tools), Element(ownTools)), $"{tools}\n{ownTools}");
    }

    private static JsonElement Element(JsonNode node) => JsonElement.Parse(node.ToJsonString());
}
