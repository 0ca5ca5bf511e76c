using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Mcp;

/// <summary>The HTTP door with MCP on it, and a client that sends exactly what it is told.</summary>
public sealed class McpOverHttp : IAsyncLifetime
{
    public const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private readonly TemporaryStores _stores = new();
    private readonly HttpClient _client = new();
    private MemoryHttpServer? _server;

    internal IMemoryStores Stores => _stores.Stores;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _stores.OpenAsync();
        _server = await MemoryHttpServer.StartAsync(
            Stores, ListenAddresses.Parse("http://127.0.0.1:0"), app => app.MapMcp(Stores), cancellationToken: Cancellation);
        _client.BaseAddress = new(_server.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server!.DisposeAsync();
        await _stores.DisposeAsync();
    }

    /// <summary>Starts a session and gives its id.</summary>
    internal async Task<string> StartAsync(string query = "")
    {
        var answer = await PostAsync(Initialize, query);
        Assert.Equal(200, answer.Status);
        return answer.SessionId!;
    }

    internal Task<McpAnswer> PostAsync(string body, string query = "", params (string Name, string Value)[] headers) =>
        SendAsync("POST", query, Encoding.UTF8.GetBytes(body), headers);

    internal async Task<McpAnswer> SendAsync(string method, string query = "", byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), McpEndpoints.Path + query);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        if (headers.All(header => header.Name != "Accept"))
        {
            request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = new(value);
            }
            else
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        var session = response.Headers.TryGetValues("Mcp-Session-Id", out var values) ? values.Single() : null;
        return new((int)response.StatusCode, session, response.Content.Headers.ContentType?.MediaType, text);
    }

    /// <summary>Opens a stream and gives its first line.</summary>
    internal async Task<(int Status, string? Line)> OpenStreamAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, McpEndpoints.Path);
        request.Headers.Accept.ParseAdd("text/event-stream");
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        if (!response.IsSuccessStatusCode)
        {
            return ((int)response.StatusCode, null);
        }

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        return ((int)response.StatusCode, headers.Any(header => header.Name == "Last-Event-ID") ? await lines.ReadLineAsync(Cancellation) : null);
    }
}

internal sealed record McpAnswer(int Status, string? SessionId, string? MediaType, string Text)
{
    /// <summary>Gets the message: the body itself, or the data of the last event that has any.</summary>
    public JsonNode Message => JsonNode.Parse(
        MediaType == "text/event-stream" ? Text.Split('\n').Last(line => line.StartsWith("data: {", StringComparison.Ordinal))[6..] : Text)!;

    public int? Code => (int?)Message["error"]?["code"];

    public string Says => (string?)Message["error"]?["message"] ?? "";
}
