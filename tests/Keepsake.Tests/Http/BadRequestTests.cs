using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

/// <summary>Too much, ambiguous or misaddressed is refused; hostile text is only text. RELIABILITY H-08, H-10.</summary>
public sealed class BadRequestTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    private const string Records = "/v1/records";
    private const string Events = "/v1/events";
    private const string Search = "/v1/search";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_limits_hold_at_their_edges()
    {
        (await door.SendAsync("POST", Records, Facts("edges", Enumerable.Range(0, 1_000).Select(i => $"fact {i}")))).Is(200);
        var thousandAndOne = await door.SendAsync("POST", Records, Facts("bad", Enumerable.Range(0, 1_001).Select(i => $"fact {i}")));
        var longest = (await door.SendAsync("POST", Records, Facts("edges", [new string('ä', 16_000)]))).Is(200).Json;
        var tooLong = await door.SendAsync("POST", Events, $$"""{"actorId":"a","sessionId":"s","content":"{{new string('x', 16_001)}}"}""");
        var query = new JsonObject { ["query"] = new string('?', 16_000) }.ToJsonString();
        var longQuery = new JsonObject { ["query"] = new string('?', 16_001) }.ToJsonString();

        Assert.Equal("too_large", thousandAndOne.Is(413).Code);
        Assert.Equal(0, (int)longest["failed"]!);
        Assert.Equal("too_large", tooLong.Is(413).Code);
        (await door.SendAsync("POST", Search, query)).Is(200);
        Assert.True((await door.SendAsync("POST", Search, longQuery)).Status is 400 or 413);
    }

    // H-08
    [Fact]
    public async Task A_body_over_the_limit_is_refused_however_it_is_sent()
    {
        const int Limit = 4 * 1024 * 1024;
        byte[] fits = [.. "{\"query\":\"x\""u8, .. Enumerable.Repeat((byte)' ', Limit - 13), (byte)'}'];
        byte[] over = [.. fits, (byte)' '];
        Assert.Equal(Limit, fits.Length);

        Assert.Equal(200, (await door.SendRawAsync("POST", Search, fits)).Status);
        var declared = await RawAnswer.SendAsync(
            door.Port, "POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n", Cancellation);
        var chunked = await SendChunkedAsync(over);

        foreach (var refused in new[] { await door.SendRawAsync("POST", Search, over), declared, chunked })
        {
            Assert.Equal(413, refused.Status);
            Assert.Contains("too_large", refused.Body, StringComparison.Ordinal);
            Assert.Contains("4 MB", refused.Body, StringComparison.Ordinal);
        }
    }

    // H-10
    [Theory]
    [InlineData("Content-Length: 13\r\nContent-Length: 14")]
    [InlineData("Content-Length: 13, 13")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length: 0x0d")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 13")]
    [InlineData("Transfer-Encoding: gzip, chunked\r\nContent-Length: 13")]
    [InlineData("Transfer-Encoding: xchunked\r\nContent-Length: 13")]
    [InlineData("Content-Length: 13\r\nX-A: a\rb")]
    [InlineData("Content-Length: 13\r\nX-A : a")]
    [InlineData("Content-Length: 13\r\nX-A: a\r\n folded: b")]
    [InlineData("Content-Length: 13\r\nIdempotency-Key: a\r\nIdempotency-Key: b")]
    public async Task A_request_that_two_readers_could_read_differently_is_refused(string headers)
    {
        var answer = await RawAnswer.SendAsync(
            door.Port,
            $"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}\r\n\r\n{{\"query\":\"x\"}}",
            Cancellation);

        Assert.True(answer.Status is 400 or 411 or 501, $"{answer.Status}");
    }

    [Fact]
    public async Task A_request_with_two_lengths_is_refused_though_its_chunks_are_in_order()
    {
        var answer = await RawAnswer.SendAsync(
            door.Port,
            "POST /v1/search HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nd\r\n{\"query\":\"x\"}\r\n0\r\n\r\n",
            Cancellation);

        Assert.Equal(400, answer.Status);
        Assert.Contains("Content-Length", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/records?limit=0", "limit is a whole number from 1 to 1000.")]
    [InlineData("/v1/records?limit=1001", "limit is a whole number from 1 to 1000.")]
    [InlineData("/v1/records?limit=", "limit is a whole number from 1 to 1000.")]
    [InlineData("/v1/records?limit=ten", "limit is a whole number from 1 to 1000.")]
    [InlineData("/v1/records?limit=5&limit=6", "twice")]
    [InlineData("/v1/records?limt=5", "Known: namespace, actorId, cursor, keysOnly, limit, store.")]
    [InlineData("/v1/records?Limit=5", "Known:")]
    [InlineData("/v1/records?keysOnly=1", "keysOnly is true or false.")]
    [InlineData("/v1/records?namespace=a//b", "codebase/patterns")]
    [InlineData("/v1/records?namespace=%FF", "UTF-8")]
    [InlineData("/v1/records?namespace=%ED%A0%80", "UTF-8")]
    [InlineData("/v1/records?namespace=a%00b", "codebase/patterns")]
    [InlineData("/v1/records?cursor=nonsense", "cursor")]
    [InlineData("/v1/records?store=no/such", "store")]
    [InlineData("/v1/records?store=", "store")]
    [InlineData("/v1/records?%FF=1", "UTF-8")]
    [InlineData("/v1/actors/a%FFb/sessions", "UTF-8")]
    [InlineData("/v1/actors/a%ED%A0%80b/sessions", "UTF-8")]
    [InlineData("/v1/actors/a%01b/sessions", "actorId")]
    [InlineData("/v1/actors/x/../a/sessions", "in full")]
    [InlineData("/v1/status?verbose=1", "Known: store.")]
    public async Task A_wrong_address_is_refused_with_what_would_have_worked(string path, string says)
    {
        var answer = await door.SendRawAsync("GET", path, [], "");

        Assert.True(answer.Status is 400 or 404, $"{answer.Status}: {answer.Body}");
        Assert.Contains(says, (string?)JsonNode.Parse(answer.Body)!["detail"], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Hostile_search_text_is_answered()
    {
        (await door.SendAsync("POST", Records, """{"namespace":"hostile","facts":["it's C# code in foo-bar at 10.5 under a/b"]}""")).Is(200);
        foreach (var query in new[]
        {
            "C#", "it's", "a OR b)", "\"", "foo-bar", "10.5", "a/b", "user:admin", "*", "NEAR(", "'; DROP TABLE records; --", "%_\\", new string('(', 2_000),
            new string('"', 16_000), "\0", "\u202E", new string('\u0301', 16_000), "ns : a OR content : b", string.Concat(Enumerable.Repeat("😀", 8_000)),
        })
        {
            var body = new JsonObject { ["query"] = query, ["namespace"] = "hostile" }.ToJsonString();

            Assert.NotNull((await door.SendAsync("POST", Search, body)).Is(200).Json["memories"]);
        }
    }

    [Fact]
    public async Task A_known_secret_in_an_identifier_is_refused_and_not_repeated()
    {
        // Made of two parts, so that scanners of this repository find no secret.
        var secret = "ghp_" + "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx";

        var answer = (await door.SendAsync("POST", Events, $$"""{"actorId":"{{secret}}","sessionId":"s","content":"x"}""")).Is(400);

        Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal);
    }

    private static string Facts(string @namespace, IEnumerable<string> facts) =>
        new JsonObject { ["namespace"] = @namespace, ["facts"] = new JsonArray([.. facts.Select(f => JsonValue.Create(f))]) }.ToJsonString();

    private Task<RawAnswer> SendChunkedAsync(byte[] body) => RawAnswer.SendAsync(
        door.Port,
        [
            .. "POST /v1/search HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8,
            .. Encoding.ASCII.GetBytes($"{body.Length:X}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8,
        ],
        Cancellation);
}
