using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>RELIABILITY H-01: which Host and which Origin get past the door.</summary>
public sealed class HostOriginRulesTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    private static readonly string[] GoodHosts = ["localhost", "localhost:3333", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:3333"];

    private static readonly string[] BadHosts =
    [
        "evil.example", "evil.example:3333", "localhost.evil.example", "localhost.", "localhost.:3333", "evil-localhost", "localhost:",
        "localhost:33333333", "localhost:80a", "127.0.0.1.evil.example", "127.0.0.1.", "127.0.0.2", "127.1", "0x7f000001", "2130706433",
        "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "::1", "xn--lclhost-7za", "user@localhost", "localhost@evil.example", "null", "",
    ];

    private static readonly string[] GoodOrigins =
        ["", "http://localhost", "http://localhost:6274", "https://127.0.0.1:8443", "http://[::1]:3000", "HTTP://LocalHost:80"];

    private static readonly string[] BadOrigins =
    [
        "null", "NULL", "http://evil.example", "https://evil.example:3333", "http://localhost.evil.example", "http://localhost.", "http://localhost:3333.evil.example",
        "http://localhost@evil.example", "http://user@localhost", "http://127.0.0.1.evil.example", "http://[::ffff:127.0.0.1]", "http://xn--lclhost-7za",
        "file://", "ftp://localhost", "chrome-extension://abcdef", "localhost", "http://localhost/", "http://localhost http://evil.example", "http://",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_loopback_hosts_with_loopback_origins_get_an_answer()
    {
        List<string> wrong = [];
        foreach (var (host, origin, good) in
            from host in GoodHosts.Concat(BadHosts)
            from origin in GoodOrigins.Concat(BadOrigins)
            select (host, origin, GoodHosts.Contains(host) && GoodOrigins.Contains(origin)))
        {
            var answer = await RawAnswer.SendAsync(
                door.Port,
                $"GET /v1/records HTTP/1.1\r\nHost: {host}\r\n{(origin.Length == 0 ? "" : $"Origin: {origin}\r\n")}Connection: close\r\n\r\n",
                Cancellation);

            // What is no host at all is refused by the server itself, before any rule of ours.
            if (good ? answer.Status != 200 : answer.Status is not (403 or 400))
            {
                wrong.Add($"Host '{host}', Origin '{origin}': {answer.Status}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_that_names_what_works_and_not_what_was_sent()
    {
        var answer = await RawAnswer.SendAsync(door.Port, "GET /v1/records HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", Cancellation);

        Assert.Equal(403, answer.Status);
        Assert.Equal("forbidden", (string?)JsonNode.Parse(answer.Body)!["code"]);
        Assert.Contains("127.0.0.1", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /health HTTP/1.0\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nOrigin: http://evil.example\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /health HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /openapi/v1.json HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /no-such-route HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    public async Task Other_ways_around_the_rules_are_closed(string request)
    {
        var answer = await RawAnswer.SendAsync(door.Port, request, Cancellation);

        Assert.True(answer.Status is 400 or 403, $"{answer.Status}");
    }

    [Fact]
    public async Task A_link_of_another_site_may_be_followed()
    {
        var answer = await RawAnswer.SendAsync(
            door.Port,
            "GET /health HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nConnection: close\r\n\r\n",
            Cancellation);

        Assert.Equal(200, answer.Status);
    }

    // RELIABILITY H-02: what a page of another site can send without asking first.
    [Theory]
    [InlineData("POST", "/v1/records", "text/plain")]
    [InlineData("POST", "/v1/records", "application/x-www-form-urlencoded")]
    [InlineData("POST", "/v1/records", "multipart/form-data; boundary=x")]
    [InlineData("POST", "/v1/records", "application/json; charset=utf-16")]
    [InlineData("POST", "/v1/records", "application/jsonp")]
    [InlineData("POST", "/v1/records", "text/plain; application/json")]
    [InlineData("POST", "/v1/records", "")]
    [InlineData("POST", "/v1/events", "text/plain")]
    [InlineData("POST", "/v1/stores", "text/plain")]
    [InlineData("POST", "/v1/search", "text/plain")]
    [InlineData("PUT", "/v1/preferences/u/k", "text/plain")]
    [InlineData("POST", "/v1/records/mem-1/restore", "text/plain")]
    public async Task A_body_that_is_not_json_has_no_effect(string method, string path, string contentType)
    {
        var header = contentType.Length == 0 ? "" : $"Content-Type: {contentType}\r\n";

        var answer = await door.SendRawAsync(method, path, """{"namespace":"h02","facts":["x"],"name":"x","value":"x"}"""u8.ToArray(), header);

        Assert.Equal(415, answer.Status);
        Assert.Equal("invalid_request", (string?)JsonNode.Parse(answer.Body)!["code"]);
        var kept = await door.Stores["default"].ListAsync(new() { Namespace = "h02" }, Cancellation);
        Assert.Empty(kept.Items);
    }

    [Fact]
    public async Task Every_answer_carries_the_headers_that_keep_it_from_other_sites()
    {
        foreach (var path in (string[])["/health", "/v1/records", "/no-such-route", "/v1/records?limit=0", "/openapi/v1.json"])
        {
            var answer = await RawAnswer.SendAsync(door.Port, $"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", Cancellation);

            Assert.Contains("X-Content-Type-Options: nosniff", answer.Head, StringComparison.Ordinal);
            Assert.Contains("Cache-Control: no-store", answer.Head, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", answer.Head, StringComparison.Ordinal);
            Assert.DoesNotContain("Server:", answer.Head, StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control", answer.Head, StringComparison.Ordinal);
        }
    }
}
