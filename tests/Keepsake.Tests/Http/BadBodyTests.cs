using System.Text;
using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

/// <summary>What is wrong with a body is said in words of JSON, and nothing of it is kept. RELIABILITY H-09, I-03, I-04, I-07.</summary>
public sealed class BadBodyTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    private const string Records = "/v1/records";
    private const string Events = "/v1/events";
    private const string Search = "/v1/search";

    [Theory]
    [InlineData(Records, "", "empty")]
    [InlineData(Records, "null", "null")]
    [InlineData(Records, "[]", "not an object")]
    [InlineData(Records, "{", "not valid JSON: line 1, byte 2")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[\"x\"]} trailing", "not valid JSON")]
    [InlineData(Records, "{'namespace':'bad'}", "not valid JSON")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[\"x\"],}", "not valid JSON")]
    [InlineData(Records, "/* hi */ {\"namespace\":\"bad\",\"facts\":[\"x\"]}", "not valid JSON")]
    [InlineData(Records, "{}", "'namespace', 'facts' are missing")]
    [InlineData(Records, "{\"namespace\":\"bad\"}", "'facts' is missing")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[]}", "facts is empty")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":\"x\"}", "Facts are a list")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[1]}", "A fact is a string")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[null]}", "A fact is a string")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{}]}", "'content' is missing")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":5}]}", "not a string")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[{\"content\":null}]}", "null is not allowed")]
    [InlineData(Records, "{\"namespace\":1,\"facts\":[\"x\"]}", "At namespace: The value is not a string.")]
    [InlineData(Records, "{\"namespace\":\"bad\",\"facts\":[\"x\"],\"colour\":1}", "'colour' is not known here. Known: namespace, facts, source, agent, origin, derivedFrom.")]
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
    [InlineData(Search, "{\"query\":\"x\",\"topK\":99999999999.0}", "At topK: The value is not a whole number.")]
    [InlineData(Search, "{\"query\":\"x\",\"topK\":1e400}", "At topK: The value is not a whole number.")]
    [InlineData(Search, "{\"query\":\"x\",\"topK\":101.0}", "topK")]
    [InlineData(Search, "{\"query\":\"x\",\"minRelevance\":2}", "minRelevance")]
    [InlineData(Search, "{\"query\":\"x\",\"explain\":\"yes\"}", "true or false")]
    [InlineData(Search, "{\"query\":null}", "null is not allowed")]
    [InlineData(Search, "{\"query\":\"x\",\"metadata\":[]}", "At metadata: ")]
    [InlineData(Search, "{\"query\":\"x\",\"metadata\":{\"a\":null}}", "A metadata value is null. Leave the key out")]
    [InlineData(Search, "{\"query\":\"x\",\"metadata\":{\"a\":{\"b\":1}}}", "A metadata value is a string")]
    [InlineData(Search, "{\"query\":\"x\",\"metadata\":{\"a\":1,\"a\":2}}", "twice")]
    [InlineData(Search, "{\"query\":\"x\",\"metadata\":{\"\":1}}", "A metadata key is empty")]
    [InlineData(Search, "{\"query\":\"x\",\"metadata\":{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,\"10\":0}}", "metadata asks for 11 keys; at most 10 are compared")]
    [InlineData(Search, "{\"query\":\"x\",\"metadata\":{\"password\":\"correct-horse-7!\"}}", "metadata holds a secret")]
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

    [Theory]
    [InlineData("3.0"), InlineData("3e0"), InlineData("30E-1"), InlineData("3")]
    public async Task A_whole_number_may_be_written_with_a_fraction_of_zeros(string three)
    {
        var facts = string.Join(',', Enumerable.Range(0, 5).Select(i => $"\"whole numbers, fact {i}\""));
        (await door.SendAsync("POST", Records, $$"""{"namespace":"numbers","facts":[{{facts}}]}""")).Is(200);

        var found = (await door.SendAsync("POST", Search, $$"""{"query":"whole numbers","namespace":"numbers","minRelevance":0,"topK":{{three}}}""")).Is(200).Json;

        Assert.Equal(3, (int)found["count"]!);
        (await door.SendAsync("POST", "/v1/namespaces/numbers/benchmark", $$"""{"seed":{{three}}}""")).Is(200);
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
}
