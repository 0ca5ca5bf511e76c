using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keepsake.Tests.Embedding;

/// <summary>An embedding endpoint on loopback that behaves as well or as badly as a test wants.</summary>
internal sealed class EmbeddingServer : IAsyncDisposable
{
    public const int Dimensions = 4;

    // Bound and never listening: nobody else is given the port while the server is down, and who connects then is refused.
    private readonly Socket _place = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _port;
    private WebApplication? _app;
    private int _atOnce;

    private EmbeddingServer()
    {
        _place.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _port = ((IPEndPoint)_place.LocalEndPoint!).Port;
        if (!OperatingSystem.IsLinux())
        {
            // Other systems do not give a port to two sockets.
            _place.Close();
        }
    }

    /// <summary>What it does with a request; the good answer by default.</summary>
    public Func<HttpContext, JsonNode, Task> Behaviour { get; set; } = Answer;

    public Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>The bodies of all requests, oldest first.</summary>
    public ConcurrentQueue<JsonNode> Requests { get; } = new();

    public ConcurrentQueue<(string Path, string? Authorization)> Headers { get; } = new();

    public int MostAtOnce { get; private set; }

    public static async Task<EmbeddingServer> StartAsync()
    {
        EmbeddingServer server = new();
        await server.RestartAsync();
        return server;
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.DisposeAsync();
        }
    }

    public async Task RestartAsync() => _app = await ListenAsync(_port, HandleAsync);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _place.Dispose();
    }

    /// <summary>The vector that the good answer gives a text: four numbers of its own, not at unit length.</summary>
    public static float[] VectorOf(string text) => [text.Length, text.Count(c => c == 'a') + 1, text[0], -text[^1]];

    public static async Task Answer(HttpContext context, JsonNode request)
    {
        if (context.Request.Path == "/embed")
        {
            await context.Response.WriteAsJsonAsync(new { embedding = VectorOf(request["text"]!.GetValue<string>()) });
            return;
        }

        // Last first: the index counts, not the place.
        await context.Response.WriteAsJsonAsync(new
        {
            data = request["input"]!.AsArray()
                .Select((text, index) => new { index, embedding = VectorOf(text!.GetValue<string>()) })
                .Reverse(),
        });
    }

    public static Func<HttpContext, JsonNode, Task> Status(int status) => (context, _) =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("secret memory repeated by the server");
    };

    public static Func<HttpContext, JsonNode, Task> Text(string body) => (context, _) => context.Response.WriteAsync(body);

    private static async Task<WebApplication> ListenAsync(int port, RequestDelegate handle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.Run(handle);
        await app.StartAsync();
        return app;
    }

    private async Task HandleAsync(HttpContext context)
    {
        var request = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        Requests.Enqueue(request);
        Headers.Enqueue((context.Request.Path, context.Request.Headers.Authorization));
        lock (Requests)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
        }

        try
        {
            await Behaviour(context, request);
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            lock (Requests)
            {
                _atOnce--;
            }
        }
    }
}
