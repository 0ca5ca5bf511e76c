using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keepsake.Tests.Embedding;

/// <summary>A model hub on loopback that serves a folder, and cuts connections when a test wants it to.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HubServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>The files by the path of their address.</summary>
    public ConcurrentDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>What was asked for: path and range.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>How many bytes of a body are sent before the connection is cut; <see langword="null"/>: all, and nothing is cut.</summary>
    public int? CutAfter { get; set; }

    /// <summary>What a linked file's checksum is said to be, in the answer that points to the bytes; <see langword="null"/>: nothing is linked.</summary>
    public string? LinkedTag { get; set; }

    /// <summary>Where all answers redirect to; <see langword="null"/>: nowhere.</summary>
    public string? Location { get; set; }

    /// <summary>The status of all answers in place of the good one.</summary>
    public int? Status { get; set; }

    public static async Task<HubServer> StartAsync()
    {
        HubServer? server = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context => server!.AnswerAsync(context));
        server = new(app);
        await app.StartAsync();
        return server;
    }

    /// <summary>Offers the files of a folder as a model.</summary>
    public void Offer(string model, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            Files[$"/{model}/resolve/main/{Path.GetRelativePath(folder, file).Replace('\\', '/')}"] = File.ReadAllBytes(file);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        Requests.Enqueue($"{path} {context.Request.Headers.Range}".TrimEnd());
        if (Status is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        if (Location is not null)
        {
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = Location;
            return;
        }

        if (LinkedTag is { } tag && path.EndsWith("model.safetensors", StringComparison.Ordinal) && !context.Request.Query.ContainsKey("signed"))
        {
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers["X-Linked-ETag"] = $"\"{tag}\"";
            context.Response.Headers.Location = path + "?signed=1";
            return;
        }

        if (!Files.TryGetValue(path, out var content))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var from = 0;
        if (context.Request.Headers.Range is [{ } range])
        {
            from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        context.Response.ContentLength = content.Length - from;
        var count = Math.Min(content.Length - from, CutAfter ?? int.MaxValue);
        await context.Response.Body.WriteAsync(content.AsMemory(from, count), context.RequestAborted);

        // With fewer bytes than it promised, the server ends the connection behind them; an abort could take those under way along.
    }
}
