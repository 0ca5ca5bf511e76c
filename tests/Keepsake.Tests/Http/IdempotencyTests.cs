using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

/// <summary>Every write of the API, sent again under its name.</summary>
public sealed class IdempotencyTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    [Fact]
    public async Task Every_route_that_writes_takes_a_token()
    {
        var paths = (await door.SendAsync("GET", "/openapi/v1.json")).Is(200).Json["paths"]!.AsObject();

        foreach (var (path, method, operation) in paths.SelectMany(p => p.Value!.AsObject().Select(o => (p.Key, o.Key, o.Value!))))
        {
            var takesToken = operation["parameters"]?.AsArray().Any(p => (string?)p!["name"] == "Idempotency-Key" && (string?)p["in"] == "header") ?? false;
            Assert.True(takesToken == (method != "get" && path != "/v1/search"), $"{method} {path}");
        }
    }

    [Fact]
    public async Task A_change_sent_again_gives_the_record_as_it_is_now()
    {
        var id = await RememberAsync("first");
        var change = Once("PATCH", $"/v1/records/{id}", """{"content":"second"}""", ("If-Match", "\"1\""));
        Assert.Equal("second", (string?)(await change()).Is(200).Json["content"]);
        (await door.SendAsync("PATCH", $"/v1/records/{id}", """{"content":"third"}""")).Is(200);

        var again = (await change()).Is(200);

        Assert.Equal(("third", "\"3\""), ((string?)again.Json["content"], again.Headers.ETag?.Tag));
    }

    [Fact]
    public async Task A_deletion_sent_again_gives_the_first_answer_and_leaves_what_was_restored_since()
    {
        var id = await RememberAsync("deleted once");
        var delete = Once("DELETE", $"/v1/records/{id}", null, ("If-Match", "\"1\""));
        var first = (await delete()).Is(200);
        Assert.Equal(first.Text, (await delete()).Is(200).Text);
        (await door.SendAsync("DELETE", $"/v1/records/{id}")).Is(404);

        (await door.SendAsync("POST", $"/v1/records/{id}/restore")).Is(200);

        Assert.Equal(first.Text, (await delete()).Is(200).Text);
        (await door.SendAsync("GET", $"/v1/records/{id}")).Is(200);
    }

    [Fact]
    public async Task A_deletion_that_found_nothing_finds_nothing_when_it_is_sent_again()
    {
        var id = await RememberAsync("deleted meanwhile");
        (await door.SendAsync("DELETE", $"/v1/records/{id}")).Is(200);
        var delete = Once("DELETE", $"/v1/records/{id}");
        (await delete()).Is(404);
        (await door.SendAsync("POST", $"/v1/records/{id}/restore")).Is(200);

        (await delete()).Is(404);

        (await door.SendAsync("GET", $"/v1/records/{id}")).Is(200);
    }

    [Fact]
    public async Task A_restore_sent_again_does_not_bring_back_what_was_deleted_since()
    {
        var id = await RememberAsync("restored once");
        (await door.SendAsync("DELETE", $"/v1/records/{id}")).Is(200);
        var restore = Once("POST", $"/v1/records/{id}/restore");
        Assert.Equal((await restore()).Is(200).Text, (await restore()).Is(200).Text);
        (await door.SendAsync("DELETE", $"/v1/records/{id}")).Is(200);

        (await restore()).Is(404);

        (await door.SendAsync("GET", $"/v1/records/{id}")).Is(404);
    }

    [Fact]
    public async Task A_restore_of_what_is_there_is_remembered_too()
    {
        var id = await RememberAsync("there already");
        var restore = Once("POST", $"/v1/records/{id}/restore");
        (await restore()).Is(200);
        (await door.SendAsync("DELETE", $"/v1/records/{id}")).Is(200);

        (await restore()).Is(404);

        (await door.SendAsync("GET", $"/v1/records/{id}")).Is(404);
    }

    [Fact]
    public async Task A_session_deleted_again_keeps_what_was_said_since()
    {
        const string Events = "/v1/actors/ada/sessions/once/events";
        const string Said = """{"actorId":"ada","sessionId":"once","content":"hello"}""";
        (await door.SendAsync("POST", "/v1/events", Said)).Is(201);
        var delete = Once("DELETE", Events);
        var first = (await delete()).Is(200);
        (await door.SendAsync("POST", "/v1/events", Said)).Is(201);

        Assert.Equal(first.Text, (await delete()).Is(200).Text);

        Assert.Equal(1, (int)(await door.SendAsync("GET", Events)).Is(200).Json["count"]!);
    }

    [Fact]
    public async Task A_preference_deleted_again_keeps_the_value_set_since()
    {
        const string Path = "/v1/preferences/ada/once";
        (await door.SendAsync("PUT", Path, """{"value":"dark"}""")).Is(201);
        var delete = Once("DELETE", Path);
        var first = (await delete()).Is(200);
        (await door.SendAsync("PUT", Path, """{"value":"light"}""")).Is(201);

        Assert.Equal(first.Text, (await delete()).Is(200).Text);

        Assert.Equal("light", (string?)(await door.SendAsync("GET", Path)).Is(200).Json["content"]);
        (await door.SendAsync("DELETE", "/v1/preferences/ada/never")).Is(404);
    }

    [Fact]
    public async Task A_preference_is_that_of_the_namespace_and_not_of_one_under_it()
    {
        const string Path = "/v1/preferences/ada/place?namespace=once/team";
        (await door.SendAsync("PUT", "/v1/preferences/ada/place", """{"value":"here","namespace":"once/team"}""")).Is(201);
        (await door.SendAsync("PUT", "/v1/preferences/ada/place", """{"value":"below","namespace":"once/team/sub"}""")).Is(201);

        Assert.Equal("here", (string?)(await door.SendAsync("GET", Path)).Is(200).Json["content"]);
        (await door.SendAsync("DELETE", Path)).Is(200);
        (await door.SendAsync("DELETE", Path)).Is(404);

        Assert.Equal("below", (string?)(await door.SendAsync("GET", Path + "/sub")).Is(200).Json["content"]);
    }

    [Fact]
    public async Task A_source_forgotten_again_keeps_what_came_from_it_since()
    {
        const string Read = """{"namespace":"once","facts":["read there"],"source":"once.test"}""";
        (await door.SendAsync("POST", "/v1/records", Read)).Is(200);
        var forget = Once("POST", "/v1/sources/forget", """{"source":"once.test"}""");
        var first = (await forget()).Is(200);
        Assert.Equal(1, (int)first.Json["records"]!);
        (await door.SendAsync("POST", "/v1/records", Read)).Is(200);

        Assert.Equal(first.Text, (await forget()).Is(200).Text);
        Assert.Equal(1, (int)(await door.SendAsync("POST", "/v1/sources/forget", """{"source":"once.test","dryRun":true}""")).Is(200).Json["records"]!);

        var nothing = Once("POST", "/v1/sources/forget", """{"source":"nobody.test"}""");
        Assert.Equal((await nothing()).Is(200).Text, (await nothing()).Is(200).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_is_created_and_deleted_once(bool encrypted)
    {
        var name = encrypted ? "once-sealed" : "once-plain";
        var create = Once("POST", "/v1/stores", $$"""{"name":"{{name}}","encrypted":{{(encrypted ? "true" : "false")}}}""");
        var made = (await create()).Is(201);
        Assert.Equal(made.Text, (await create()).Is(201).Text);
        (await door.SendAsync("POST", "/v1/stores", $$"""{"name":"{{name}}"}""")).Is(409);

        var delete = Once("DELETE", $"/v1/stores/{name}");
        var gone = (await delete()).Is(200);
        Assert.Equal(gone.Text, (await delete()).Is(200).Text);
        (await door.SendAsync("DELETE", $"/v1/stores/{name}")).Is(404);

        // Both names are of the folder, so they outlive the store.
        Assert.Equal(made.Text, (await create()).Is(201).Text);
        (await door.SendAsync("GET", $"/v1/stores/{name}")).Is(404);
    }

    [Fact]
    public async Task A_benchmark_run_again_gives_the_report_that_was_kept()
    {
        await Corpus.RememberAsync(door.Stores["default"], 20, "once/notes");
        const string Path = "/v1/namespaces/once%2Fnotes/benchmark";
        var run = Once("POST", Path, """{"probes":5}""");
        var first = (await run()).Is(200);

        Assert.Equal(first.Text, (await run()).Is(200).Text);

        Assert.Single((await door.SendAsync("GET", Path)).Is(200).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_token_that_stands_for_another_write_is_a_conflict_and_changes_nothing()
    {
        var id = await RememberAsync("stays");
        (await door.SendAsync("PUT", "/v1/preferences/ada/stays", """{"value":"dark"}""", ("Idempotency-Key", "taken"))).Is(201);
        (await door.SendAsync("POST", "/v1/stores", """{"name":"once-taken"}""", ("Idempotency-Key", "taken"))).Is(201);
        (string Method, string Path, string? Body)[] writes =
        [
            ("PATCH", $"/v1/records/{id}", """{"content":"changed"}"""), ("DELETE", $"/v1/records/{id}", null), ("POST", $"/v1/records/{id}/restore", null),
            ("DELETE", "/v1/preferences/ada/stays", null), ("DELETE", "/v1/actors/ada/sessions/stays/events", null),
            ("POST", "/v1/sources/forget", """{"source":"stays.test"}"""), ("POST", "/v1/stores", """{"name":"once-other"}"""),
            ("DELETE", "/v1/stores/once-taken", null), ("POST", "/v1/namespaces/once/benchmark", null),
        ];

        foreach (var (method, path, body) in writes)
        {
            Assert.Equal("conflict", (await door.SendAsync(method, path, body, ("Idempotency-Key", "taken"))).Is(409).Code);
        }

        Assert.Equal("stays", (string?)(await door.SendAsync("GET", $"/v1/records/{id}")).Is(200).Json["content"]);
        (await door.SendAsync("GET", "/v1/preferences/ada/stays")).Is(200);
        (await door.SendAsync("GET", "/v1/stores/once-taken")).Is(200);
        (await door.SendAsync("GET", "/v1/stores/once-other")).Is(404);
    }

    [Fact]
    public async Task What_a_token_cannot_be_is_refused_before_anything_is_done()
    {
        var id = await RememberAsync("kept");

        foreach (var token in new[] { "", new string('t', 257) })
        {
            Assert.Equal("invalid_request", (await door.SendAsync("DELETE", $"/v1/records/{id}", null, ("Idempotency-Key", token))).Is(400).Code);
            Assert.Equal("invalid_request", (await door.SendAsync("POST", "/v1/stores", """{"name":"never"}""", ("Idempotency-Key", token))).Is(400).Code);
        }

        Assert.Equal("invalid_request", (await door.SendAsync(
            "POST", "/v1/sources/forget", """{"source":"a","dryRun":true}""", ("Idempotency-Key", new string('t', 257)))).Is(400).Code);
        (await door.SendAsync("GET", $"/v1/records/{id}")).Is(200);
    }

    [Fact]
    public async Task One_write_sent_many_times_at_once_is_done_once()
    {
        var id = await RememberAsync("raced");
        var patch = Once("PATCH", $"/v1/records/{id}", """{"content":"raced and won"}""", ("If-Match", "\"1\""));
        Assert.All(await AtOnceAsync(patch), answer => Assert.Equal("\"2\"", answer.Is(200).Headers.ETag?.Tag));

        var create = Once("POST", "/v1/stores", """{"name":"once-raced"}""");
        Assert.Single((await AtOnceAsync(create)).Select(answer => answer.Is(201).Text).Distinct());

        (await door.SendAsync("PUT", "/v1/preferences/ada/raced", """{"value":"dark"}""")).Is(201);
        Assert.Single((await AtOnceAsync(Once("DELETE", "/v1/preferences/ada/raced"))).Select(answer => answer.Is(200).Text).Distinct());

        Assert.Single((await AtOnceAsync(Once("DELETE", "/v1/stores/once-raced"))).Select(answer => answer.Is(200).Text).Distinct());
    }

    private static async Task<HttpAnswer[]> AtOnceAsync(Func<Task<HttpAnswer>> send) => await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(send)));

    /// <summary>A write under a name of its own, to be sent as often as wanted.</summary>
    private Func<Task<HttpAnswer>> Once(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var token = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
        return () => door.SendAsync(method, path, body, [("Idempotency-Key", token), .. headers]);
    }

    private async Task<string> RememberAsync(string fact)
    {
        var body = new JsonObject { ["namespace"] = "once", ["facts"] = new JsonArray(fact) };
        return (string)(await door.SendAsync("POST", "/v1/records", body.ToJsonString())).Is(200).Json["outcomes"]![0]!["id"]!;
    }
}
