using System.Globalization;
using System.Text.Json.Nodes;
using Keepsake.Server;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Keepsake.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keepsake.Tests.Http;

/// <summary>What a caller is told when the stores fail, and what the log keeps to itself.</summary>
public sealed class FailureTests
{
    private const string Secret = "what was to be stored";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<MemoryErrorCode, int, string> Codes => new()
    {
        { MemoryErrorCode.InvalidRequest, 400, "invalid_request" },
        { MemoryErrorCode.Unauthenticated, 401, "unauthenticated" },
        { MemoryErrorCode.Forbidden, 403, "forbidden" },
        { MemoryErrorCode.NotFound, 404, "not_found" },
        { MemoryErrorCode.Conflict, 409, "conflict" },
        { MemoryErrorCode.PreconditionFailed, 412, "precondition_failed" },
        { MemoryErrorCode.TooLarge, 413, "too_large" },
        { MemoryErrorCode.RateLimited, 429, "rate_limited" },
        { MemoryErrorCode.Corrupt, 500, "corrupt" },
        { MemoryErrorCode.NotSupported, 501, "not_supported" },
        { MemoryErrorCode.Unavailable, 503, "unavailable" },
        { MemoryErrorCode.ReadOnly, 503, "read_only" },
        { MemoryErrorCode.StorageFull, 507, "storage_full" },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Every_code_has_its_status(MemoryErrorCode code, int status, string name)
    {
        var failure = new MemoryException(code, "Why.") { RetryAfter = code == MemoryErrorCode.RateLimited ? TimeSpan.FromSeconds(1.2) : null };
        await using var server = await ServeAsync(failure);
        using var client = new HttpClient { BaseAddress = new(server.Addresses.Single()) };

        using var response = await client.GetAsync("/v1/status", Cancellation);

        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.Equal(name, (string?)problem["code"]);
        Assert.Equal("Why.", (string?)problem["detail"]);
        Assert.Equal(code == MemoryErrorCode.RateLimited ? TimeSpan.FromSeconds(2) : null, response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public void No_code_is_without_a_test() => Assert.Equal(Enum.GetValues<MemoryErrorCode>().Length, Codes.Count);

    [Fact]
    public async Task An_unexpected_failure_tells_the_caller_nothing()
    {
        await using var server = await ServeAsync(new InvalidOperationException(Secret));
        using var client = new HttpClient { BaseAddress = new(server.Addresses.Single()) };

        using var response = await client.GetAsync("/v1/status", Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal("""{"title":"Internal Server Error","status":500}""", text);
    }

    [Fact]
    public void The_log_names_a_failure_and_where_it_was_and_not_what_it_says()
    {
        using var written = new StringWriter(CultureInfo.InvariantCulture);
        using var log = new StandardErrorLog(written, TimeProvider.System);

        try
        {
            throw new InvalidOperationException(Secret, new FormatException(Secret));
        }
        catch (InvalidOperationException e)
        {
#pragma warning disable CA1848, CA2254 // The test is of the log, not of a message.
            log.CreateLogger("Category").LogError(7, e, "It failed");
#pragma warning restore CA1848, CA2254
        }

        var text = written.ToString();
        Assert.Contains("error Category[7] It failed", text, StringComparison.Ordinal);
        Assert.Contains(nameof(FormatException), text, StringComparison.Ordinal);
        Assert.Contains(nameof(The_log_names_a_failure_and_where_it_was_and_not_what_it_says), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_to_be()
    {
        await using var server = await ServeAsync(new InvalidOperationException());

        var failure = await Assert.ThrowsAsync<MemoryException>(
            () => MemoryHttpServer.StartAsync(new FailingStores(null!), ListenAddresses.Parse(server.Addresses.Single()), cancellationToken: Cancellation));

        Assert.Equal(MemoryErrorCode.Unavailable, failure.Code);
        Assert.Contains("--urls", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Further_routes_stand_behind_the_same_rules()
    {
        await using var server = await MemoryHttpServer.StartAsync(
            new FailingStores(null!),
            ListenAddresses.Parse("http://127.0.0.1:0"),
            app => app.MapGet("/extra", () => Results.Text("extra")).NeedsNobody(),
            cancellationToken: Cancellation);
        var port = new Uri(server.Addresses.Single()).Port;

        var good = await RawAnswer.SendAsync(port, "GET /extra HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", Cancellation);
        var evil = await RawAnswer.SendAsync(port, "GET /extra HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", Cancellation);

        Assert.Equal(200, good.Status);
        Assert.Equal(403, evil.Status);
    }

    [Fact]
    public async Task Readiness_is_not_ok_where_the_store_is_not()
    {
        await using var server = await ServeAsync(new MemoryException(MemoryErrorCode.Unavailable, "Not now."));
        using var client = new HttpClient { BaseAddress = new(server.Addresses.Single()) };

        using var live = await client.GetAsync("/health", Cancellation);
        using var ready = await client.GetAsync("/health/ready", Cancellation);

        Assert.Equal(200, (int)live.StatusCode);
        Assert.Equal(503, (int)ready.StatusCode);
        Assert.Equal("""{"status":"unavailable"}""", await ready.Content.ReadAsStringAsync(Cancellation));
    }

    private static Task<MemoryHttpServer> ServeAsync(Exception failure) => MemoryHttpServer.StartAsync(
        new FailingStores(failure), ListenAddresses.Parse("http://127.0.0.1:0"), logLevel: LogLevel.None, cancellationToken: Cancellation);

    private sealed class FailingStores(Exception failure) : IMemoryStores
    {
        public IMemory this[string name] => throw failure;

        public IMemoryStores As(Keepsake.Access.Caller caller) => this;

        public Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken = default) => throw failure;

        public Task<StoreInfo> CreateAsync(string name, string? token = null, CancellationToken cancellationToken = default) => throw failure;

        public Task DeleteAsync(string name, string? token = null, CancellationToken cancellationToken = default) => throw failure;
    }
}
