using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

/// <summary>What is wrong with a request is said in its own words, and nothing of it is kept. RELIABILITY H-08 to H-10, I-03, I-04, I-07.</summary>
public sealed class BadInputTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    private const string Records = "/v1/records";
    private const string Events = "/v1/events";
    private const string Search = "/v1/search";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Records, "", "empty")]
    [InlineData(Records, "null", "null")]
    [InlineData(Records, "[]", "not an object")]
    [InlineData(Records, "{", "not valid JSON: line 1, byte 2")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[\"x\"]} trailing", "not valid JSON")]
    [InlineData(Records, "{'namespace':'bad'}", "not valid JSON")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[\"x\"],}", "not valid JSON")]
    [InlineData(Records, "/* hi */ {\"namespace\":\"bad\",\"facts\":[\"x\"]}", "not valid JSON")]
    [InlineData(Records, "{}", "'namespace', 'facts' is missing")]
    [InlineData(Records, "{\"namespace\":\"bad\"}", "'facts' is missing")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[]}", "facts is empty")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":\"x\"}", "Facts are a list")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[1]}", "A fact is a string")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[null]}", "A fact is a string")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{}]}", "'content' is missing")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":5}]}", "not a string")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":null}]}", "null is not allowed")]
    [InlineData(Records, "{\"namespace\":1,\"facts\":[\"x\"]}", "At namespace: The value is not a string.")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[\"x\"],\"colour\":1}", "'colour' is not known here. Known: namespace, facts, source, agent.")]
    [InlineData(Records, "{\"Namespace\":\"bad\",\"facts\":[\"x\"]}", "'Namespace' is not known here")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"id\":\"mem-1\"}]}", "'id' is not known here")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"namespace\":\"worse\",\"facts\":[\"x\"]}", "'namespace' stands there twice")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"content\":\"y\"}]}", "'content' stands there twice")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"metadata\":{\"a\":1,\"a\":2}}]}", "twice")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"metadata\":{\"a\":{}}}]}", "A metadata value is a string")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"metadata\":{\"a\":1e999}}]}", "finite number")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"importance\":\"high\"}]}", "not a number")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"importance\":NaN}]}", "not valid JSON")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"kind\":\"opinion\"}]}", "\"fact\", \"preference\"")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"kind\":1}]}", "\"fact\", \"preference\"")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"occurredAt\":\"yesterday\"}]}", "2026-01-31T12:00:00Z")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[\"\\ud800\"]}", "surrogate")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"\\udc00x\"}]}", "surrogate")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":\"x\",\"metadata\":{\"\\ud800\":1}}]}", "surrogate")]
    [InlineData(Records, "{\"namespace\":\"\\ud83d\",\"facts\":[\"x\"]}", "surrogate")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"\\ud800\":\"x\"}", "surrogate")]
    [InlineData(Records, "{\"namespace\":\"a//b\",\"facts\":[\"x\"]}", "codebase/patterns")]
    [InlineData(Records, "{\"namespace\":\"../x\",\"facts\":[\"x\"]}", "codebase/patterns")]
    [InlineData(Records, "{\"namespace\":\"a/./b\",\"facts\":[\"x\"]}", "codebase/patterns")]
    [InlineData(Records, "{\"namespace\":\"\",\"facts\":[\"x\"]}", "codebase/patterns")]
    [InlineData(Records, "{\"namespace\":\"a/*\",\"facts\":[\"x\"]}", "codebase/patterns")]
    [InlineData(Records, "{\"namespace\":\"a\\u0000b\",\"facts\":[\"x\"]}", "codebase/patterns")]
    [InlineData(Events, "{\"actorId\":\"a\\u0000b\",\"sessionId\":\"s\",\"content\":\"x\"}", "actorId")]
    [InlineData(Events, "{\"actorId\":\"a\",\"sessionId\":\"s\\u0000\",\"content\":\"x\"}", "sessionId")]
    [InlineData(Events, "{\"actorId\":\"\",\"sessionId\":\"s\",\"content\":\"x\"}", "actorId is empty")]
    [InlineData(Events, "{\"actorId\":\"a\",\"sessionId\":\"s\",\"content\":\"\"}", "content is empty")]
    [InlineData(Events, "{\"actorId\":\"a\",\"sessionId\":\"s\"}", "'content' is missing")]
    [InlineData(Search, "{\"query\":\"x\",\"topK\":0}", "topK")]
    [InlineData(Search, "{\"query\":\"x\",\"topK\":101}", "topK")]
    [InlineData(Search, "{\"query\":\"x\",\"topK\":\"5\"}", "At topK: The value is not a whole number.")]
    [InlineData(Search, "{\"query\":\"x\",\"topK\":1.5}", "a whole number")]
    [InlineData(Search, "{\"query\":\"x\",\"topK\":99999999999}", "a whole number")]
    [InlineData(Search, "{\"query\":\"x\",\"minRelevance\":2}", "minRelevance")]
    [InlineData(Search, "{\"query\":\"x\",\"explain\":\"yes\"}", "true or false")]
    [InlineData(Search, "{\"query\":null}", "null is not allowed")]
    [InlineData(Search, "{\"query\":\"\"}", "query")]
    [InlineData(Search, "{\"query\":\"x\",\"namespace\":\"a//b\"}", "codebase/patterns")]
    public async Task A_wrong_body_is_refused_with_what_would_have_worked(string path, string body, string says)
    {
        var answer = (await door.SendAsync("POST", path, body)).Is(400);

        Assert.Equal("invalid_request", answer.Code);
        Assert.Contains(says, answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Keepsake.", answer.Text, StringComparison.Ordinal);
        Assert.Empty((await door.SendAsync("GET", "/v1/records?namespace=bad")).Is(200).Json["items"]!.AsArray());
    }

    [Theory]
    [InlineData("{}", 200, "")]
    [InlineData("{\"id\":\"x\"}", 400, "cannot be changed")]
    [InlineData("{\"content\":null}", 400, "cannot be null")]
    [InlineData("{\"content\":\"a\",\"content\":\"b\"}", 400, "twice")]
    [InlineData("{\"importance\":\"1\"}", 400, "not a number")]
    [InlineData("{\"importance\":7}", 400, "importance")]
    [InlineData("{\"metadata\":5}", 400, "not an object")]
    [InlineData("{\"content\":\"\\udfff\"}", 400, "surrogate")]
    [InlineData("{\"\\udfff\":\"x\"}", 400, "surrogate")]
    [InlineData("[]", 400, "A patch is an object")]
    public async Task A_wrong_patch_changes_nothing(string body, int status, string says)
    {
        var stored = (await door.SendAsync("POST", Records, """{"namespace":"patched","facts":["as it was"]}""")).Is(200).Json;
        var id = (string)stored["outcomes"]![0]!["id"]!;

        var answer = (await door.SendAsync("PATCH", $"/v1/records/{id}", body)).Is(status);

        Assert.Contains(says, answer.Text, StringComparison.Ordinal);
        Assert.Equal("as it was", (string?)(await door.SendAsync("GET", $"/v1/records/{id}")).Is(200).Json["content"]);
    }

    // I-03. The strings are what an encoder that follows the rules never writes.
    [Theory]
    [InlineData(0xFF)]
    [InlineData(0xC0, 0xAF)]
    [InlineData(0xE0, 0x80, 0xAF)]
    [InlineData(0xED, 0xA0, 0x80)]
    [InlineData(0xF4, 0x90, 0x80, 0x80)]
    [InlineData(0xE2, 0x82)]
    public async Task Invalid_utf8_is_refused_wherever_it_stands(params int[] bytes)
    {
        byte[] bad = [.. bytes.Select(b => (byte)b)];
        foreach (var (before, after) in new[]
        {
            ("{\"namespace\":\"bad\",\"facts\":[\"", "\"]}"),
            ("{\"namespace\":\"", "\",\"facts\":[\"x\"]}"),
            ("{\"namespace\":\"bad\",\"facts\":[\"x\"],\"", "\":1}"),
            ("", "{\"namespace\":\"bad\",\"facts\":[\"x\"]}"),
        })
        {
            var answer = await door.SendRawAsync("POST", Records, [.. Encoding.UTF8.GetBytes(before), .. bad, .. Encoding.UTF8.GetBytes(after)]);

            Assert.Equal(400, answer.Status);
            Assert.Equal("invalid_request", (string?)JsonNode.Parse(answer.Body)!["code"]);
            Assert.Contains("UTF-8", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Text_comes_back_as_it_was_sent()
    {
        foreach (var text in new[] { "a\0b", "\u202Eright to left", "e" + new string('\u0301', 1_000), "👩‍👩‍👧", "\uFEFFmark", "ÄÖÜ ß 漢字", "</script>&<'\"" })
        {
            var body = new JsonObject { ["namespace"] = "exact", ["facts"] = new JsonArray(text) }.ToJsonString();
            var id = (string)(await door.SendAsync("POST", Records, body)).Is(200).Json["outcomes"]![0]!["id"]!;

            Assert.Equal(text, (string?)(await door.SendAsync("GET", $"/v1/records/{id}")).Is(200).Json["content"]);
        }
    }

    [Fact]
    public async Task A_byte_order_mark_before_the_body_is_no_fault()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. "{\"query\":\"x\"}"u8];

        Assert.Equal(200, (await door.SendRawAsync("POST", Search, body)).Status);
    }

    // H-09
    [Theory]
    [InlineData(65)]
    [InlineData(100_000)]
    public async Task Deep_json_is_refused(int depth)
    {
        var body = $$"""{"namespace":"bad","facts":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        var unclosed = new string('[', depth);

        Assert.Equal("invalid_request", (await door.SendAsync("POST", Records, body)).Is(400).Code);
        Assert.Equal("invalid_request", (await door.SendAsync("POST", Search, unclosed)).Is(400).Code);
    }

    [Fact]
    public async Task Embeddings_that_are_not_the_stores_own_kind_are_refused()
    {
        var nan = Convert.ToBase64String(Enumerable.Repeat(float.NaN, 256).SelectMany(BitConverter.GetBytes).ToArray());
        var small = Convert.ToBase64String(new byte[16]);
        foreach (var embedding in new[] { nan, small, "not base64!", "AAA=" })
        {
            var fact = new JsonObject { ["content"] = "x", ["embedding"] = embedding, ["embeddingModel"] = "keepsake-en-1" };
            var body = new JsonObject { ["namespace"] = "bad", ["facts"] = new JsonArray(fact) }.ToJsonString();

            var answer = (await door.SendAsync("POST", Records, body)).Is(200).Json;

            Assert.Equal("invalid_request", (string?)answer["outcomes"]![0]!["error"]!["code"]);
        }
    }

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
