using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

/// <summary>Preferences, stores, status and health.</summary>
public sealed class OtherEndpointsTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    [Fact]
    public async Task A_preference_is_set_replaced_listed_and_deleted()
    {
        var created = (await door.SendAsync("PUT", "/v1/preferences/ada@example.org/editor", """{"value":"vim"}""")).Is(201);
        var replaced = (await door.SendAsync("PUT", "/v1/preferences/ada@example.org/editor", """{"value":"emacs"}""")).Is(200);

        Assert.Equal("preference", (string?)created.Json["kind"]);
        Assert.Equal("preferences/user/ada:40example:2Eorg", (string?)created.Json["namespace"]);
        Assert.Equal((string?)created.Json["id"], (string?)replaced.Json["id"]);
        Assert.Equal("\"2\"", replaced.Headers.ETag?.Tag);

        var listed = (await door.SendAsync("GET", "/v1/preferences/ada@example.org")).Is(200).Json;
        Assert.Equal(1, (int)listed["count"]!);
        Assert.Equal("editor", (string?)listed["preferences"]![0]!["key"]);
        Assert.Equal("emacs", (string?)listed["preferences"]![0]!["value"]);
        Assert.Equal("emacs", (string?)(await door.SendAsync("GET", "/v1/preferences/ada@example.org/editor")).Is(200).Json["content"]);

        (await door.SendAsync("DELETE", "/v1/preferences/ada@example.org/editor")).Is(200);
        Assert.Equal("not_found", (await door.SendAsync("GET", "/v1/preferences/ada@example.org/editor")).Is(404).Code);
        Assert.Equal("not_found", (await door.SendAsync("DELETE", "/v1/preferences/ada@example.org/editor")).Is(404).Code);
    }

    [Theory]
    [InlineData("/v1/audit/verification?actor=al")]
    [InlineData("/v1/audit/verification?since=2026-01-31")]
    [InlineData("/v1/audit/anomalies?namespace=n")]
    [InlineData("/v1/audit/anomalies?limit=5")]
    public async Task What_looks_at_the_whole_audit_log_takes_no_filter(string path) =>
        Assert.Equal("invalid_request", (await door.SendAsync("GET", path)).Is(400).Code);

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/v1/status")]
    [InlineData("/v1/records?limit=1")]
    public async Task What_can_be_read_answers_head_without_a_body(string path)
    {
        var answer = await RawAnswer.SendAsync(door.Port, $"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);

        Assert.Equal((200, ""), (answer.Status, answer.Body));
        Assert.Contains("Content-Type: application/", answer.Head, StringComparison.Ordinal);
        (await door.SendAsync("HEAD", "/v1/events")).Is(405);
        (await door.SendAsync("HEAD", "/v1/records/none")).Is(404);
    }

    [Fact]
    public async Task A_preference_may_live_in_a_namespace_of_the_callers_choice()
    {
        (await door.SendAsync("PUT", "/v1/preferences/bob/style%2Fcode", """{"value":"short files","namespace":"preferences/project"}""")).Is(201);

        var there = (await door.SendAsync("GET", "/v1/preferences/bob?namespace=preferences/project")).Is(200).Json;

        Assert.Equal("style/code", (string?)there["preferences"]![0]!["key"]);
        Assert.Equal(0, (int)(await door.SendAsync("GET", "/v1/preferences/bob")).Is(200).Json["count"]!);
        (await door.SendAsync("GET", "/v1/preferences/bob/style%2Fcode?namespace=preferences/project")).Is(200);
    }

    [Fact]
    public async Task A_store_is_made_used_alone_and_deleted()
    {
        var created = (await door.SendAsync("POST", "/v1/stores", """{"name":"project-x"}""")).Is(201);
        Assert.Equal("/v1/stores/project-x", created.Headers.Location?.ToString());
        Assert.Equal("conflict", (await door.SendAsync("POST", "/v1/stores", """{"name":"project-x"}""")).Is(409).Code);
        (await door.SendAsync("POST", "/v1/records?store=project-x", """{"namespace":"isolated","facts":["only here"]}""")).Is(200);

        Assert.Empty((await door.SendAsync("GET", "/v1/records?namespace=isolated")).Is(200).Json["items"]!.AsArray());
        Assert.Single((await door.SendAsync("GET", "/v1/records?namespace=isolated&store=project-x")).Is(200).Json["items"]!.AsArray());
        Assert.Equal("project-x", (string?)(await door.SendAsync("GET", "/v1/stores/project-x")).Is(200).Json["name"]);
        var first = (await door.SendAsync("GET", "/v1/stores?limit=1")).Is(200).Json;
        var second = (await door.SendAsync("GET", $"/v1/stores?limit=1&cursor={first["nextCursor"]}")).Is(200).Json;
        Assert.Equal("default", (string?)first["items"]![0]!["name"]);
        Assert.Equal("project-x", (string?)second["items"]![0]!["name"]);
        Assert.Null((string?)second["nextCursor"]);

        (await door.SendAsync("DELETE", "/v1/stores/project-x")).Is(200);
        Assert.Equal("not_found", (await door.SendAsync("GET", "/v1/stores/project-x")).Is(404).Code);
        Assert.Equal("not_found", (await door.SendAsync("DELETE", "/v1/stores/project-x")).Is(404).Code);
        Assert.Equal("not_found", (await door.SendAsync("GET", "/v1/records?store=project-x")).Is(404).Code);
    }

    [Fact]
    public async Task The_default_store_stays_and_an_encrypted_one_says_that_it_is()
    {
        Assert.Equal("invalid_request", (await door.SendAsync("DELETE", "/v1/stores/default")).Is(400).Code);
        Assert.True((bool?)(await door.SendAsync("POST", "/v1/stores", """{"name":"sealed","encrypted":true}""")).Is(201).Json["encrypted"]);
        Assert.True((bool?)(await door.SendAsync("GET", "/v1/stores/sealed")).Is(200).Json["encrypted"]);
        Assert.Contains("sealed: content", (string?)(await door.SendAsync("GET", "/v1/status?store=sealed")).Is(200).Json["engine"]!["encryption"], StringComparison.Ordinal);
        Assert.Equal("invalid_request", (await door.SendAsync("POST", "/v1/stores", """{"name":"../x"}""")).Is(400).Code);
        (await door.SendAsync("DELETE", "/v1/stores/sealed")).Is(200);
    }

    [Fact]
    public async Task Status_tells_a_caller_how_the_store_is_and_health_tells_everybody_only_whether()
    {
        var status = (await door.SendAsync("GET", "/v1/status")).Is(200).Json;
        Assert.Equal("connected", (string?)status["status"]);
        Assert.Equal("default", (string?)status["store"]);
        Assert.NotNull(status["counts"]!["records"]);

        Assert.Equal("""{"status":"ok"}""", (await door.SendAsync("GET", "/health")).Is(200).Text);
        Assert.Equal("""{"status":"ok"}""", (await door.SendAsync("GET", "/health/ready")).Is(200).Text);
    }

    [Fact]
    public async Task A_route_or_method_that_is_not_there_says_so()
    {
        Assert.Equal("not_found", (await door.SendAsync("GET", "/v1/nothing")).Is(404).Code);
        Assert.Equal("not_found", (await door.SendAsync("GET", "/")).Is(404).Code);
        Assert.Equal("not_found", (await door.SendAsync("GET", "/owner")).Is(404).Code);
        Assert.Contains("PATCH", (await door.SendAsync("PUT", "/v1/records/x", "{}")).Is(405).Detail, StringComparison.Ordinal);
    }
}
