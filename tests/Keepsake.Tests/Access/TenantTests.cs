using System.Text.Json;
using Keepsake.Access;
using Keepsake.Serialization;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

/// <summary>RELIABILITY K-01: many tenants in one store, each with a canary that nobody else may ever read.</summary>
public sealed class TenantTests
{
    private const int Tenants = 40;
    private const int RecordsEach = 5;
    private const int Reads = 100_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_thousand_reads_of_every_kind_bring_no_canary_of_another()
    {
        await using var folder = await new Guarded().OpenAsync(new() { Access = { OperationsPerSecond = 0 } });
        var ids = await FillAsync(folder.Memory);
        var perWorker = Reads / Environment.ProcessorCount;
        var crossed = await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(worker => Task.Run(
            async () =>
            {
                var random = new Random(900 + worker);
                List<string> found = [];
                for (var i = 0; i < perWorker && found.Count < 10; i++)
                {
                    var tenant = random.Next(Tenants);
                    var read = await ReadAsync(folder.As(CallerOf(tenant)), random, ids);
                    if (Foreign(read, tenant) is { } canary)
                    {
                        found.Add($"tenant {tenant} read {canary} in {read}");
                    }
                }

                return found;
            },
            Cancellation)));

        Assert.Empty(crossed.SelectMany(found => found));
    }

    [Fact]
    public async Task Nor_do_reads_through_http_and_mcp()
    {
        await using var door = await new KeyedDoor().OpenAsync();
        var ids = await FillAsync(door.Stores["default"]);
        var keys = new string[Tenants];
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            var caller = CallerOf(tenant);
            keys[tenant] = await door.KeyAsync($"t{tenant}", "read", caller.Namespaces?.ToArray(), caller.Actors?.ToArray());
        }

        var random = new Random(77);
        List<string> crossed = [];
        for (var i = 0; i < 600; i++)
        {
            var tenant = random.Next(Tenants);
            var other = random.Next(Tenants);
            var id = ids[random.Next(ids.Count)];
            var bearer = $"Bearer {keys[tenant]}";
            var text = random.Next(9) switch
            {
                0 => (await door.SendAsync("GET", $"/v1/records/{id}", null, bearer)).Text,
                1 => (await door.SendAsync("GET", $"/v1/records?limit=1000&cursor=0:tenants/t{other}", null, bearer)).Text,
                2 => (await door.SendAsync("POST", "/v1/search", $$"""{"query":"canary","topK":100,"minRelevance":0,"why":"{{id}}"}""", bearer)).Text,
                3 => (await door.SendAsync("GET", $"/v1/actors/a{other}/sessions/s/events", null, bearer)).Text,
                4 => (await door.SendAsync("GET", "/v1/actors", null, bearer)).Text,
                5 => (await door.SendAsync("GET", "/v1/status", null, bearer)).Text,
                6 => await door.ToolAsync(keys[tenant], "search_memories", """{"query":"canary","namespace":"","top_k":100,"min_relevance":0}"""),
                7 => await door.ToolAsync(keys[tenant], "recall_events", $$"""{"actor_id":"a{{other}}","session_id":"s"}"""),
                _ => await door.ToolAsync(keys[tenant], "get_preferences", $$"""{"actor_id":"a{{other}}"}"""),
            };
            if (Foreign(text, tenant) is { } canary)
            {
                crossed.Add($"tenant {tenant} read {canary}: {text}");
            }
        }

        Assert.Empty(crossed);
    }

    // Half of the tenants are told apart by namespace, the others by actor, within one namespace.
    private static Caller CallerOf(int tenant) => tenant % 2 == 0
        ? Guarded.Key(AccessScopes.Read, namespaces: [$"tenants/t{tenant}"], actors: [$"a{tenant}"], name: $"t{tenant}")
        : Guarded.Key(AccessScopes.Read, actors: [$"a{tenant}"], name: $"t{tenant}");

    private static string NamespaceOf(int tenant) => tenant % 2 == 0 ? $"tenants/t{tenant}" : "shared";

    private static async Task<List<string>> FillAsync(IMemory memory)
    {
        List<string> ids = [];
        for (var tenant = 0; tenant < Tenants; tenant++)
        {
            var actor = $"a{tenant}";
            var facts = Enumerable.Range(0, RecordsEach).Select(i => new MemoryFact { Content = $"the canary <c{tenant}> sings song {i}", ActorId = actor });
            var answer = await memory.RememberAsync(new() { Namespace = NamespaceOf(tenant), Facts = [.. facts] }, null, Cancellation);
            ids.AddRange(answer.Outcomes.Select(o => o.Id!));
            await memory.RememberAsync(
                new()
                {
                    Namespace = $"preferences/user/{actor}",
                    Facts = [new() { Content = $"likes <c{tenant}>", Key = $"key<c{tenant}>", Kind = MemoryKind.Preference, ActorId = actor }],
                },
                null,
                Cancellation);
            foreach (var place in (string?[])[NamespaceOf(tenant), null])
            {
                ids.Add((await memory.AppendEventAsync(
                    new() { ActorId = actor, SessionId = "s", Content = $"the canary <c{tenant}> flew", Namespace = place }, null, Cancellation)).EventId);
            }
        }

        await memory.ForgetAsync([ids[0], ids[8]], cancellationToken: Cancellation);
        return ids;
    }

    private static async Task<string> ReadAsync(IMemory memory, Random random, List<string> ids)
    {
        var (other, id) = (random.Next(Tenants), ids[random.Next(ids.Count)]);
        try
        {
            return random.Next(100) switch
            {
                < 70 => JsonSerializer.Serialize(await memory.GetAsync(id, Cancellation), KeepsakeJson.Default.MemoryRecord),
                < 74 => Text(await memory.ListAsync(new() { Page = new(random.Next(1, 30)), Namespace = random.Next(2) == 0 ? null : NamespaceOf(other) }, Cancellation)),
                < 76 => Text(await memory.ListAsync(new() { Page = new(20, $"{random.Next(500)}:{NamespaceOf(other)}") }, Cancellation)),
                < 77 => Text(await memory.ListAsync(new() { ActorId = $"a{other}" }, Cancellation)),
                < 84 => JsonSerializer.Serialize(
                    await memory.ListEventsAsync(new() { ActorId = $"a{other}", SessionId = "s" }, Cancellation), KeepsakeJson.Default.SessionEvents),
                < 91 => JsonSerializer.Serialize(
                    await memory.GetPreferencesAsync($"a{other}", random.Next(2) == 0 ? null : $"preferences/user/a{random.Next(Tenants)}", Cancellation),
                    KeepsakeJson.Default.PreferencesAnswer),
                < 94 => string.Join(' ', (await memory.ListActorsAsync(new(), Cancellation)).Items.Select(a => $"<c{a.ActorId[1..]}>")),
                < 96 => string.Join(' ', (await memory.ListSessionsAsync($"a{other}", new(), Cancellation)).Items.Select(s => $"<c{s.ActorId[1..]}>")),
                < 97 => JsonSerializer.Serialize(await memory.ExportAsync(random.Next(2) == 0 ? null : NamespaceOf(other), null, Cancellation), KeepsakeJson.Default.PageMemoryItem),
                < 98 => JsonSerializer.Serialize(await memory.StatusAsync(Cancellation), KeepsakeJson.Default.MemoryStatus).Replace("tenants/t", "<c", StringComparison.Ordinal),
                _ => Text(await memory.RecallAsync(
                    new() { Query = $"canary c{other}", TopK = random.Next(1, 20), MinRelevance = 0, Why = id, Explain = true, Namespace = random.Next(3) == 0 ? NamespaceOf(other) : null },
                    Cancellation)),
            };
        }
        catch (MemoryException refused)
        {
            return refused.Message;
        }
    }

    private static string Text(Page<MemoryRecord> page) => JsonSerializer.Serialize(page, KeepsakeJson.Default.PageMemoryRecord);

    // The question comes back in the answer, and it is the tenant's own.
    private static string Text(RecallAnswer answer) => JsonSerializer.Serialize(answer with { Query = "" }, KeepsakeJson.Default.RecallAnswer);

    private static string? Foreign(string text, int tenant)
    {
        // JSON may escape the brackets.
        text = text.Replace("\\u003C", "<", StringComparison.Ordinal).Replace("\\u003c", "<", StringComparison.Ordinal).Replace("\\u003E", ">", StringComparison.Ordinal)
            .Replace("\\u003e", ">", StringComparison.Ordinal);
        for (var at = text.IndexOf("<c", StringComparison.Ordinal); at >= 0; at = text.IndexOf("<c", at + 1, StringComparison.Ordinal))
        {
            var digits = text.AsSpan(at + 2);
            var end = digits.IndexOfAnyExceptInRange('0', '9');
            digits = end < 0 ? digits : digits[..end];
            if (digits.Length > 0 && int.Parse(digits, null) != tenant)
            {
                return $"<c{digits}>";
            }
        }

        return null;
    }
}
