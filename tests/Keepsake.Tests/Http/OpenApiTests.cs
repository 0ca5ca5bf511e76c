using System.Text.Json.Nodes;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Http;

public sealed class OpenApiTests(HttpDoor door) : IClassFixture<HttpDoor>
{
    private static readonly string[] Routes =
    [
        "POST /v1/events", "GET /v1/actors", "GET /v1/actors/{actorId}/sessions", "GET /v1/actors/{actorId}/sessions/{sessionId}/events",
        "DELETE /v1/actors/{actorId}/sessions/{sessionId}/events", "POST /v1/records", "GET /v1/records", "GET /v1/records/{id}", "PATCH /v1/records/{id}",
        "DELETE /v1/records/{id}", "POST /v1/records/{id}/restore", "POST /v1/sources/forget", "POST /v1/search", "GET /v1/preferences/{actorId}", "GET /v1/preferences/{actorId}/{key}",
        "PUT /v1/preferences/{actorId}/{key}", "DELETE /v1/preferences/{actorId}/{key}", "GET /v1/stores", "POST /v1/stores", "GET /v1/stores/{name}",
        "DELETE /v1/stores/{name}", "GET /v1/status", "GET /v1/audit", "GET /v1/audit/verification", "GET /v1/audit/anomalies", "POST /v1/namespaces/{namespace}/benchmark", "GET /v1/namespaces/{namespace}/benchmark", "GET /health", "GET /health/ready",
    ];

    [Fact]
    public async Task Every_route_is_named_described_and_says_how_it_fails()
    {
        var document = await DescriptionAsync();

        Assert.StartsWith("3.1.", (string)document["openapi"]!, StringComparison.Ordinal);
        var operations = Operations(document).ToList();
        Assert.Equal(Routes.Order(StringComparer.Ordinal), operations.Select(o => o.Route).Order(StringComparer.Ordinal));
        Assert.Equal(operations.Count, operations.Select(o => (string?)o.Operation["operationId"]).Distinct().Count());
        foreach (var (route, operation) in operations)
        {
            Assert.True(!string.IsNullOrEmpty((string?)operation["summary"]) && !string.IsNullOrEmpty((string?)operation["description"]), route);
            Assert.All(operation["parameters"]?.AsArray() ?? [], p => Assert.False(string.IsNullOrEmpty((string?)p!["description"]), $"{route} {p["name"]}"));
            foreach (var (status, response) in operation["responses"]!.AsObject())
            {
                var media = status[0] == '2' || route.Contains("/health", StringComparison.Ordinal) ? "application/json" : "application/problem+json";
                Assert.NotNull(response!["content"]?[media]?["schema"]);
            }

            if (route.Contains("/v1/", StringComparison.Ordinal))
            {
                Assert.True(operation["responses"]!["400"] is not null, route);
            }

            if (route.StartsWith('P') && !route.EndsWith("/restore", StringComparison.Ordinal))
            {
                Assert.True(operation["requestBody"]?["content"]?["application/json"]?["schema"] is not null, route);
            }
        }
    }

    [Fact]
    public async Task Every_route_that_takes_a_store_says_so_once_and_whether_it_matters()
    {
        foreach (var (route, operation) in Operations(await DescriptionAsync()))
        {
            var stores = (operation["parameters"]?.AsArray() ?? []).Where(p => (string?)p!["name"] == "store").ToList();
            var isRead = route.StartsWith("GET ", StringComparison.Ordinal) && !route.Contains('{', StringComparison.Ordinal);
            if (!route.Contains("/v1/", StringComparison.Ordinal))
            {
                Assert.Empty(stores);
                continue;
            }

            var store = Assert.Single(stores)!;
            Assert.Equal(("query", "default"), ((string?)store["in"], (string?)store["schema"]!["default"]));
            var isOfFolder = route.Contains("/v1/stores", StringComparison.Ordinal) || route.Contains("/v1/audit", StringComparison.Ordinal);
            Assert.Equal(isOfFolder, ((string?)store["description"])!.Contains("of no effect", StringComparison.Ordinal));
            if (isRead)
            {
                // What the description says is so.
                (await door.SendAsync("GET", $"{route[4..]}?store=default")).Is(200);
                (await door.SendAsync("GET", $"{route[4..]}?store=nobodys")).Is(isOfFolder ? 200 : 404);
            }
        }
    }

    [Fact]
    public async Task A_key_may_be_presented_and_need_not_be_where_none_was_made()
    {
        var document = await DescriptionAsync();

        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["key"]!["scheme"]);
        Assert.Equal("""[{"key":[]},{}]""", document["security"]!.ToJsonString());
    }

    [Fact]
    public async Task Shapes_with_a_converter_are_described_as_they_are_on_the_wire()
    {
        var schemas = (await DescriptionAsync())["components"]!["schemas"]!;

        Assert.Equal("string", (string?)schemas["MemoryNamespace"]!["type"]);
        Assert.Equal("string", (string?)schemas["MemoryKind"]!["type"]);
        Assert.Equal("byte", (string?)schemas["MemoryRecord"]!["properties"]!["embedding"]!["format"]);
        Assert.Equal(4, schemas["EventInput"]!["properties"]!["metadata"]!["additionalProperties"]!["anyOf"]!.AsArray().Count);
        Assert.Equal(64, (int)schemas["EventInput"]!["properties"]!["metadata"]!["maxProperties"]!);
        Assert.Equal(10, (int)schemas["RecallRequest"]!["properties"]!["metadata"]!["maxProperties"]!);
        Assert.Equal(1_000, (int)schemas["RememberRequest"]!["properties"]!["facts"]!["maxItems"]!);
        Assert.Equal(2, schemas["RememberRequest"]!["properties"]!["facts"]!["items"]!["anyOf"]!.AsArray().Count);
        Assert.Equal(10, schemas["RecordPatch"]!["properties"]!.AsObject().Count);
        Assert.Contains("1 to 1,000", (string?)schemas["RememberRequest"]!["properties"]!["facts"]!["description"], StringComparison.Ordinal);
        Assert.Contains("code", schemas["Problem"]!["properties"]!.AsObject().Select(p => p.Key));
    }

    [Fact]
    public async Task Every_reference_resolves_and_no_name_of_dotnet_shows()
    {
        var text = (await door.SendAsync("GET", "/openapi/v1.json")).Is(200).Text;
        var schemas = JsonNode.Parse(text)!["components"]!["schemas"]!.AsObject();

        foreach (var part in text.Split("\"#/components/schemas/")[1..])
        {
            Assert.True(schemas.ContainsKey(part[..part.IndexOf('"', StringComparison.Ordinal)]), part[..40]);
        }

        foreach (var name in new[] { "System.", "Keepsake.Server", "&lt;", "MaxContentLength", "MaxLength.", "Gets ", "JsonBody" })
        {
            Assert.DoesNotContain(name, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_reference_shows_every_route()
    {
        var reference = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "reference", "http.md"), TestContext.Current.CancellationToken);

        Assert.All(Routes.Append("GET /openapi/v1.json"), route => Assert.Contains($"`{route}", reference, StringComparison.Ordinal));
    }

    private static IEnumerable<(string Route, JsonNode Operation)> Operations(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!);

    private async Task<JsonNode> DescriptionAsync() => (await door.SendAsync("GET", "/openapi/v1.json")).Is(200).Json;
}
