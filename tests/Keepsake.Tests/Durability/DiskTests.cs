using Keepsake.Embedding;

namespace Keepsake.Tests.Durability;

/// <summary>A disk that is full or takes no writes.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly Embedder _embedder = new(new EmbeddingOptions());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _embedder.Dispose();

    [Fact]
    public async Task A_full_disk_refuses_writes_loses_none_and_takes_them_again_when_there_is_space()
    {
        // Room for the log of forty commits, each of which signs, counts and notes what it writes.
        using var disk = SmallDisk.Of("6m");
        Dictionary<string, string> acknowledged = [];
        await using (var stores = await OpenAsync(disk.Path))
        {
            var memory = stores[MemoryStores.DefaultStore];
            await WriteAsync(memory, acknowledged, 20);
            var ballast = disk.Fill();

            var full = await Assert.ThrowsAsync<MemoryException>(() => WriteAsync(memory, acknowledged, 1_000));
            Assert.Equal(MemoryErrorCode.StorageFull, full.Code);
            Assert.Contains("Free some space", full.Message, StringComparison.Ordinal);
            full = await Assert.ThrowsAsync<MemoryException>(() => AppendAsync(memory));
            Assert.Equal(MemoryErrorCode.StorageFull, full.Code);
            await CheckAsync(memory, acknowledged);

            File.Delete(ballast);
            await WriteAsync(memory, acknowledged, 20);
            await AppendAsync(memory);
            await CheckAsync(memory, acknowledged);
        }

        await using var again = await OpenAsync(disk.Path);
        await CheckAsync(again[MemoryStores.DefaultStore], acknowledged);
    }

    [Fact]
    public async Task A_store_that_is_closed_and_opened_on_a_full_disk_says_so_or_reads_and_loses_nothing()
    {
        using var disk = SmallDisk.Of("3m");
        Dictionary<string, string> acknowledged = [];
        string ballast;
        await using (var stores = await OpenAsync(disk.Path))
        {
            await WriteAsync(stores[MemoryStores.DefaultStore], acknowledged, 50);
            ballast = disk.Fill();
        }

        try
        {
            await using var stores = await OpenAsync(disk.Path);
            await CheckAsync(stores[MemoryStores.DefaultStore], acknowledged);
        }
        catch (MemoryException e)
        {
            Assert.Equal(MemoryErrorCode.StorageFull, e.Code);
        }

        File.Delete(ballast);
        await using var again = await OpenAsync(disk.Path);
        var memory = again[MemoryStores.DefaultStore];
        await CheckAsync(memory, acknowledged);
        await WriteAsync(memory, acknowledged, 1);
        Assert.Null((await memory.StatusAsync(Cancellation)).ReadOnly);
    }

    [Fact]
    public async Task A_folder_that_cannot_even_be_begun_for_want_of_space_says_so_and_can_be_begun_later()
    {
        using var disk = SmallDisk.Of("1m");
        var ballast = disk.Fill();

        var error = await Assert.ThrowsAsync<MemoryException>(() => OpenAsync(disk.Path));
        Assert.Equal(MemoryErrorCode.StorageFull, error.Code);

        File.Delete(ballast);
        await using var stores = await OpenAsync(disk.Path);
        await WriteAsync(stores[MemoryStores.DefaultStore], [], 1);
    }

    [Fact]
    public async Task A_read_only_file_system_is_named_as_what_is_wrong()
    {
        using var disk = SmallDisk.Of("3m");
        Dictionary<string, string> acknowledged = [];
        await using (var stores = await OpenAsync(disk.Path))
        {
            await WriteAsync(stores[MemoryStores.DefaultStore], acknowledged, 5);
        }

        disk.MakeReadOnly();
        var error = await Assert.ThrowsAsync<MemoryException>(() => OpenAsync(disk.Path));
        Assert.Equal(MemoryErrorCode.ReadOnly, error.Code);
        Assert.Contains("permissions", error.Message, StringComparison.Ordinal);

        disk.MakeWritable();
        await using var again = await OpenAsync(disk.Path);
        await CheckAsync(again[MemoryStores.DefaultStore], acknowledged);
    }

    private async Task<MemoryStores> OpenAsync(string folder) =>
        await MemoryStores.TryOpenAsync(DataFolder.Open(folder), _embedder) ?? throw new InvalidOperationException("The folder is owned.");

    private static async Task WriteAsync(IMemory memory, Dictionary<string, string> acknowledged, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var content = $"fact{acknowledged.Count} " + string.Concat(Enumerable.Repeat("words that fill a page ", 150));
            var answer = await memory.RememberAsync(new() { Namespace = "disk", Facts = [new() { Content = content }] }, cancellationToken: Cancellation);
            acknowledged.Add(answer.Outcomes[0].Id!, content);
        }
    }

    private static Task<EventAnswer> AppendAsync(IMemory memory) =>
        memory.AppendEventAsync(new() { ActorId = "a", SessionId = "s", Content = new string('x', 15_000) }, cancellationToken: Cancellation);

    private static async Task CheckAsync(IMemory memory, Dictionary<string, string> acknowledged)
    {
        foreach (var (id, content) in acknowledged)
        {
            Assert.Equal(content, (await memory.GetAsync(id, Cancellation)).Content);
        }

        var listed = await memory.ListAsync(new() { Page = new(PageRequest.MaxLimit) }, Cancellation);
        Assert.Equal(acknowledged.Keys.Order(StringComparer.Ordinal), listed.Items.Select(r => r.Id).Order(StringComparer.Ordinal));
        var found = await memory.RecallAsync(new() { Query = $"fact{acknowledged.Count - 1}", TopK = 1 }, Cancellation);
        Assert.Equal(acknowledged.Values.Last(), Assert.Single(found.Memories).Content);
    }
}
