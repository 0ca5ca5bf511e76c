using System.Text.Json.Nodes;
using Keepsake.Tests.Durability;

namespace Keepsake.Tests.Ownership;

/// <summary>A real <c>keepsake mcp</c>, spoken to as an agent does.</summary>
internal sealed class McpProcess : IAsyncDisposable
{
    private readonly KilledProcess _process;
    private int _sent;

    private McpProcess(string folder) => _process = KilledProcess.Keepsake("mcp", "--data", folder);

    public KilledProcess Process => _process;

    public static async Task<McpProcess> StartAsync(string folder)
    {
        var agent = new McpProcess(folder);
        await agent.AskAsync(
            "initialize", """{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}""");
        await agent._process.Input.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return agent;
    }

    /// <summary>Calls a tool.</summary>
    /// <returns>Its structured answer; <see langword="null"/> when the process was killed before it answered.</returns>
    public async Task<JsonNode?> CallAsync(string tool, JsonObject arguments)
    {
        var answer = await AskAsync("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments }.ToJsonString());
        Assert.False((bool?)answer?["result"]?["isError"] ?? false, answer?.ToJsonString());
        return answer?["result"]?["structuredContent"];
    }

    /// <summary>Stores one fact.</summary>
    /// <returns>Its id; <see langword="null"/> when the process was killed before it answered.</returns>
    public async Task<string?> StoreAsync(string content, string @namespace = "agents/test")
    {
        var answer = await CallAsync("store_facts", new() { ["namespace"] = @namespace, ["facts"] = new JsonArray(content) });
        return (string?)answer?["outcomes"]![0]!["id"];
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<JsonNode?> AskAsync(string method, string parameters)
    {
        var id = ++_sent;
        try
        {
            await _process.Input.WriteLineAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
            await _process.Input.FlushAsync();
        }
        catch (IOException)
        {
            return null;
        }

        // Nothing but answers comes on standard output, one a request.
        await _process.SaidAsync(id);
        var lines = _process.Lines;
        if (lines.Count < id)
        {
            return null;
        }

        var answer = JsonNode.Parse(lines[id - 1])!;
        Assert.Equal(id, (int?)answer["id"]);
        return answer;
    }
}
