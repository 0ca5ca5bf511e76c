using System.Globalization;
using Keepsake.Embedding;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>A real process that writes is killed beside its commits, and then everything that it was told must be there.</summary>
public sealed class KillTests
{
    private const int KillsPerFailPoint = 8;

    // One for all checks, which would otherwise spend most of their time on loading it.
    private static readonly Embedder Embedder = new(new EmbeddingOptions());

    [Theory]
    [InlineData("commit.before")]
    [InlineData("commit.after")]
    public async Task No_acknowledged_write_is_lost_to_a_kill_beside_a_commit(string point)
    {
        using var folder = new TemporaryFolder();
        var acknowledged = new Acknowledged();
        var random = new Random(3);
        for (var round = 0; round < KillsPerFailPoint; round++)
        {
            // The first commits of a folder make its store.
            await using var writer = KilledProcess.Writer(folder.Path, round, $"{point}:{random.Next(2, 60).ToString(CultureInfo.InvariantCulture)}");
            Assert.NotEqual(0, await writer.EndedAsync());

            acknowledged.Take(round, writer.Lines);
            await CheckAsync(folder.Path, acknowledged);
        }

        Assert.True(acknowledged.Count > 0);
    }

    [Fact]
    public async Task A_writer_that_ends_orderly_leaves_no_log_and_no_marker()
    {
        using var folder = new TemporaryFolder();
        await using var writer = KilledProcess.Writer(folder.Path, 0);
        await writer.SaidAsync(20);
        writer.Input.Close();

        Assert.Equal(0, await writer.EndedAsync());

        Assert.Equal(["keepsake.db", "keepsake.lock"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var acknowledged = new Acknowledged();
        acknowledged.Take(0, writer.Lines);
        await CheckAsync(folder.Path, acknowledged);
    }

    internal static async Task CheckAsync(string folder, Acknowledged acknowledged)
    {
        await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder), Embedder);
        Assert.NotNull(stores);
        var memory = stores[MemoryStores.DefaultStore];
        var items = await ExportedAsync(memory);

        acknowledged.Check([.. items.Select(item => (item is MemoryRecord r ? r.Id : ((MemoryEvent)item).Id, WriterStep.Found(item)))]);
        foreach (var session in items.OfType<MemoryEvent>().GroupBy(e => e.SessionId))
        {
            var written = session.Select(e => Numbers(e.Content)).ToList();
            Assert.Equal(written.Order(), written);
        }

        foreach (var item in items.Where(item => item is MemoryRecord or MemoryEvent { Namespace: not null }).TakeLast(2))
        {
            var content = item is MemoryRecord r ? r.Content : ((MemoryEvent)item).Content;
            var found = await memory.RecallAsync(new() { Query = content.Split(' ')[0], TopK = 1, MinRelevance = 0 });
            Assert.Equal(content, Assert.Single(found.Memories).Content);
        }

        Assert.Empty((await memory.StatusAsync()).Warnings);
        await CheckAuditAsync(stores, items);
    }

    // What was committed was committed with its entry, and what was killed left no link behind.
    private static async Task CheckAuditAsync(MemoryStores stores, List<MemoryItem> items)
    {
        Assert.Empty((await stores.VerifyAuditAsync()).Problems);
        HashSet<string> named = new(StringComparer.Ordinal);
        var isCut = false;
        string? cursor = null;
        do
        {
            var page = await stores.AuditAsync(new() { Page = new(PageRequest.MaxLimit, cursor) });
            var writes = page.Items.Where(e => e.Operation is "remember" or "append_event" or "import" or "update" or "restore").ToList();
            named.UnionWith(writes.SelectMany(e => e.Ids));
            isCut |= writes.Exists(e => e.Count > e.Ids.Count);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.True(isCut || items.TrueForAll(item => named.Contains(item is MemoryRecord r ? r.Id : ((MemoryEvent)item).Id)));
    }

    private static async Task<List<MemoryItem>> ExportedAsync(IMemory memory)
    {
        List<MemoryItem> items = [];
        string? cursor = null;
        do
        {
            var page = await memory.ExportAsync(null, cursor);
            items.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return items;
    }

    private static (int Round, int N) Numbers(string content)
    {
        var name = content.Split(' ')[0].Split('r', 'w', 'n', 'f');
        return (int.Parse(name[1], null), int.Parse(name[3], null));
    }
}
