using System.Runtime.Versioning;
using Keepsake.Embedding;
using Keepsake.Tests.Durability;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

/// <summary>Real processes on one data folder, started together and killed at random.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SharedProcessesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Agents_started_together_and_killed_at_random_lose_no_update_and_see_no_error()
    {
        const int Agents = 3;
        const int KillsEach = 5;
        var acknowledged = new Dictionary<string, string>[Agents];
        HashSet<string> sent = [];
        await Task.WhenAll(Enumerable.Range(0, Agents).Select(agent => Task.Run(
            async () =>
            {
                var random = new Random(agent);
                acknowledged[agent] = new(StringComparer.Ordinal);
                for (var life = 0; life <= KillsEach; life++)
                {
                    await using var mcp = await McpProcess.StartAsync(_folder.Path);
                    var last = random.Next(3, 15);
                    for (var n = 0; n < last; n++)
                    {
                        var content = $"agent {agent} life {life} fact {n}";
                        lock (sent)
                        {
                            sent.Add(content);
                        }

                        var writing = mcp.StoreAsync(content);
                        var killing = n == last - 1 && life < KillsEach ? mcp.Process.KillAsync() : Task.CompletedTask;
                        await killing;
                        if (await writing is { } id)
                        {
                            acknowledged[agent].Add(id, content);
                        }
                        else
                        {
                            Assert.True(n == last - 1, $"Not killed, and no answer: {await mcp.Process.Errors}");
                        }
                    }
                }
            },
            Cancellation)));

        var there = await ContentsAsync();
        Assert.Distinct(there.Values);
        Assert.Subset(sent, there.Values.ToHashSet());
        foreach (var (id, content) in acknowledged.SelectMany(a => a))
        {
            Assert.Equal(content, there.GetValueOrDefault(id));
        }
    }

    [Fact]
    public async Task When_the_owner_is_killed_another_takes_over_in_the_middle_of_its_work()
    {
        await using var owner = await McpProcess.StartAsync(_folder.Path);
        var first = await owner.StoreAsync("from the owner");
        await using var other = await McpProcess.StartAsync(_folder.Path);
        var second = await other.StoreAsync("through the owner");

        await owner.Process.KillAsync();
        var third = await other.StoreAsync("as the owner");

        await using var late = await McpProcess.StartAsync(_folder.Path);
        var found = await late.CallAsync("search_memories", new() { ["query"] = "owner", ["namespace"] = "agents/test", ["top_k"] = 10 });
        Assert.Equal(
            new[] { first, second, third }.Order(StringComparer.Ordinal),
            found!["memories"]!.AsArray().Select(m => (string?)m!["id"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_call_that_the_killed_owner_was_answering_is_made_again_and_happens_once()
    {
        for (var i = 0; i < 5; i++)
        {
            await using var owner = await McpProcess.StartAsync(_folder.Path);
            await owner.StoreAsync($"round {i} begins");
            await using var other = await McpProcess.StartAsync(_folder.Path);
            var appending = other.CallAsync("store_event", new() { ["content"] = $"event {i}", ["actor_id"] = "a", ["session_id"] = "s" });
            await owner.Process.KillAsync();

            Assert.NotNull((await appending)!["event_id"]);
        }

        await using var stores = await OpenAsync();
        var events = await stores[MemoryStores.DefaultStore].ListEventsAsync(new() { ActorId = "a", SessionId = "s" }, Cancellation);
        Assert.Equal(["event 0", "event 1", "event 2", "event 3", "event 4"], events.Events.Select(e => e.Content));
    }

    [Fact]
    public async Task The_end_of_the_input_ends_the_owner_and_its_clients_and_nothing_is_left_behind()
    {
        await using var owner = await McpProcess.StartAsync(_folder.Path);
        await owner.StoreAsync("from the owner");
        await using var client = await McpProcess.StartAsync(_folder.Path);
        await client.StoreAsync("through the owner");

        owner.Process.Input.Close();
        Assert.Equal(0, await owner.Process.EndedAsync());
        await client.StoreAsync("as the owner");
        client.Process.Input.Close();
        Assert.Equal(0, await client.Process.EndedAsync());

        Assert.Equal(["keepsake.db", "keepsake.lock"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(3, (await ContentsAsync()).Count);
    }

    [Fact]
    public async Task A_server_ends_on_SIGTERM_having_closed_cleanly_and_an_agent_goes_on()
    {
        await using var server = KilledProcess.Keepsake("serve", "--urls", "http://127.0.0.1:0", "--data", _folder.Path);
        await server.SaidAsync(1);
        await using var agent = await McpProcess.StartAsync(_folder.Path);
        await agent.StoreAsync("through the server");

        server.Terminate();
        Assert.Equal(0, await server.EndedAsync());
        await agent.StoreAsync("as the owner");
        agent.Process.Input.Close();
        Assert.Equal(0, await agent.Process.EndedAsync());

        Assert.False(File.Exists(_folder["keepsake.db-wal"]));
        Assert.Equal(2, (await ContentsAsync()).Count);
    }

    [Fact]
    public async Task Commands_started_together_on_a_folder_that_is_not_there_yet_all_succeed()
    {
        const int Commands = 6;
        var folder = _folder["new/folder"];

        // With the loosest of masks: what is made must be private from its first moment, or the others refuse it.
        List<KilledProcess> commands = [.. Enumerable.Range(0, Commands).Select(i => KilledProcess.Of(
            new("sh", ["-c", "umask 0; exec \"$0\" \"$@\"", KilledProcess.Program, "remember", $"fact {i}", "--data", folder])))];

        foreach (var command in commands)
        {
            await using (command)
            {
                var code = await command.EndedAsync();
                Assert.True(code == 0, await command.Errors);
            }
        }

        await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder), new(new EmbeddingOptions { Provider = EmbeddingProvider.None }));
        var there = await stores![MemoryStores.DefaultStore].ListAsync(new(), Cancellation);
        Assert.Equal(Enumerable.Range(0, Commands).Select(i => $"fact {i}"), there.Items.Select(r => r.Content).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.All(
                Directory.EnumerateFiles(folder, "keepsake.*"),
                file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        }
    }

    private async Task<MemoryStores> OpenAsync() => (await MemoryStores.TryOpenAsync(
        DataFolder.Open(_folder.Path), new(new EmbeddingOptions { Provider = EmbeddingProvider.None })))!;

    private async Task<Dictionary<string, string>> ContentsAsync()
    {
        await using var stores = await OpenAsync();
        var listed = await stores[MemoryStores.DefaultStore].ListAsync(new() { Page = new(PageRequest.MaxLimit) }, Cancellation);
        return listed.Items.ToDictionary(r => r.Id, r => r.Content, StringComparer.Ordinal);
    }
}
