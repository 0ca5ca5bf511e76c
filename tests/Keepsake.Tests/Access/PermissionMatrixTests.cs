using System.CommandLine;
using Keepsake.Access;
using Keepsake.Server.Access;
using Keepsake.Server.Cli;
using Keepsake.Server.Cli.Administration;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp.Tools;
using Keepsake.Tests.Cli;
using Keepsake.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Keepsake.Tests.Access;

/// <summary>Every route, every tool and every verb, with every set of scopes: refused exactly where a scope is missing.</summary>
public sealed class PermissionMatrixTests
{
    private const string Id = "mem-00000000-0000-7000-8000-000000000000";

    // What each route is called with. A route that is not here fails the test.
    private static readonly Dictionary<string, (string Path, string? Body)> Calls = new()
    {
        ["POST /v1/events"] = ("/v1/events", """{"actorId":"a","sessionId":"s","content":"x"}"""),
        ["GET /v1/actors"] = ("/v1/actors", null),
        ["GET /v1/actors/{actorId}/sessions"] = ("/v1/actors/a/sessions", null),
        ["GET /v1/actors/{actorId}/sessions/{sessionId}/events"] = ("/v1/actors/a/sessions/s/events", null),
        ["DELETE /v1/actors/{actorId}/sessions/{sessionId}/events"] = ("/v1/actors/a/sessions/s/events", null),
        ["POST /v1/namespaces/{namespace}/benchmark"] = ("/v1/namespaces/n/benchmark", "{}"),
        ["GET /v1/namespaces/{namespace}/benchmark"] = ("/v1/namespaces/n/benchmark", null),
        ["POST /v1/sources/forget"] = ("/v1/sources/forget", """{"source":"s"}"""),
        ["POST /v1/records"] = ("/v1/records", """{"namespace":"n","facts":["x"]}"""),
        ["GET /v1/records"] = ("/v1/records", null),
        ["GET /v1/records/{id}"] = ($"/v1/records/{Id}", null),
        ["PATCH /v1/records/{id}"] = ($"/v1/records/{Id}", """{"importance":1}"""),
        ["DELETE /v1/records/{id}"] = ($"/v1/records/{Id}", null),
        ["POST /v1/records/{id}/restore"] = ($"/v1/records/{Id}/restore", null),
        ["POST /v1/search"] = ("/v1/search", """{"query":"x"}"""),
        ["GET /v1/preferences/{actorId}"] = ("/v1/preferences/a", null),
        ["GET /v1/preferences/{actorId}/{key}"] = ("/v1/preferences/a/k", null),
        ["PUT /v1/preferences/{actorId}/{key}"] = ("/v1/preferences/a/k", """{"value":"x"}"""),
        ["DELETE /v1/preferences/{actorId}/{key}"] = ("/v1/preferences/a/k", null),
        ["GET /v1/stores"] = ("/v1/stores", null),
        ["POST /v1/stores"] = ("/v1/stores", """{"name":"default"}"""),
        ["GET /v1/stores/{name}"] = ("/v1/stores/default", null),
        ["DELETE /v1/stores/{name}"] = ("/v1/stores/default", null),
        ["GET /v1/status"] = ("/v1/status", null),
        ["GET /v1/audit"] = ("/v1/audit", null),
        ["GET /v1/audit/verification"] = ("/v1/audit/verification", null),
        ["GET /v1/audit/anomalies"] = ("/v1/audit/anomalies", null),
        ["GET /openapi/{documentName}.json"] = ("/openapi/v1.json", null),
        ["POST /mcp"] = ("/mcp", """{"jsonrpc":"2.0","id":1,"method":"tools/list"}"""),
        ["GET /mcp"] = ("/mcp", null),
        ["DELETE /mcp"] = ("/mcp", null),
    };

    private static readonly Dictionary<string, string> ToolArguments = new()
    {
        ["memory_status"] = "{}",
        ["store_event"] = """{"content":"x","actor_id":"a","session_id":"s"}""",
        ["recall_events"] = """{"actor_id":"a","session_id":"s"}""",
        ["clear_session"] = """{"actor_id":"a","session_id":"s"}""",
        ["search_memories"] = """{"query":"x","namespace":"n"}""",
        ["store_facts"] = """{"facts":["x"],"namespace":"n"}""",
        ["forget_memories"] = $$"""{"ids":["{{Id}}"]}""",
        ["get_preferences"] = """{"actor_id":"a"}""",
        ["update_preference"] = """{"actor_id":"a","key":"k","value":"x"}""",
    };

