using System.Text.Json;
using Keepsake.Embedding;
using Keepsake.Tests.Durability;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Ownership;

/// <summary>Real processes of the program on one data folder, started together and killed at random.</summary>
public sealed class SharedFolderTests
{
    private const int Agents = 3;
    private const int Rounds = 6;
    private const int WritesARound = 12;

    [Fact]
    public async Task Agents_that_share_a_folder_lose_no_acknowledged_write_though_one_is_killed_at_every_turn()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20260101);
        var acknowledged = new Dictionary<string, string>(StringComparer.Ordinal);
        var agents = Enumerable.Range(0, Agents).Select(_ => Agent.Start(folder.Path)).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            // Whoever owns the folder is among them, sooner or later.
            var victim = random.Next(Agents);
            var writing = agents.Select((agent, a) => agent.WriteAsync($"round {round} agent {a}", WritesARound)).ToList();
            await agents[victim].AnsweredAsync(random.Next(WritesARound));
            await agents[victim].Process.KillAsync();
            foreach (var (id, content) in (await Task.WhenAll(writing)).SelectMany(written => written))
            {
                acknowledged[id] = content;
            }

            Assert.All(agents.Where(agent => agent != agents[victim]), agent => Assert.Empty(agent.Errors));
            await agents[victim].DisposeAsync();
            agents[victim] = Agent.Start(folder.Path);
        }

        foreach (var agent in agents)
        {
            agent.Process.Input.Close();
            Assert.Equal(0, await agent.Process.EndedAsync());
            await agent.DisposeAsync();
        }

        Assert.True(acknowledged.Count >= Rounds * (Agents - 1) * WritesARound);
        await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder.Path), new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None }));
        Assert.NotNull(stores);
        foreach (var (id, content) in acknowledged)
        {
            Assert.Equal(content, (await stores[MemoryStores.DefaultStore].GetAsync(id, TestContext.Current.CancellationToken)).Content);
        }

        // Each was told once, whoever was the owner when, and however often a call was made again.
        var all = await stores[MemoryStores.DefaultStore].ListAsync(
            new() { Page = new(PageRequest.MaxLimit) }, TestContext.Current.CancellationToken);
        Assert.Equal(all.Items.Count, all.Items.Select(record => record.Content).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task An_agent_ends_with_its_input_and_another_takes_over()
    {
        using var folder = new TemporaryFolder();
        await using var first = Agent.Start(folder.Path);
        var before = await first.WriteAsync("before", 1);
        await using var second = Agent.Start(folder.Path);
        _ = await second.WriteAsync("beside", 1);

        first.Process.Input.Close();
        Assert.Equal(0, await first.Process.EndedAsync());
        var after = await second.WriteAsync("after", 1);

        second.Process.Input.Close();
        Assert.Equal(0, await second.Process.EndedAsync());
        await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder.Path), new Embedder(new EmbeddingOptions { Provider = EmbeddingProvider.None }));
        Assert.NotNull(stores);
        Assert.Equal("before 0", (await stores[MemoryStores.DefaultStore].GetAsync(before[0].Id, TestContext.Current.CancellationToken)).Content);
        Assert.Equal("after 0", (await stores[MemoryStores.DefaultStore].GetAsync(after[0].Id, TestContext.Current.CancellationToken)).Content);
    }

    /// <summary>One <c>keepsake mcp</c>, spoken to as an agent does.</summary>
    private sealed class Agent : IAsyncDisposable
    {
        private const string Hello =
            """{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

        private int _sent;
        private int _linesBefore;

        private Agent(KilledProcess process) => Process = process;

        public KilledProcess Process { get; }

        /// <summary>What it refused or failed, in its own words.</summary>
        public List<string> Errors { get; } = [];

        public static Agent Start(string folder)
        {
            var agent = new Agent(KilledProcess.Keepsake("mcp", "--data", folder));
            agent.Process.Input.WriteLine(Hello);
            agent.Process.Input.WriteLine("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
            agent.Process.Input.Flush();
            agent._linesBefore = 1;
            return agent;
        }

        /// <summary>Waits for some answers to what is being written.</summary>
        public Task AnsweredAsync(int answers) => Process.SaidAsync(_linesBefore + answers);

        /// <summary>Stores facts, one a call and one after the other's answer, until it is done or the process is gone.</summary>
        /// <returns>The ids and contents that were acknowledged.</returns>
        public async Task<List<(string Id, string Content)>> WriteAsync(string about, int count)
        {
            List<(string, string)> acknowledged = [];
            var first = _linesBefore;
            for (var i = 0; i < count; i++)
            {
                var content = $"{about} {i}";
                try
                {
                    await Process.Input.WriteLineAsync(Call(content));
                    await Process.Input.FlushAsync();
                }
                catch (IOException)
                {
                    break;
                }

                await Process.SaidAsync(first + i + 1);
                if (Process.Lines.Count < first + i + 1)
                {
                    break;
                }

                using var answer = JsonDocument.Parse(Process.Lines[first + i]);
                var result = answer.RootElement.GetProperty("result");
                if (result.GetProperty("structuredContent").TryGetProperty("outcomes", out var outcomes))
                {
                    acknowledged.Add((outcomes[0].GetProperty("id").GetString()!, content));
                }
                else
                {
                    Errors.Add(Process.Lines[first + i]);
                }
            }

            _linesBefore = first + count;
            return acknowledged;
        }

        public ValueTask DisposeAsync() => Process.DisposeAsync();

        private string Call(string content) => JsonSerializer.Serialize(new
        {
            jsonrpc = "2.0",
            id = ++_sent,
            method = "tools/call",
            @params = new { name = "store_facts", arguments = new { facts = new[] { content }, @namespace = "agents/shared" } },
        });
    }
}
