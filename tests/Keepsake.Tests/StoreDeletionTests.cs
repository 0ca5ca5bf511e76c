using Keepsake.Engines;
using Keepsake.Engines.Sqlite;
using Keepsake.Protection;
using Keepsake.Protection.Sealing;
using Keepsake.Recall;
using Keepsake.Tests.Support;

namespace Keepsake.Tests;

/// <summary>A store that is deleted takes all that is its own with it, and nothing that is another's.</summary>
public sealed class StoreDeletionTests : IAsyncLifetime
{
    private const string Name = "other";

    private readonly OpenFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MemoryStores Stores => _folder.Stores;

    public async ValueTask InitializeAsync() => await _folder.OpenAsync();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task What_is_remembered_after_a_store_was_deleted_is_found()
    {
        await Corpus.RememberAsync(_folder.Memory, IndexSnapshot.MinDocuments + 100, "a");
        await Stores.CreateAsync(Name, cancellationToken: Cancellation);
        await RememberAsync(Stores[Name], "the last row that the index of all stores has seen");
        await FoundAsync("anything");
        await Stores.DeleteAsync(Name, cancellationToken: Cancellation);
        await _folder.ReopenAsync();
        Assert.NotEmpty(Indexes());

        await RememberAsync(_folder.Memory, "zanzibarx grows cloves");
        await _folder.ReopenAsync();
        await RememberAsync(_folder.Memory, "quokkax smiles");

        Assert.Equal("zanzibarx grows cloves", await FoundAsync("zanzibarx"));
        Assert.Equal("quokkax smiles", await FoundAsync("quokkax"));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("hard")]
    [InlineData("purge")]
    [InlineData("event")]
    public async Task A_number_is_not_given_again_whatever_was_erased(string what)
    {
        await Corpus.RememberAsync(_folder.Memory, 3, "a");
        await Stores.CreateAsync(Name, cancellationToken: Cancellation);
        var memory = what == "store" ? Stores[Name] : _folder.Memory;
        var last = what == "event"
            ? (await memory.AppendEventAsync(new() { ActorId = "a", SessionId = "s", Content = "heard" }, null, Cancellation)).EventId
            : await RememberAsync(memory, "the last one");
        var position = await LastPositionAsync();

        await (what switch
        {
            "store" => Stores.DeleteAsync(Name, cancellationToken: Cancellation),
            "event" => _folder.Memory.ForgetSessionAsync("a", "s", hard: true, null, cancellationToken: Cancellation),
            _ => memory.ForgetAsync([last], hard: what == "hard", null, cancellationToken: Cancellation),
        });
        if (what == "purge")
        {
            var due = TimeProvider.System.GetUtcNow().AddYears(1);
            Assert.True(await EngineOf(MemoryStores.DefaultStore).PurgeAsync(new PurgeLimits(due, due, due), Cancellation) > 0);
        }

        await Stores.Database.WriteAsync(
            (session, _) =>
            {
                ChangeRows.Trim(session);
                return 0;
            },
            null,
            Cancellation);
        await _folder.ReopenAsync();

        Assert.True(await LastPositionAsync() > position);
        await RememberAsync(_folder.Memory, "one more");
        Assert.True((await _folder.Memory.ListAsync(new() { Page = new(10) }, Cancellation)).Items.Max(record => record.Order) > position);
    }

    [Fact]
    public async Task Rows_that_were_written_in_the_commit_of_their_stores_deletion_are_not_missed()
    {
        await Stores.CreateAsync(Name, cancellationToken: Cancellation);
        await RememberAsync(Stores[Name], "here before");
        var engine = EngineOf(Name);
        using var gate = new ManualResetEventSlim();
        var first = Stores.Database.WriteAsync(
            (_, _) =>
            {
                gate.Wait(Cancellation);
                return 0;
            },
            null,
            Cancellation);
        var (record, heard) = (engine.UpsertAsync([Record("mem-new", "new/place")], null, Cancellation), engine.AppendAsync([Event("evt-new", "new/place")], 10, null, Cancellation));
        var deletion = Stores.DeleteOwnAsync(Name, token: null, Cancellation);
        gate.Set();
        await Task.WhenAll(first, record, heard, deletion);

        Assert.Equal(0, (await Stores.Database.Care.ScrubAsync(null, Cancellation)).Missing);
        Assert.Equal(0, await Stores.Database.ReadAsync(session => session.Number("SELECT count(*) FROM guards WHERE guarded > 0"), Cancellation));
        Assert.Empty((await _folder.Memory.StatusAsync(Cancellation)).Warnings);
        await _folder.ReopenAsync();
        Assert.Empty((await _folder.Memory.StatusAsync(Cancellation)).Warnings);
    }

    [Fact]
    public async Task Rows_that_something_else_removed_before_leave_nothing_to_be_missed_either()
    {
        await Stores.CreateAsync(Name, cancellationToken: Cancellation);
        var id = await RememberAsync(Stores[Name], "taken away");
        await _folder.DamageAsync(session => session.Execute("DELETE FROM records WHERE id = $1", id));

        await Stores.DeleteAsync(Name, cancellationToken: Cancellation);
        await _folder.ReopenAsync();

        Assert.Equal(0, (await Stores.Database.Care.ScrubAsync(null, Cancellation)).Missing);
        Assert.Empty((await _folder.Memory.StatusAsync(Cancellation)).Warnings);
    }

