using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;
using Keepsake.Recall;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Recall;

public sealed class IndexFeedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Embedder _embedder = new(new EmbeddingOptions());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _embedder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_store_opens_from_its_snapshot_and_what_changed_without_it_is_caught_up()
    {
        const int Records = IndexSnapshot.MinDocuments + 300;
        await using (var stores = await OpenAsync())
        {
            var memory = stores[MemoryStores.DefaultStore];
            foreach (var batch in Enumerable.Range(0, Records).Chunk(1_000))
            {
                await memory.RememberAsync(new() { Namespace = "n", Facts = [.. batch.Select(i => new MemoryFact { Content = $"number{i}x of many", Key = $"k{i}" })] }, null, Cancellation);
            }

            Assert.Contains("number7x", (await Recall(memory, "number7x")).Memories[0].Content, StringComparison.Ordinal);
        }

        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_folder.Path, "index"), "*", SearchOption.AllDirectories));
        await using (var stores = await OpenAsync())
        {
            // No search here, so no index: these changes are only in the database.
            var memory = stores[MemoryStores.DefaultStore];
            await memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "replacedx now", Key = "k7" }, new() { Content = "addedx later" }] }, null, Cancellation);
            var gone = await memory.ListAsync(new() { Namespace = "n", Page = new(1_000, null) }, Cancellation);
            await memory.ForgetAsync([gone.Items.Single(r => r.Key == "k9").Id], hard: true, null, cancellationToken: Cancellation);
        }

        await using (var stores = await OpenAsync())
        {
            var memory = stores[MemoryStores.DefaultStore];
            Assert.Equal("replacedx now", (await Recall(memory, "replacedx")).Memories[0].Content);
            Assert.Equal("addedx later", (await Recall(memory, "addedx")).Memories[0].Content);
            Assert.DoesNotContain((await Recall(memory, "number7x")).Memories, m => m.Content.Contains("number7x", StringComparison.Ordinal));
            Assert.DoesNotContain((await Recall(memory, "number9x")).Memories, m => m.Content.Contains("number9x", StringComparison.Ordinal));
            Assert.Equal(Records, (await stores.Own(MemoryStores.DefaultStore).IndexAsync(Cancellation)).Statistics.Entries);
        }
    }

    [Fact]
    public async Task Cleaning_beside_the_first_search_leaves_nothing_of_what_was_erased_in_the_files()
    {
        List<string> some = [];
        await using (var stores = await OpenAsync())
        {
            foreach (var batch in Enumerable.Range(0, IndexSnapshot.MinDocuments + 300).Chunk(1_000))
            {
                var answer = await stores[MemoryStores.DefaultStore].RememberAsync(
                    new() { Namespace = "n", Facts = [.. batch.Select(i => new MemoryFact { Content = $"number{i}x of many" })] }, null, Cancellation);
                some.AddRange(answer.Outcomes.Where((_, i) => i % 20 == 0).Select(outcome => outcome.Id!));
            }

            await Recall(stores[MemoryStores.DefaultStore], "number7x");
        }

        var files = Segments();
        Assert.NotEmpty(files);
        await using (var stores = await OpenAsync())
        {
            var store = stores.Own(MemoryStores.DefaultStore);
            await store.ForgetAsync(some, hard: true, null, cancellationToken: Cancellation);
            var searching = store.IndexAsync(Cancellation);

            await store.CleanIndexAsync(all: false);

            Assert.Empty(files.Intersect(Segments()));
            await searching;
        }

        Assert.Empty(files.Intersect(Segments()));
        await using var reopened = await OpenAsync();
        Assert.Equal(IndexSnapshot.MinDocuments + 300 - some.Count, (await reopened.Own(MemoryStores.DefaultStore).IndexAsync(Cancellation)).Statistics.Entries);

        string[] Segments() => Directory.GetFiles(Path.Combine(_folder.Path, "index"), "*.segment", SearchOption.AllDirectories);
    }

    [Fact]
    public async Task Writes_beside_the_first_search_are_all_found_once_they_returned()
    {
        await using var stores = await OpenAsync();
        var memory = stores[MemoryStores.DefaultStore];
        await memory.RememberAsync(new() { Namespace = "n", Facts = [.. Enumerable.Range(0, 1_000).Select(i => new MemoryFact { Content = $"old{i}x" })] }, null, Cancellation);
        var first = Recall(memory, "old1x");
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), Cancellation, async (i, cancellation) =>
        {
            await memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = $"new{i}x" }] }, null, cancellation);
            Assert.Equal($"new{i}x", (await Recall(memory, $"new{i}x")).Memories[0].Content);
        });
        Assert.Equal("old1x", (await first).Memories[0].Content);
    }

    [Fact]
    public async Task A_snapshot_older_than_the_notes_of_changes_is_built_anew()
    {
        await using var stores = await OpenAsync();
        await using var database = SqliteDatabase.Open(Directory.CreateDirectory(Path.Combine(_folder.Path, "other")).FullName);
        var engine = new SqliteEngine(database, 1, TimeProvider.System);
        await database.WriteAsync(
            (session, _) =>
            {
                StoreRows.Insert(session, new("default", "default-0123456789", DateTimeOffset.UnixEpoch, Encrypted: false));
                for (var i = 1; i <= ChangeRows.MaxNotes + 2; i++)
                {
                    session.Execute("INSERT INTO changes (seq, store, id) VALUES ($1, 1, 'x')", i);
                }

                ChangeRows.Trim(session);
                return 0;
            },
            null,
            Cancellation);

        Assert.Null(await engine.ChangesAsync(1, 10, Cancellation));
        Assert.NotNull(await engine.ChangesAsync(2, 10, Cancellation));
        Assert.Null(await engine.ChangesAsync(ChangeRows.MaxNotes + 100, 10, Cancellation));
        Assert.NotNull(await engine.ChangesAsync(0, 10, Cancellation));
    }

    private static Task<RecallAnswer> Recall(IMemory memory, string query) =>
        memory.RecallAsync(new() { Query = query, Namespace = "n", MinRelevance = 0 }, Cancellation);

    private async Task<MemoryStores> OpenAsync() =>
        (await MemoryStores.TryOpenAsync(DataFolder.Open(_folder.Path), _embedder))!;
}
