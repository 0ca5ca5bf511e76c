using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp;
using Keepsake.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keepsake.Tests.Access;

/// <summary>HTTP and MCP on a free port, for callers with keys.</summary>
internal sealed class KeyedDoor : IAsyncDisposable
{
    private readonly Guarded _folder = new();
    private readonly HttpClient _client = new();
    private MemoryHttpServer? _server;

    public MemoryStores Stores => _folder.Stores;

    public string Folder => _folder.Folder;

    public IReadOnlyList<Endpoint> Endpoints => _server!.Endpoints;

    public int Port => _client.BaseAddress!.Port;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<KeyedDoor> OpenAsync(AccessSettings? access = null, MemoryStoreOptions? options = null, TimeProvider? time = null, Action<WebApplication>? map = null)
    {
        await _folder.OpenAsync(options ?? new() { Access = { OperationsPerSecond = 0 } }, time);
        _server = await MemoryHttpServer.StartAsync(
            Stores, ListenAddresses.Parse("http://127.0.0.1:0"), app =>
            {
                app.MapMcp(Stores);
                map?.Invoke(app);
            },
            LogLevel.None, access, time, Cancellation);
        _client.BaseAddress = new(_server.Addresses.Single());
        return this;
    }

    /// <summary>Makes a key and gives its secret.</summary>
    public async Task<string> KeyAsync(string name, string scopes, string[]? namespaces = null, string[]? actors = null, string[]? stores = null) =>
        (await Stores.CreateKeyAsync(
            new() { Name = name, Scopes = scopes, Namespaces = namespaces, Actors = actors, Stores = stores }, Cancellation)).Secret;

    public async Task<(int Status, HttpResponseHeaders Headers, string Text)> SendAsync(string method, string path, string? json, params string?[] authorization)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        foreach (var one in authorization)
        {
            if (one is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", one);
            }
        }

        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (path.StartsWith("/mcp", StringComparison.Ordinal) && json is not null)
        {
            request.Headers.TryAddWithoutValidation("MCP-Protocol-Version", McpVersion);
            var message = JsonNode.Parse(json)!;
            request.Headers.TryAddWithoutValidation("Mcp-Method", (string?)message["method"]);
            request.Headers.TryAddWithoutValidation("Mcp-Name", (string?)message["params"]?["name"]);
        }

        using var response = await _client.SendAsync(request, Cancellation);
        return ((int)response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync(Cancellation));
    }

    /// <summary>Calls a tool and gives the text of its answer, or the failure of the call.</summary>
    public async Task<string> ToolAsync(string secret, string tool, string arguments)
    {
        var (status, _, text) = await SendAsync(
            "POST",
            "/mcp",
            $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{tool}}","arguments":{{arguments}},{{Meta}} } }""",
            $"Bearer {secret}");
        return $"{status} {text}";
    }

    public const string McpVersion = "2026-07-28";

    public const string Meta =
        """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}
        """;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _folder.DisposeAsync();
    }
}
