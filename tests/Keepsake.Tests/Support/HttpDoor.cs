using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Server.Access;
using Keepsake.Server.Http;

namespace Keepsake.Tests.Support;

/// <summary>A server on a free loopback port with stores of its own, and a client of it.</summary>
public sealed class HttpDoor : IAsyncLifetime
{
    private readonly TemporaryStores _stores = new();
    private MemoryHttpServer? _server;

    internal IMemoryStores Stores => _stores.Stores;

    internal HttpClient Client { get; } = new();

    internal int Port => Client.BaseAddress!.Port;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _stores.OpenAsync();
        _server = await MemoryHttpServer.StartAsync(Stores, ListenAddresses.Parse("http://127.0.0.1:0"), cancellationToken: Cancellation);
        Client.BaseAddress = new(_server.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
        await _stores.DisposeAsync();
    }

    /// <summary>Sends JSON text, or no body.</summary>
    internal async Task<HttpAnswer> SendAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await Client.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return new((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, text);
    }

    /// <summary>Sends bytes as they are, with a fitting Host and Content-Length.</summary>
    internal Task<RawAnswer> SendRawAsync(string method, string path, byte[] body, string headers = "Content-Type: application/json\r\n") =>
        RawAnswer.SendAsync(
            Port,
            [.. Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{headers}\r\n"), .. body],
            Cancellation);
}

internal sealed record HttpAnswer(int Status, HttpResponseHeaders Headers, string? MediaType, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Code => MediaType == Problem.MediaType ? (string?)Json["code"] : null;

    public string Detail => (string?)Json["detail"] ?? "";

    public HttpAnswer Is(int status)
    {
        Assert.True(Status == status, $"{Status} instead of {status}: {Text}");
        return this;
    }
}