    [Fact]
    public async Task A_ring_goes_with_its_store_also_while_writers_need_new_keys()
    {
        for (var round = 0; round < 10; round++)
        {
            await Stores.CreateEncryptedAsync(Name, cancellationToken: Cancellation);
            var memory = Stores[Name];
            await RememberAsync(memory, "here before");
            var writers = Enumerable.Range(0, 6).Select(writer => Task.Run(() => WriteUntilGoneAsync(memory, $"round{round}/writer{writer}"), Cancellation)).ToList();
            await Task.Delay(5 * round, Cancellation);

            await Stores.DeleteAsync(Name, cancellationToken: Cancellation);

            Assert.All(await Task.WhenAll(writers), code => Assert.Equal(MemoryErrorCode.NotFound, code));
            Assert.Empty(KeyFiles());
        }

        await _folder.ReopenAsync();
        Assert.Empty(KeyFiles());
        Assert.Empty((await _folder.Memory.StatusAsync(Cancellation)).Warnings);
    }

    [Fact]
    public async Task A_ring_goes_with_a_store_that_is_locked()
    {
        await Stores.CreateEncryptedAsync(Name, cancellationToken: Cancellation);
        await RememberAsync(Stores[Name], "sealed");
        await _folder.CloseAsync();
        File.Move(_folder["keys/master"], _folder["keys/away"]);
        await _folder.OpenAsync();

        await Stores.DeleteAsync(Name, cancellationToken: Cancellation);

        Assert.Empty(KeyFiles());
    }

    [Fact]
    public async Task A_ring_stays_whose_store_an_older_backup_does_not_hold()
    {
        var older = await Stores.CreateBackupAsync(null, Cancellation);
        await Stores.CreateEncryptedAsync(Name, cancellationToken: Cancellation);
        await RememberAsync(Stores[Name], "sealed");
        var newer = await Stores.CreateBackupAsync(null, Cancellation);

        // As a deletion leaves it that was cut off, and nobody knows where.
        new DeletedRings(new KeysFolder(_folder.Path)).Begin(Assert.Single(KeyFiles())[..^".ring".Length]);
        foreach (var backup in new[] { older, newer })
        {
            await Stores.RestoreBackupAsync(backup.Name, false, null, Cancellation);
            await _folder.ReopenAsync();
            await _folder.ReopenAsync();
        }

        Assert.Equal("sealed", Assert.Single((await Stores[Name].ListAsync(new(), Cancellation)).Items).Content);
    }

    [Fact]
    public async Task The_index_of_a_store_that_is_not_there_goes_at_the_next_start()
    {
        Directory.CreateDirectory(_folder["index/gone-0123456789"]);
        File.WriteAllText(_folder["index/gone-0123456789/x.segment"], "derived");

        await _folder.ReopenAsync();

        Assert.Empty(Indexes());
    }

    private static async Task<MemoryErrorCode> WriteUntilGoneAsync(IMemory memory, string place)
    {
        try
        {
            for (var n = 0; ; n++)
            {
                var answer = await memory.RememberAsync(new() { Namespace = $"{place}/n{n}", Facts = [new() { Content = $"number {n}", ActorId = $"actor-{n}" }] }, null, Cancellation);
                Assert.True(answer.Success, string.Join('\n', answer.Errors));
            }
        }
        catch (MemoryException e)
        {
            return e.Code;
        }
    }

    private static MemoryRecord Record(string id, string @namespace) => new()
    {
        Id = id,
        Namespace = MemoryNamespace.Parse(@namespace),
        Content = "written last",
        OccurredAt = DateTimeOffset.UnixEpoch,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    private static MemoryEvent Event(string id, string @namespace) => new()
    {
        Id = id,
        Namespace = MemoryNamespace.Parse(@namespace),
        Content = "heard last",
        ActorId = "a",
        SessionId = "s",
        OccurredAt = DateTimeOffset.UnixEpoch,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static async Task<string> RememberAsync(IMemory memory, string content) =>
        (await memory.RememberAsync(new() { Namespace = "a", Facts = [new() { Content = content }] }, null, Cancellation)).Outcomes[0].Id!;

    private async Task<string> FoundAsync(string query) =>
        (await _folder.Memory.RecallAsync(new() { Query = query, TopK = 1, MinRelevance = 0 }, Cancellation)).Memories[0].Content;

    private SqliteEngine EngineOf(string store) => new(Stores.Database, Stores.Own(store).Mend(MemoryNamespace.Parse("a")).Engine.Store, TimeProvider.System);

    private Task<long> LastPositionAsync() => Stores.Database.ReadAsync(ChangeRows.LastPosition, Cancellation);

    private List<string> KeyFiles() =>
        [.. Directory.EnumerateFiles(_folder["keys"]).Select(file => Path.GetFileName(file)).Where(name => name.StartsWith(Name, StringComparison.Ordinal))];

    private List<string> Indexes() => [.. Directory.EnumerateFileSystemEntries(_folder["index"])];
}
