using System.Globalization;
using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;
using Keepsake.Recall;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>A process that writes snapshots of the index is killed at every step and at any moment: what is searched afterwards is what is stored.</summary>
public sealed class SnapshotKillTests : IDisposable
{
    private const int Records = IndexSnapshot.MinDocuments + 200;
    private const int KillsAtRandom = 15;
    private const int Questions = 40;

    // One for all checks, which would otherwise spend most of their time on loading it.
    private static readonly Embedder Embedder = new(new EmbeddingOptions());

    private static readonly string[] Points =
    [
        "snapshot.begun", "snapshot.half", "snapshot.segment", "snapshot.list", "snapshot.replaced", "snapshot.removed", "snapshot.clearing", "snapshot.cleared",
    ];

    private readonly TemporaryFolder _folder = new();
    private int _used;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Searches_find_what_is_stored_after_a_kill_at_each_step_of_a_snapshot(bool encrypted)
    {
        await FillAsync(encrypted);
        var round = 0;
        foreach (var point in Points.Concat(Points))
        {
            // The first time, and one amid others.
            var times = round < Points.Length ? 1 : 3;
            await using var process = KilledProcess.Indexer(_folder.Path, round++, string.Create(CultureInfo.InvariantCulture, $"{point}:{times}"));
            Assert.NotEqual(0, await process.EndedAsync());
            await CheckAsync(encrypted, point);
        }

        Assert.True(_used > Points.Length / 2, $"Only {_used} snapshots were used.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Searches_find_what_is_stored_after_a_kill_at_any_moment(bool encrypted)
    {
        await FillAsync(encrypted);
        var random = new Random(encrypted ? 1 : 2);
        for (var kill = 0; kill < KillsAtRandom; kill++)
        {
            await using var process = KilledProcess.Indexer(_folder.Path, kill);
            await process.SaidAsync(random.Next(1, 12));
            await Task.Delay(random.Next(25), TestContext.Current.CancellationToken);
            await process.KillAsync();
            await CheckAsync(encrypted, $"kill {kill}");
        }

        Assert.True(_used > KillsAtRandom / 3, $"Only {_used} snapshots were used.");
    }

    private async Task FillAsync(bool encrypted)
    {
        await using var stores = await OpenAsync();
        if (encrypted)
        {
            await stores.CreateEncryptedAsync(IndexWriter.Sealed);
        }

        var memory = stores[encrypted ? IndexWriter.Sealed : IndexWriter.Plain];
        foreach (var batch in Enumerable.Range(0, Records).Chunk(1_000))
        {
            await memory.RememberAsync(new() { Namespace = "n0", Facts = [.. batch.Select(i => new MemoryFact { Content = $"word{i % 100}x number{i}x of many" })] });
        }
    }

    private async Task CheckAsync(bool encrypted, string killed)
    {
        await using var stores = await OpenAsync();
        var name = encrypted ? IndexWriter.Sealed : IndexWriter.Plain;
        var store = stores.Own(name);
        var number = (await stores.Database.ReadAsync(StoreRows.All, default)).Single(row => row.Store.Name == name).Number;
        _used += stores.SnapshotOf(number).Load(Embedder.Model!) is null ? 0 : 1;
        var engine = new SqliteEngine(stores.Database, number, TimeProvider.System);

        // Another index over the same rows, which knows of no snapshot.
        await using var reference = new MemoryStore("reference", engine, Embedder);
        var (found, expected) = (await store.IndexAsync(default), await reference.IndexAsync(default));
        Assert.Equal(Stored(expected), Stored(found));

        // Where what was removed still counts in the statistics, the same texts rank a little otherwise.
        found.Compact();
        expected.Compact();
        Assert.Equal(expected.Statistics, found.Statistics);
        foreach (var question in await QuestionsAsync(store))
        {
            var query = new RecallQuery { Text = question, Scope = "", Now = DateTimeOffset.UnixEpoch, Limit = 20, Vector = await EmbeddedAsync(question) };
            Assert.True(Answer(expected, query).SequenceEqual(Answer(found, query)), $"{killed}: {question}");
        }
    }

    private static async Task<float[]?> EmbeddedAsync(string question) => (await Embedder.EmbedAsync([question]))?[0];

    private static List<string> Stored(RecallIndex index) =>
    [
        .. index.Views.SelectMany(view => Enumerable.Range(0, view.Segment.Count).Where(view.IsLive).Select(document => $"{view.Segment.Ids[document]} {view.Segment.Rows[document].Version}"))
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Answer(RecallIndex index, RecallQuery query) =>
        index.Search(query).Select(hit => string.Create(CultureInfo.InvariantCulture, $"{hit.Id} {hit.Relevance:F6}"));

    // What was written last is what a snapshot is most likely to miss.
    private static async Task<IEnumerable<string>> QuestionsAsync(MemoryStore store)
    {
        var last = (await store.ListAsync(new() { Namespace = "n1", Page = new(PageRequest.MaxLimit) })).Items.TakeLast(Questions / 2).Select(record => record.Content);
        return [.. last, .. Enumerable.Range(0, Questions / 2).Select(i => $"word{i}x number{i * 7}x of many")];
    }

    private async Task<MemoryStores> OpenAsync() =>
        await MemoryStores.TryOpenAsync(DataFolder.Open(_folder.Path), Embedder) ?? throw new InvalidOperationException("The folder is taken.");
}
