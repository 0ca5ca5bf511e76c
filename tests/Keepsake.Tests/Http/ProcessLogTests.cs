using System.Net.Http.Headers;
using System.Text;
using Keepsake.Tests.Durability;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

/// <summary>What a process writes to its log, at the most talkative level, and what it never does.</summary>
public sealed class ProcessLogTests : IDisposable
{
    private const string Canary = "ghp_canaryCanaryCanaryCanaryCanaryCa12";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_byte_of_a_request_reaches_the_log_of_serve_at_any_level()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var process = KilledProcess.Keepsake("serve", "--urls", "http://127.0.0.1:0", "--data", _folder["data"], "--log-level", "trace");
        await process.SaidAsync(1);
        var address = new Uri(process.Lines[0].Split(' ')[^1]);
        using (var client = new HttpClient { BaseAddress = address })
        {
            var fact = $$"""{"namespace":"agents/test","facts":["{{Canary}}"],"source":"{{Canary}}"}""";
            await SendAsync(client, "POST", "/v1/records", fact);
            await SendAsync(client, "POST", "/v1/search", $$"""{"query":"{{Canary}}","namespace":"agents/{{Canary}}"}""");
            await SendAsync(client, "DELETE", $"/v1/records/{Canary}?reason={Canary}");
            await SendAsync(client, "GET", $"/v1/actors/{Canary}/sessions?{Canary}={Canary}");
            await SendAsync(client, "GET", $"/{Canary}?store={Canary}");
            await SendAsync(client, "GET", "/v1/status", json: null, secret: Canary);
            await SendAsync(client, Canary, $"/v1/actors/{Canary}/sessions");
            await SendAsync(client, "POST", "/mcp", $$"""{"jsonrpc":"2.0","id":1,"method":"{{Canary}}","params":{"name":"{{Canary}}"} }""");
        }

        // What the web server refuses before anything of ours sees it.
        await RawAnswer.SendAsync(address.Port, $"GET /{Canary} {Canary}\r\n{Canary}\r\n\r\n", Cancellation);

        var log = await EndAsync(process);

        Assert.Contains("info Keepsake.Server.Http.RequestLog[1103] DELETE /v1/records/{id} was answered with ", log, StringComparison.Ordinal);
        Assert.Contains("(unknown) (unknown) was answered with", log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_core_says_in_the_log_what_became_of_its_model()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var serve = KilledProcess.Keepsake("serve", "--urls", "http://127.0.0.1:0", "--data", _folder["data"], "--log-level", "information");
        await serve.SaidAsync(1);
        using var client = new HttpClient { BaseAddress = new(serve.Lines[0].Split(' ')[^1]) };
        await SendAsync(client, "POST", "/v1/records", """{"namespace":"agents/test","facts":["Releases are cut on Thursdays"]}""");

        Assert.Contains("Keepsake.Embedding.Embedder[7001]", await EndAsync(serve), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mcp_warns_where_nothing_is_said_about_its_log_and_names_no_content()
    {
        _ = DataFolder.Open(_folder["data"]);
        var settings = _folder["data/keepsake.json"];
        await File.WriteAllTextAsync(settings, """{"Embedding":{"ModelFolder":"/nowhere/at/all"}}""", Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(settings, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await using var process = KilledProcess.Keepsake("mcp", "--data", _folder["data"]);
        await process.Input.WriteLineAsync(
            """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""");
        await process.Input.WriteLineAsync(
            $$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search_memories","arguments":{"query":"{{Canary}}","namespace":"agents"} } }""");
        await process.Input.FlushAsync(Cancellation);
        await process.SaidAsync(2);
        process.Input.Close();

        var log = await process.Errors;

        Assert.Contains("warning Keepsake.Embedding.Embedder[7002]", log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", log, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task SendAsync(HttpClient client, string method, string path, string? json = null, string? secret = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Canary);
        request.Headers.TryAddWithoutValidation($"X-{Canary}", Canary);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (secret is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {secret}");
        }

        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        using var response = await client.SendAsync(request, Cancellation);
    }

    private static Task<string> EndAsync(KilledProcess process)
    {
        process.Terminate();
        return process.Errors;
    }
}
