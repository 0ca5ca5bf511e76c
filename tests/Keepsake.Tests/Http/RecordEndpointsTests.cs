using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

public sealed class RecordEndpointsTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    [Fact]
    public async Task Facts_are_stored_listed_searched_and_read()
    {
        var answer = (await door.SendAsync("POST", "/v1/records", """
            {"namespace":"codebase/patterns","facts":["Repositories return null for what is not there",
             {"content":"Tests are sentences","key":"tests","kind":"preference","actorId":"ada","importance":0.9,"metadata":{"lang":"c#"}}],
             "source":"README.md","agent":"claude"}
            """)).Is(200).Json;

        Assert.True((bool)answer["success"]!);
        Assert.Equal(2, (int)answer["created"]!);
        Assert.Equal(0, (int)answer["failed"]!);
        Assert.Empty(answer["errors"]!.AsArray());
        Assert.All(answer["outcomes"]!.AsArray(), o => Assert.Equal("created", (string?)o!["outcome"]));

        var id = (string)answer["outcomes"]![1]!["id"]!;
        var read = (await door.SendAsync("GET", $"/v1/records/{id}")).Is(200);
        Assert.Equal("\"1\"", read.Headers.ETag?.Tag);
        Assert.Equal("Tests are sentences", (string?)read.Json["content"]);
        Assert.Equal("README.md", (string?)read.Json["provenance"]!["source"]);
        Assert.Equal("c#", (string?)read.Json["metadata"]!["lang"]);
        Assert.Null(read.Json["embedding"]);

        var all = (await door.SendAsync("GET", "/v1/records?namespace=codebase")).Is(200).Json["items"]!.AsArray();
        var keyed = (await door.SendAsync("GET", "/v1/records?namespace=codebase/patterns/*&keysOnly=true")).Is(200).Json["items"]!.AsArray();
        Assert.Equal(2, all.Count);
        Assert.Equal(id, (string?)Assert.Single(keyed)!["id"]);

        var found = (await door.SendAsync("POST", "/v1/search", """{"query":"how are tests named","namespace":"codebase","topK":1,"explain":true}""")).Is(200).Json;
        Assert.Equal(id, (string?)found["memories"]![0]!["id"]);
        Assert.Equal(1, (int)found["count"]!);
        Assert.Equal("record", (string?)found["memories"]![0]!["type"]);
        Assert.InRange((double)found["memories"]![0]!["relevance"]!, 0, 1);
        Assert.NotEmpty(found["memories"]![0]!["signals"]!.AsObject());
        Assert.Equal(1, found["memories"]![0]!["shares"]!.AsObject().Sum(share => (double)share.Value!), 1e-5);
    }

    [Fact]
    public async Task A_search_says_why_a_record_is_not_in_its_answer()
    {
        var body = """{"namespace":"why","facts":["Buses stop at the harbour"]}""";
        var id = (string?)(await door.SendAsync("POST", "/v1/records", body)).Is(200).Json["outcomes"]![0]!["id"];

        var why = (await door.SendAsync("POST", "/v1/search", $$"""{"query":"harbour","namespace":"elsewhere","why":"{{id}}"}""")).Is(200).Json["why"]!;

        Assert.Equal(id, (string?)why["id"]);
        Assert.Equal("out_of_scope", (string?)why["reason"]);
        Assert.Equal("It is in 'why', and the search looked only in and under 'elsewhere'.", (string?)why["message"]);
        Assert.Null(why["rank"]);
        (await door.SendAsync("POST", "/v1/search", """{"query":"harbour","why":"\n"}""")).Is(400);
    }

    [Fact]
    public async Task A_search_is_narrowed_to_exact_metadata()
    {
        var body = """
            {"namespace":"filtered","facts":[{"content":"Ships stop at the pier","metadata":{"line":1,"open":true}},{"content":"Trams stop at the pier","metadata":{"line":"1"}}]}
            """;
        (await door.SendAsync("POST", "/v1/records", body)).Is(200);

        foreach (var (metadata, found) in ((string, string)[])[
            ("""{"line":1}""", "Ships stop at the pier"), ("""{"line":"1"}""", "Trams stop at the pier"), ("""{"open":true,"line":1}""", "Ships stop at the pier"),
            ("""{"open":false}""", ""), ("{}", "Ships stop at the pier|Trams stop at the pier"), ("null", "Ships stop at the pier|Trams stop at the pier")])
        {
            var answer = (await door.SendAsync(
                "POST", "/v1/search", $$"""{"query":"what stops at the pier?","namespace":"filtered","minRelevance":0,"metadata":{{metadata}}}""")).Is(200).Json;
            Assert.Equal(found, string.Join('|', answer["memories"]!.AsArray().Select(m => (string?)m!["content"]).Order(StringComparer.Ordinal)));
        }
    }

    [Fact]
    public async Task A_refused_fact_does_not_stop_the_others()
    {
        var body = new JsonObject { ["namespace"] = "mixed", ["facts"] = new JsonArray("good", new string('x', 16_001), "") }.ToJsonString();

        var answer = (await door.SendAsync("POST", "/v1/records", body)).Is(200).Json;

        Assert.False((bool)answer["success"]!);
        Assert.Equal(1, (int)answer["created"]!);
        Assert.Equal(2, (int)answer["failed"]!);
        Assert.Equal(["created", "refused", "refused"], answer["outcomes"]!.AsArray().Select(o => (string)o!["outcome"]!));
        Assert.Equal("too_large", (string?)answer["outcomes"]![1]!["error"]!["code"]);
    }

    [Fact]
    public async Task A_record_is_changed_only_at_the_version_that_the_caller_saw()
    {
        var id = await RememberAsync("versions", "first");

        var changed = (await door.SendAsync("PATCH", $"/v1/records/{id}", """{"content":"second"}""", ("If-Match", "\"1\""))).Is(200);
        var stale = await door.SendAsync("PATCH", $"/v1/records/{id}", """{"content":"third"}""", ("If-Match", "\"1\""));
        var any = (await door.SendAsync("PATCH", $"/v1/records/{id}", """{"content":"fourth"}""", ("If-Match", "*"))).Is(200);
        var staleDelete = await door.SendAsync("DELETE", $"/v1/records/{id}", null, ("If-Match", "\"1\""));

        Assert.Equal("\"2\"", changed.Headers.ETag?.Tag);
        Assert.Equal("precondition_failed", stale.Is(412).Code);
        Assert.Equal("fourth", (string?)any.Json["content"]);
        Assert.Equal("precondition_failed", staleDelete.Is(412).Code);
        (await door.SendAsync("DELETE", $"/v1/records/{id}", null, ("If-Match", "\"3\""))).Is(200);
    }

    [Theory]
    [InlineData("W/\"1\"", 412)]
    [InlineData("\"abc\"", 412)]
    [InlineData("\"99999999999999999999\"", 412)]
    [InlineData("1", 400)]
    [InlineData("\"1\", \"2\"", 400)]
    [InlineData("\"1", 400)]
    public async Task An_If_Match_that_cannot_hold_changes_nothing(string tag, int status)
    {
        var id = await RememberAsync("tags", $"tagged {tag}");

        (await door.SendAsync("PATCH", $"/v1/records/{id}", """{"content":"changed"}""", ("If-Match", tag))).Is(status);
        (await door.SendAsync("DELETE", $"/v1/records/{id}", null, ("If-Match", tag))).Is(status);

        Assert.Equal(1, (int)(await door.SendAsync("GET", $"/v1/records/{id}")).Is(200).Json["version"]!);
    }

    [Fact]
    public async Task A_patch_tells_an_absent_member_from_null()
    {
        var id = await RememberAsync("patches", """{"content":"said","speaker":"Ada","metadata":{"a":1}}""", isJson: true);

        var kept = (await door.SendAsync("PATCH", $"/v1/records/{id}", """{"importance":1}""")).Is(200).Json;
        var cleared = (await door.SendAsync("PATCH", $"/v1/records/{id}", """{"speaker":null,"metadata":null}""")).Is(200).Json;

        Assert.Equal("Ada", (string?)kept["speaker"]);
        Assert.Null(cleared["speaker"]);
        Assert.Null(cleared["metadata"]);
    }

    [Fact]
    public async Task A_deleted_record_comes_back_unless_it_was_erased()
    {
        var soft = await RememberAsync("gone", "soft");
        var hard = await RememberAsync("gone", "hard");

        Assert.Equal(1, (int)(await door.SendAsync("DELETE", $"/v1/records/{soft}?reason=no%20longer%20so")).Is(200).Json["deleted"]!);
        (await door.SendAsync("DELETE", $"/v1/records/{hard}?hard=true")).Is(200);
        Assert.Equal("not_found", (await door.SendAsync("GET", $"/v1/records/{soft}")).Is(404).Code);
        Assert.Equal("not_found", (await door.SendAsync("DELETE", $"/v1/records/{soft}")).Is(404).Code);
        Assert.Empty((await door.SendAsync("GET", "/v1/records?namespace=gone")).Is(200).Json["items"]!.AsArray());

        Assert.Equal("soft", (string?)(await door.SendAsync("POST", $"/v1/records/{soft}/restore")).Is(200).Json["content"]);
        Assert.Equal("not_found", (await door.SendAsync("POST", $"/v1/records/{hard}/restore")).Is(404).Code);
        (await door.SendAsync("GET", $"/v1/records/{soft}")).Is(200);
    }

    [Theory]
    [InlineData("mem-00000000-0000-7000-8000-000000000000")]
    [InlineData("no-such-id")]
    [InlineData("0000000000000000001%2300000000")]
    public async Task Ids_that_are_not_there_are_not_found(string id)
    {
        foreach (var (method, path, body) in new[]
        {
            ("GET", $"/v1/records/{id}", null), ("DELETE", $"/v1/records/{id}", null), ("PATCH", $"/v1/records/{id}", """{"content":"x"}"""),
            ("POST", $"/v1/records/{id}/restore", (string?)null),
        })
        {
            Assert.Equal("not_found", (await door.SendAsync(method, path, body)).Is(404).Code);
        }
    }

    [Fact]
    public async Task A_namespace_contains_what_is_under_it_and_nothing_beside_it()
    {
        await RememberAsync("a/b", "inside");
        await RememberAsync("a/b/c", "below");
        await RememberAsync("a/bc", "beside");
        await RememberAsync("A/b", "other case");

        foreach (var scope in new[] { "a/b", "a/b/", "/a/b", "a/b/*", "a%2Fb" })
        {
            var items = (await door.SendAsync("GET", $"/v1/records?namespace={scope}")).Is(200).Json["items"]!.AsArray();
            Assert.Equal(["inside", "below"], items.Select(i => (string)i!["content"]!));
        }

        var found = (await door.SendAsync("POST", "/v1/search", """{"query":"beside","namespace":"a/b","minRelevance":0}""")).Is(200).Json;
        Assert.DoesNotContain("beside", found["memories"]!.AsArray().Select(m => (string)m!["content"]!));
    }

    [Fact]
    public async Task The_same_token_gives_the_same_answer_and_another_write_with_it_a_conflict()
    {
        const string Body = """{"namespace":"tokens","facts":["once"]}""";

        var first = (await door.SendAsync("POST", "/v1/records", Body, ("Idempotency-Key", "r-1"))).Is(200);
        var second = (await door.SendAsync("POST", "/v1/records", Body, ("Idempotency-Key", "r-1"))).Is(200);
        var other = await door.SendAsync("POST", "/v1/records", """{"namespace":"tokens","facts":["twice"]}""", ("Idempotency-Key", "r-1"));

        Assert.Equal(first.Text, second.Text);
        Assert.Equal("conflict", other.Is(409).Code);
    }

    private async Task<string> RememberAsync(string @namespace, string fact, bool isJson = false)
    {
        var body = new JsonObject { ["namespace"] = @namespace, ["facts"] = new JsonArray(isJson ? JsonNode.Parse(fact) : JsonValue.Create(fact)) };
        return (string)(await door.SendAsync("POST", "/v1/records", body.ToJsonString())).Is(200).Json["outcomes"]![0]!["id"]!;
    }
}