    private static readonly Dictionary<string, string[]> VerbCalls = new()
    {
        ["remember"] = ["remember", "x"],
        ["recall"] = ["recall", "x"],
        ["event"] = ["event", "x", "--actor", "a", "--session", "s"],
        ["events"] = ["events", "--actor", "a", "--session", "s"],
        ["forget"] = ["forget", Id],
        ["restore"] = ["restore", Id],
        ["list"] = ["list"],
        ["store create"] = ["store", "create", "default"],
        ["store list"] = ["store", "list"],
        ["store delete"] = ["store", "delete", "default", "--yes"],
        ["benchmark"] = ["benchmark", "n"],
        ["backup create"] = ["backup", "create"],
        ["backup list"] = ["backup", "list"],
        ["backup verify"] = ["backup", "verify", "20260131T093000Z-0198c0de"],
        ["backup restore"] = ["backup", "restore", "20260131T093000Z-0198c0de"],
        ["quarantine"] = ["quarantine", "elsewhere"],
        ["rebuild"] = ["rebuild", "n"],
        ["store encrypt"] = ["store", "encrypt", "default"],
        ["store decrypt"] = ["store", "decrypt", "default"],
        ["keys list"] = ["keys", "list"],
        ["keys rotate"] = ["keys", "rotate"],
        ["keys export"] = ["keys", "export", "-"],
        ["keys import"] = ["keys", "import", "-"],
        ["status"] = ["status"],
        ["export"] = ["export", "-"],
        ["import"] = ["import", "-"],
        ["apikey create"] = ["apikey", "create", "k?", "--scopes", "read"],
        ["apikey list"] = ["apikey", "list"],
        ["apikey revoke"] = ["apikey", "revoke", "nobody"],
        ["readonly on"] = ["readonly", "on"],
        ["readonly off"] = ["readonly", "off"],
        ["readonly status"] = ["readonly", "status"],
        ["audit"] = ["audit"],
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IEnumerable<AccessScopes> AllScopes => Enumerable.Range(1, 7).Select(scopes => (AccessScopes)scopes);

    [Fact]
    public void Every_operation_demands_a_scope_and_every_member_of_the_library_is_an_operation()
    {
        Assert.All(Enum.GetValues<MemoryOperation>(), operation => Assert.NotEqual(AccessScopes.None, Permissions.Of(operation)));
        Assert.All(Enum.GetValues<MemoryOperation>().Where(Permissions.Writes), operation => Assert.NotEqual(AccessScopes.Read, Permissions.Of(operation)));
        var members = typeof(IMemory).GetMethods().Select(m => m.Name)
            .Concat(typeof(IAdministration).GetMethods().Select(m => m.Name))
            .Concat(typeof(IMemoryStores).GetMethods().Where(m => m.Name.EndsWith("Async", StringComparison.Ordinal)).Select(m => m.Name.Replace("Async", m.Name == "ListAsync" ? "Stores" : "Store", StringComparison.Ordinal)))
            .Select(name => name.Replace("Async", "", StringComparison.Ordinal));
        var known = Enum.GetNames<MemoryOperation>().ToHashSet(StringComparer.Ordinal);

        Assert.Empty(members.Where(name => !known.Contains(name) && !known.Contains($"Get{name}")).Select(name => $"{name} is no operation"));
    }

    [Fact]
    public async Task Every_route_declares_what_it_demands_on_both_servers()
    {
        using var folder = new TemporaryFolder();
        await using var door = await new KeyedDoor().OpenAsync();
        await using var owner = await MemoryHttpServer.StartOwnerAsync(
            door.Stores, Path.Combine(folder.Path, "o.sock"), new() { Self = new("0.1.0", 1), HandOver = (_, _) => Task.FromResult(false) }, cancellationToken: Cancellation);

        Assert.Empty(door.Endpoints.Concat(owner.Endpoints).Where(e => e.Metadata.GetMetadata<Permission>() is null).Select(e => e.DisplayName));
        Assert.Equal(
            ["GET /.well-known/oauth-protected-resource", "GET /.well-known/oauth-protected-resource/mcp", "GET /health", "GET /health/ready"],
            door.Endpoints.Where(e => e.Metadata.GetMetadata<Permission>()!.IsForAnybody).Select(NameOf).Order(StringComparer.Ordinal));
        Assert.Empty(door.Endpoints.Where(e => !e.Metadata.GetMetadata<Permission>()!.IsForAnybody).Select(NameOf).Except(Calls.Keys));
    }

    [Fact]
    public async Task Every_route_refuses_a_key_exactly_where_a_scope_is_missing_and_everybody_without_a_key()
    {
        await using var door = await new KeyedDoor().OpenAsync();
        var keys = await KeysAsync(door);
        List<string> wrong = [];
        foreach (var endpoint in door.Endpoints.Where(e => !e.Metadata.GetMetadata<Permission>()!.IsForAnybody))
        {
            var (name, demands) = (NameOf(endpoint), endpoint.Metadata.GetMetadata<Permission>()!.Scopes);
            var (path, body) = Calls[name];
            var method = name.Split(' ')[0];
            foreach (var (scopes, key) in keys)
            {
                var (status, headers, text) = await door.SendAsync(method, path, body, $"Bearer {key}");
                if ((status == 403) != ((demands & ~scopes) != AccessScopes.None) || status == 401 || status >= 500)
                {
                    wrong.Add($"{name} with '{scopes.Names}': {status} {text}");
                }
                else if (status == 403 && !headers.WwwAuthenticate.ToString().Contains("insufficient_scope", StringComparison.Ordinal))
                {
                    wrong.Add($"{name} with '{scopes.Names}': no challenge");
                }
            }

            foreach (var nobody in (string?[])[null, "Bearer ksk_wrong"])
            {
                if ((await door.SendAsync(method, path, body, nobody)).Status != 401)
                {
                    wrong.Add($"{name} with {nobody ?? "nothing"}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_tool_refuses_a_key_exactly_where_a_scope_is_missing()
    {
        await using var door = await new KeyedDoor().OpenAsync();
        List<string> wrong = [];
        Assert.Empty(ToolCatalog.Tools.Select(t => t.Name).Where(name => ToolPermissions.Of(name) is null || !ToolArguments.ContainsKey(name)).Select(name => $"{name} has declared nothing"));
        foreach (var (scopes, key) in await KeysAsync(door))
        {
            foreach (var tool in ToolCatalog.Tools)
            {
                var demands = ToolPermissions.Of(tool.Name)!.Aggregate(AccessScopes.None, (all, operation) => all | Permissions.Of(operation));
                var said = await door.ToolAsync(key, tool.Name, ToolArguments[tool.Name]);
                if (!said.StartsWith("200", StringComparison.Ordinal)
                    || said.Contains("forbidden", StringComparison.Ordinal) != ((demands & ~scopes) != AccessScopes.None))
                {
                    wrong.Add($"{tool.Name} with '{scopes.Names}': {said}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_verb_declares_what_it_asks_and_the_stores_refuse_it_exactly_where_a_scope_is_missing()
    {
        await using var folder = await new Guarded().OpenAsync(new() { Access = { OperationsPerSecond = 0 } });
        var cli = new CommandLine(new CliHost
        {
            Terminal = new(Stream.Null, Stream.Null, TextWriter.Null),
            OpenStoresAsync = (_, _) => throw new NotSupportedException(),
            ServeAsync = (_, _) => throw new NotSupportedException(),
            McpAsync = (_, _) => throw new NotSupportedException(),
        });
        var verbs = Leaves(cli.Root).Select(VerbPermissions.NameOf).ToList();
        Assert.Empty(verbs.Where(verb => VerbPermissions.Of(verb) is null).Select(name => $"{name} has declared nothing"));
        Assert.Empty(VerbPermissions.Verbs.Except(verbs));
        Assert.Empty(verbs.Where(verb => VerbPermissions.Of(verb)!.Count > 0 && !verb.StartsWith("model", StringComparison.Ordinal) && verb != "scan").Except(VerbCalls.Keys));

        List<string> wrong = [];
        foreach (var (verb, arguments) in VerbCalls)
        {
            foreach (var scopes in AllScopes)
            {
                var runner = new CliRunner { OpenStores = _ => folder.Stores.As(Guarded.Key(scopes)) };
                var result = await runner.RunAsync([.. arguments.Select(a => a.Replace("?", $"{(int)scopes}", StringComparison.Ordinal))]);
                var demands = Permissions.Of(VerbPermissions.Of(verb)![0]);

                // Three look at what they were given first: at the lines, and at the passphrase. What they ask for others ask for too.
                var refused = result.Error.Contains("forbidden", StringComparison.Ordinal);
                if (refused != ((demands & ~scopes) != AccessScopes.None) && verb is not ("import" or "keys export" or "keys import"))
                {
                    wrong.Add($"{verb} with '{scopes.Names}': {result.Code} {result.Error}");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(AccessScopes.Admin, Permissions.Of(MemoryOperation.Import));
    }

    private static async Task<List<(AccessScopes Scopes, string Key)>> KeysAsync(KeyedDoor door)
    {
        List<(AccessScopes, string)> keys = [];
        foreach (var scopes in AllScopes)
        {
            keys.Add((scopes, await door.KeyAsync($"k{(int)scopes}", scopes.Names)));
        }

        return keys;
    }

    private static string NameOf(Endpoint endpoint)
    {
        var route = (RouteEndpoint)endpoint;
        var method = route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Single();
        return $"{method} /{route.RoutePattern.RawText!.Trim('/')}";
    }

    private static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);
}
