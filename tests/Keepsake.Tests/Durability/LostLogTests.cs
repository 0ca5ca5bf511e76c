using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Durability;

/// <summary>The log that a killed process left is missing, or the database beside it is.</summary>
public sealed class LostLogTests : IDisposable
{
    private const string Log = SqliteDatabase.FileName + "-wal";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly Embedder _embedder = new(new EmbeddingOptions());

    public void Dispose()
    {
        _embedder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_lost_log_makes_the_store_read_only_and_says_why()
    {
        await WriteAsync(orderly: true);
        await WriteAsync(orderly: false, round: 1);
        File.Delete(_folder[Log]);

        // Every time, whether or not the last reading ended orderly.
        for (var i = 0; i < 3; i++)
        {
            await using var stores = await OpenAsync();
            var memory = stores[MemoryStores.DefaultStore];
            Assert.NotEmpty((await memory.ListAsync(new(), Cancellation)).Items);
            Assert.NotEmpty((await memory.RecallAsync(new() { Query = "migration", MinRelevance = 0 }, Cancellation)).Memories);
            var error = await Assert.ThrowsAsync<MemoryException>(() => WriteOneAsync(memory));
            Assert.Equal(MemoryErrorCode.ReadOnly, error.Code);
            Assert.Contains(Log, error.Message, StringComparison.Ordinal);
            Assert.Equal(error.Message, (await memory.StatusAsync(Cancellation)).ReadOnly);
            await Assert.ThrowsAsync<MemoryException>(() => stores.CreateAsync("another", cancellationToken: Cancellation));
        }
    }

    [Fact]
    public async Task Putting_the_log_back_gives_everything_back_even_while_the_store_is_open()
    {
        await WriteAsync(orderly: true);
        var acknowledged = await WriteAsync(orderly: false, round: 1);
        var saved = await File.ReadAllBytesAsync(_folder[Log], Cancellation);
        File.Delete(_folder[Log]);
        await (await OpenAsync()).DisposeAsync();

        await using (var stores = await OpenAsync())
        {
            await PutBackAsync(Log, saved);
        }

        await using var again = await OpenAsync();
        var memory = again[MemoryStores.DefaultStore];
        Assert.Null((await memory.StatusAsync(Cancellation)).ReadOnly);
        foreach (var id in acknowledged)
        {
            await memory.GetAsync(id, Cancellation);
        }

        await WriteOneAsync(memory);
    }

    [Fact]
    public async Task Removing_the_marker_goes_on_without_the_log()
    {
        await WriteAsync(orderly: true);
        await WriteAsync(orderly: false, round: 1);
        File.Delete(_folder[Log]);
        await (await OpenAsync()).DisposeAsync();
        File.Delete(_folder[OpenMarker.FileName]);

        await using var stores = await OpenAsync();
        await WriteOneAsync(stores[MemoryStores.DefaultStore]);
    }

    [Fact]
    public async Task A_log_lost_in_the_first_run_of_all_is_said()
    {
        await WriteAsync(orderly: false);
        File.Delete(_folder[Log]);

        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<MemoryException>(OpenAsync);
            Assert.Equal(MemoryErrorCode.Corrupt, error.Code);
            Assert.Contains(OpenMarker.FileName, error.Message, StringComparison.Ordinal);
        }

        File.Delete(_folder[OpenMarker.FileName]);
        await using var stores = await OpenAsync();
        await WriteOneAsync(stores[MemoryStores.DefaultStore]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lost_database_is_said_and_its_log_is_left_alone(bool hasLog)
    {
        var acknowledged = await WriteAsync(orderly: false);
        var database = await File.ReadAllBytesAsync(_folder[SqliteDatabase.FileName], Cancellation);
        var log = await File.ReadAllBytesAsync(_folder[Log], Cancellation);
        File.Delete(_folder[SqliteDatabase.FileName]);
        if (!hasLog)
        {
            File.Delete(_folder[Log]);
        }

        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<MemoryException>(OpenAsync);
            Assert.Equal(MemoryErrorCode.Corrupt, error.Code);
            Assert.Contains("keepsake.db is missing", error.Message, StringComparison.Ordinal);
        }

        await PutBackAsync(SqliteDatabase.FileName, database);
        await PutBackAsync(Log, log);
        await using var stores = await OpenAsync();
        foreach (var id in acknowledged)
        {
            await stores[MemoryStores.DefaultStore].GetAsync(id, Cancellation);
        }
    }

    [Fact]
    public async Task A_folder_that_was_emptied_after_a_clean_end_begins_anew()
    {
        await WriteAsync(orderly: true);
        File.Delete(_folder[SqliteDatabase.FileName]);

        await using var stores = await OpenAsync();
        Assert.Empty((await stores[MemoryStores.DefaultStore].ListAsync(new(), Cancellation)).Items);
    }

    private async Task PutBackAsync(string name, byte[] bytes)
    {
        await using var file = PrivateFile.Open(_folder[name], FileMode.OpenOrCreate);
        await file.WriteAsync(bytes, Cancellation);
    }

    private async Task<MemoryStores> OpenAsync() =>
        await MemoryStores.TryOpenAsync(DataFolder.Open(_folder.Path), _embedder) ?? throw new InvalidOperationException("The folder is owned.");

    private static Task<RememberAnswer> WriteOneAsync(IMemory memory) => memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "one more" }] }, cancellationToken: Cancellation);

    /// <summary>Has a process write, and end or be killed.</summary>
    /// <returns>The ids of records that were acknowledged to its first writer and not forgotten again.</returns>
    private async Task<List<string>> WriteAsync(bool orderly, int round = 0)
    {
        await using var writer = KilledProcess.Writer(_folder.Path, round);
        await writer.SaidAsync(30);
        if (orderly)
        {
            writer.Input.Close();
            Assert.Equal(0, await writer.EndedAsync());
        }
        else
        {
            await writer.KillAsync();
        }

        List<string> ids = [];
        var said = writer.Lines.Where(line => line.StartsWith("0 ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2].Split(',')).ToList();
        for (var n = 0; n < said.Count; n++)
        {
            // The step after the last one may have happened too.
            var later = Enumerable.Range(n + 1, said.Count - n).Select(i => new WriterStep(round, 0, i));
            if (new WriterStep(round, 0, n).Kind == WriterStep.StepKind.Remember && !later.Any(s => s.Kind == WriterStep.StepKind.Forget && s.Target == n))
            {
                ids.AddRange(said[n]);
            }
        }

        return ids;
    }
}
