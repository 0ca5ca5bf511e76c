using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

public sealed class EventEndpointsTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    [Fact]
    public async Task An_event_is_appended_listed_and_deleted_with_its_session()
    {
        var appended = (await door.SendAsync("POST", "/v1/events", """
            {"actorId":"ada@example.org","sessionId":"s1","content":"Hello","role":"user","metadata":{"n":1,"tags":["a","b"],"ok":true}}
            """)).Is(201).Json;

        Assert.True((bool)appended["success"]!);
        Assert.Equal("embedded", (string?)appended["provider"]);
        Assert.Equal("created", (string?)appended["outcome"]);
        Assert.Empty(appended["redactions"]!.AsObject());

        var listed = (await door.SendAsync("GET", "/v1/actors/ada@example.org/sessions/s1/events")).Is(200).Json;
        Assert.Equal("ada@example.org", (string?)listed["actorId"]);
        Assert.Equal("s1", (string?)listed["sessionId"]);
        Assert.Equal(1, (int)listed["count"]!);
        Assert.Equal((string?)appended["eventId"], (string?)listed["events"]![0]!["id"]);
        Assert.Equal("Hello", (string?)listed["events"]![0]!["content"]);
        Assert.True(listed.AsObject().ContainsKey("nextCursor"));

        var deleted = (await door.SendAsync("DELETE", "/v1/actors/ada@example.org/sessions/s1/events?reason=done")).Is(200).Json;
        Assert.Equal(1, (int)deleted["deleted"]!);
        Assert.Equal(0, (int)(await door.SendAsync("GET", "/v1/actors/ada@example.org/sessions/s1/events")).Is(200).Json["count"]!);
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_an_empty_list()
    {
        var events = (await door.SendAsync("GET", "/v1/actors/nobody/sessions/none/events")).Is(200).Json;
        var sessions = (await door.SendAsync("GET", "/v1/actors/nobody/sessions")).Is(200).Json;
        var deleted = (await door.SendAsync("DELETE", "/v1/actors/nobody/sessions/none/events")).Is(200).Json;

        Assert.Empty(events["events"]!.AsArray());
        Assert.Empty(sessions["items"]!.AsArray());
        Assert.Equal(0, (int)deleted["deleted"]!);
    }

    [Fact]
    public async Task Actors_and_sessions_are_listed_page_by_page()
    {
        foreach (var (actor, session) in new[] { ("p-a", "1"), ("p-a", "2"), ("p-b", "1"), ("p-c", "1") })
        {
            (await door.SendAsync("POST", "/v1/events", $$"""{"actorId":"{{actor}}","sessionId":"{{session}}","content":"x"}""")).Is(201);
        }

        var actors = await CollectAsync("/v1/actors?limit=1", item => (string)item["actorId"]!);
        var sessions = await CollectAsync("/v1/actors/p-a/sessions?limit=1", item => (string)item["sessionId"]!);

        Assert.Equal(["p-a", "p-b", "p-c"], actors.Where(a => a.StartsWith("p-", StringComparison.Ordinal)));
        Assert.Equal(["1", "2"], sessions);
    }

    [Fact]
    public async Task An_escaped_slash_in_a_path_is_decoded_once()
    {
        foreach (var (actor, path) in new[] { ("org/team:bot", "org%2Fteam:bot"), ("a+b@c.d", "a+b@c.d"), ("a+b@c.e", "a%2Bb%40c%2Ee") })
        {
            var json = new JsonObject { ["actorId"] = actor, ["sessionId"] = "slash", ["content"] = "x" }.ToJsonString();
            (await door.SendAsync("POST", "/v1/events", json)).Is(201);

            var listed = (await door.SendAsync("GET", $"/v1/actors/{path}/sessions/slash/events")).Is(200).Json;

            Assert.Equal(actor, (string?)listed["actorId"]);
            Assert.Equal(1, (int)listed["count"]!);
        }

        // "%252F" is the text "%2F", which no actor id holds; decoding it twice would find the actor of the first case.
        var twice = (await door.SendRawAsync("GET", "/v1/actors/org%252Fteam:bot/sessions/slash/events", [], "")).Status;
        Assert.Equal(400, twice);
    }

    [Fact]
    public async Task Two_equal_events_are_two_unless_they_carry_one_token()
    {
        const string Body = """{"actorId":"twice","sessionId":"s","content":"again"}""";

        var first = (await door.SendAsync("POST", "/v1/events", Body, ("Idempotency-Key", "k-1"))).Is(201).Json;
        var repeated = (await door.SendAsync("POST", "/v1/events", Body, ("Idempotency-Key", "k-1"))).Is(201).Json;
        (await door.SendAsync("POST", "/v1/events", Body)).Is(201);
        var other = await door.SendAsync("POST", "/v1/events", Body.Replace("again", "else", StringComparison.Ordinal), ("Idempotency-Key", "k-1"));

        Assert.Equal((string?)first["eventId"], (string?)repeated["eventId"]);
        Assert.Equal("conflict", other.Is(409).Code);
        Assert.Equal(2, (int)(await door.SendAsync("GET", "/v1/actors/twice/sessions/s/events")).Is(200).Json["count"]!);
    }

    private async Task<List<string>> CollectAsync(string path, Func<JsonNode, string> name)
    {
        List<string> names = [];
        string? cursor = null;
        for (var i = 0; i < 50; i++)
        {
            var page = (await door.SendAsync("GET", path + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"))).Is(200).Json;
            names.AddRange(page["items"]!.AsArray().Select(item => name(item!)));
            if ((cursor = (string?)page["nextCursor"]) is null)
            {
                return names;
            }
        }

        throw new InvalidOperationException("The list does not end.");
    }
}
