using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

public sealed class NamespaceEndpointsTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    private const string Path = "/v1/namespaces/bench%2Fnotes/benchmark";

    [Fact]
    public async Task A_benchmark_is_run_by_a_body_or_without_one_and_listed()
    {
        await Corpus.RememberAsync(door.Stores["default"], 40, "bench/notes");

        var first = (await door.SendAsync("POST", Path)).Is(200).Json;
        var second = (await door.SendAsync("POST", Path, """{"seed":5,"probes":10}""")).Is(200).Json;

        Assert.Equal(("bench/notes", 40, 1), ((string?)first["namespace"], (int)first["probes"]!, (int)first["seed"]!));
        Assert.InRange((double)first["hitRate"]!, 0.8, 1);
        Assert.Equal((10, 5), ((int)second["probes"]!, (int)second["seed"]!));
        Assert.NotNull(second["mrr"]);
        Assert.NotNull(second["p95Milliseconds"]);
        Assert.NotNull(second["noise"]);
        var listed = (await door.SendAsync("GET", Path + "?limit=1")).Is(200).Json;
        Assert.Equal(5, (int)Assert.Single(listed["items"]!.AsArray())!["seed"]!);
        Assert.Empty((await door.SendAsync("GET", "/v1/namespaces/bench/benchmark")).Is(200).Json["items"]!.AsArray());
    }

    [Theory]
    [InlineData("POST", Path, """{"probes":0}""", 400)]
    [InlineData("POST", Path, """{"probes":1001}""", 400)]
    [InlineData("POST", Path, """{"seed":-1}""", 400)]
    [InlineData("POST", Path, """{"seed":"1"}""", 400)]
    [InlineData("POST", Path, """{"sead":1}""", 400)]
    [InlineData("POST", Path, "[]", 400)]
    [InlineData("POST", "/v1/namespaces/bench%2F%2Fnotes/benchmark", null, 400)]
    [InlineData("POST", "/v1/namespaces/b%20c/benchmark", null, 400)]
    [InlineData("POST", "/v1/namespaces/bench/notes/benchmark", null, 404)]
    [InlineData("POST", Path + "?store=nothing", null, 404)]
    [InlineData("GET", Path + "?store=nothing", null, 404)]
    [InlineData("GET", Path + "?limit=0", null, 400)]
    [InlineData("GET", Path + "?limit=1001", null, 400)]
    [InlineData("GET", Path + "?limt=1", null, 400)]
    public async Task A_wrong_call_is_refused(string method, string path, string? body, int status) => (await door.SendAsync(method, path, body)).Is(status);

    [Fact]
    public async Task A_namespace_in_quarantine_is_unavailable_through_every_route()
    {
        await Corpus.RememberAsync(door.Stores["default"], 3, "shut");
        var id = (await door.Stores["default"].ListAsync(new() { Namespace = "shut" }, TestContext.Current.CancellationToken)).Items[0].Id;
        await ((IMemoryOperations)door.Stores).QuarantineAsync("default", "shut", null, TestContext.Current.CancellationToken);
        (string Method, string Path, string? Body)[] calls =
        [
            ("POST", "/v1/search", """{"query":"invoice","namespace":"shut"}"""),
            ("GET", "/v1/records?namespace=shut", null),
            ("GET", $"/v1/records/{id}", null),
            ("PATCH", $"/v1/records/{id}", """{"content":"x"}"""),
            ("DELETE", $"/v1/records/{id}?hard=true", null),
            ("POST", "/v1/records", """{"namespace":"shut/deeper","facts":["x"]}"""),
            ("POST", "/v1/events", """{"actorId":"a","sessionId":"s","content":"x","namespace":"shut"}"""),
            ("GET", "/v1/preferences/a?namespace=shut", null),
            ("POST", "/v1/namespaces/shut/benchmark", null),
        ];
        foreach (var (method, path, body) in calls)
        {
            Assert.Equal("unavailable", (await door.SendAsync(method, path, body)).Is(503).Code);
        }
    }
}
