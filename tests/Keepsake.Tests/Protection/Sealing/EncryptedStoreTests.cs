using System.Text;
using Keepsake.Embedding;
using Keepsake.Engines.Sqlite;
using Keepsake.Protection.Sealing;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Protection.Sealing;

/// <summary>An encrypted store as its user has it: nothing readable on the disk, keys that are replaced and destroyed, and a start without keys.</summary>
public sealed class EncryptedStoreTests : IAsyncLifetime
{
    private const string Name = "secrets";

    private static readonly Embedder Embedder = new(new EmbeddingOptions());

    private readonly TemporaryFolder _folder = new();
    private MemoryStores? _stores;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MemoryStores Stores => _stores!;

    private IMemory Memory => Stores[Name];

    public async ValueTask InitializeAsync()
    {
        await OpenAsync();
        await Stores.CreateEncryptedAsync(Name, cancellationToken: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Stores.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nothing_that_was_said_is_readable_in_any_file_and_all_is_found_again()
    {
        await WriteAsync("alice", "a/b", 40);
        await AssertUnreadableAsync("canary");
        await ReopenAsync();

        Assert.Equal(40, (await Memory.ListAsync(new() { Namespace = "a/b" }, Cancellation)).Items.Count);
        Assert.Equal("canary 7 of alice sleeps", Assert.Single((await Memory.RecallAsync(new() { Query = "canary 7 of alice", TopK = 1, MinRelevance = 0 }, Cancellation)).Memories).Content);
        Assert.Equal("canary event of alice", Assert.Single((await Memory.ListEventsAsync(new() { ActorId = "alice", SessionId = "s" }, Cancellation)).Events).Content);
        Assert.True((await Stores.ListAsync(Cancellation)).Single(store => store.Name == Name).Encrypted);
        var status = await Memory.StatusAsync(Cancellation);
        Assert.Contains("not sealed: names of stores", status.Engine["encryption"], StringComparison.Ordinal);
        await AssertUnreadableAsync("canary");
    }

    [Fact]
    public async Task Metadata_is_searched_by_and_readable_in_no_file_nor_in_the_snapshot_of_the_index()
    {
        foreach (var batch in Enumerable.Range(0, Keepsake.Recall.IndexSnapshot.MinDocuments + 100).Chunk(700))
        {
            await Memory.RememberAsync(
                new() { Namespace = "a/b", Facts = [.. batch.Select(i => new MemoryFact { Content = $"sleeper {i} sleeps", Metadata = Group(i % 300) })] }, null, Cancellation);
        }

        for (var i = 0; i < 2; i++)
        {
            var found = (await Memory.RecallAsync(new() { Query = "who sleeps?", TopK = 100, MinRelevance = 0, Metadata = Group(7) }, Cancellation)).Memories;
            Assert.Equal(Enumerable.Range(0, 7).Select(n => $"sleeper {(n * 300) + 7} sleeps").Order(), found.Select(m => m.Content).Order());
            await ReopenAsync();
        }

        Assert.NotEmpty(Directory.GetFiles(_folder["index"], "*.segment", SearchOption.AllDirectories));
        await AssertUnreadableAsync("canary");

        static Dictionary<string, MetadataValue> Group(int number) => new() { ["canary group"] = MetadataValue.Of($"canary {number}") };
    }

    [Fact]
    public async Task Without_its_master_key_a_store_is_locked_and_writes_nothing_and_the_others_go_on()
    {
        await WriteAsync("alice", "a/b", 3);
        await Stores.DisposeAsync();
        File.Move(_folder["keys/master"], _folder["keys/away"]);
        var id = File.ReadAllText(Directory.GetFiles(_folder["keys"], "*.ring").Single()).Split("\"master\":\"")[1][..16];
        await OpenAsync();

        Func<Task>[] calls =
        [
            () => Memory.RememberAsync(new() { Namespace = "a/b", Facts = [new() { Content = "canary in plain" }] }, null, Cancellation),
            () => Memory.AppendEventAsync(new() { ActorId = "alice", SessionId = "s", Content = "canary in plain" }, null, Cancellation),
            () => Memory.ListAsync(new(), Cancellation),
            () => Memory.RecallAsync(new() { Query = "canary" }, Cancellation),
            () => Stores.RotateKeysAsync(Name, null, false, Cancellation),
            () => Stores.ShredAsync(Name, "alice", null, Cancellation),
        ];
        foreach (var call in calls)
        {
            var error = await Assert.ThrowsAsync<MemoryException>(call);
            Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
            Assert.Contains(id, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal("disconnected", (await Memory.StatusAsync(Cancellation)).Status);
        await Stores[MemoryStores.DefaultStore].RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "another store" }] }, null, Cancellation);
        await AssertUnreadableAsync("canary");

        await Stores.DisposeAsync();
        File.Move(_folder["keys/away"], _folder["keys/master"]);
        await OpenAsync();
        Assert.Equal(3, (await Memory.ListAsync(new() { Namespace = "a/b" }, Cancellation)).Items.Count);
    }

    [Fact]
    public async Task A_store_is_encrypted_and_decrypted_while_it_is_used()
    {
        var plain = Stores[MemoryStores.DefaultStore];
        await WriteAsync("alice", "a/b", 300, plain);
        await plain.RememberAsync(new() { Namespace = "a/b", Facts = [new() { Content = "canary with a key", Key = "canary-key" }] }, null, Cancellation);

        await Stores.ConvertAsync(MemoryStores.DefaultStore, encrypted: true, Cancellation);
        var answer = await plain.RememberAsync(
            new() { Namespace = "a/b", Facts = [new() { Content = "canary 7 of alice sleeps", ActorId = "alice" }, new() { Content = "canary anew", Key = "canary-key" }] }, null, Cancellation);
        Assert.Equal([WriteResult.Merged, WriteResult.Replaced], answer.Outcomes.Select(o => o.Outcome));
        await SettleAsync(MemoryStores.DefaultStore, "encrypted");
        await Stores.DisposeAsync();
        await AssertUnreadableAsync("canary");
        await OpenAsync();
        plain = Stores[MemoryStores.DefaultStore];
        Assert.Equal(301, (await plain.ListAsync(new() { Namespace = "a/b", Page = new(1_000) }, Cancellation)).Items.Count);

        await Stores.ConvertAsync(MemoryStores.DefaultStore, encrypted: false, Cancellation);
        Assert.Equal(WriteResult.Merged, (await plain.RememberAsync(
            new() { Namespace = "a/b", Facts = [new() { Content = "canary 8 of alice sleeps", ActorId = "alice" }] }, null, Cancellation)).Outcomes[0].Outcome);
        while ((await Stores.SealingProgressAsync(MemoryStores.DefaultStore, Cancellation)).State != "plain")
        {
            Assert.Equal(301, (await plain.ListAsync(new() { Namespace = "a/b", Page = new(1_000) }, Cancellation)).Items.Count);
        }

        await SettleAsync(MemoryStores.DefaultStore, "plain");
        await ReopenAsync();
        plain = Stores[MemoryStores.DefaultStore];
        Assert.Equal(301, (await plain.ListAsync(new() { Namespace = "a/b", Page = new(1_000) }, Cancellation)).Items.Count);
        Assert.Equal("canary anew", Assert.Single((await plain.ListAsync(new() { KeysOnly = true }, Cancellation)).Items).Content);
        Assert.Empty((await plain.StatusAsync(Cancellation)).Warnings);
        Assert.Single(Directory.GetFiles(_folder["keys"], "*.ring"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Replaced_keys_open_everything_and_compromised_ones_are_destroyed(bool compromised)
    {
        await WriteAsync("alice", "a/b", 120);
        await WriteAsync("bob", "c", 5);

        await Stores.RotateKeysAsync(Name, null, compromised, Cancellation);
        await WriteAsync("alice", "d", 2);
        await SettleAsync(Name, "encrypted");
        await ReopenAsync();

        Assert.Equal(127, (await Memory.ListAsync(new() { Page = new(1_000) }, Cancellation)).Items.Count);
        var keys = await Stores.ListKeysAsync(Name, Cancellation);
        Assert.Equal(compromised ? 0 : 4, keys.Count(key => key.State == "retired"));
        Assert.Equal(compromised ? 4 : 0, keys.Count(key => key.State == "destroyed"));
        Assert.Equal(6, keys.Count(key => key.State == "active"));
        Assert.Equal(0, await OldKeysAsync());

        var error = await Assert.ThrowsAsync<MemoryException>(() => Stores.RotateKeysAsync(Name, "nowhere", false, Cancellation));
        Assert.Equal(MemoryErrorCode.NotFound, error.Code);
        await Stores.RotateKeysAsync(Name, "a", false, Cancellation);
        await SettleAsync(Name, "encrypted");

        // What was destroyed has no name any more; what was retired opens old copies.
        Assert.Equal(compromised ? 2 : 3, (await Stores.ListKeysAsync(Name, Cancellation)).Count(key => key.Name == "a/b"));
        await ReopenAsync();
        Assert.Empty((await Memory.StatusAsync(Cancellation)).Warnings);
    }

    [Fact]
    public async Task Compromised_keys_that_are_replaced_again_before_they_are_destroyed_lose_nothing()
    {
        await WriteAsync("alice", "a/b", 200);

        for (var i = 0; i < 60; i++)
        {
            await Stores.RotateKeysAsync(Name, null, compromised: true, Cancellation);
            await Task.Delay(i % 20, Cancellation);
        }

        await SettleAsync(Name, "encrypted");
        Assert.Equal(200, (await Memory.ListAsync(new() { Page = new(1_000) }, Cancellation)).Items.Count);
        Assert.DoesNotContain(await Stores.ListKeysAsync(Name, Cancellation), key => key.State == "retired");
        await ReopenAsync();
        Assert.Equal(200, (await Memory.ListAsync(new() { Page = new(1_000) }, Cancellation)).Items.Count);
        Assert.Empty((await Memory.StatusAsync(Cancellation)).Warnings);
    }

    [Fact]
    public async Task That_keys_are_compromised_is_known_outside_the_database_and_no_row_in_it_has_keys_destroyed()
    {
        await WriteAsync("alice", "a/b", 5);
        await Stores.RotateKeysAsync(Name, null, compromised: false, Cancellation);
        await SettleAsync(Name, "encrypted");
        await Stores.DisposeAsync();
        using (var session = new SqliteSession(_folder["keepsake.db"], readOnly: false))
        {
            session.Execute("INSERT INTO integrity (name, value) SELECT 'compromised ' || number, 2 FROM stores");
        }

        await OpenAsync();
        await SettleAsync(Name, "encrypted");
        Assert.Equal(2, (await Stores.ListKeysAsync(Name, Cancellation)).Count(key => key.State == "retired"));
        Assert.Contains("keys rotate --compromised", Assert.Single((await Memory.StatusAsync(Cancellation)).Warnings), StringComparison.Ordinal);

        await Stores.DisposeAsync();
        var ring = Path.GetFileName(Directory.GetFiles(_folder["keys"], "*.ring").Single());
        new Keepsake.Protection.KeysFolder(_folder.Path).Replace(Path.ChangeExtension(ring, ".compromised"), []);
        await OpenAsync();
        await SettleAsync(Name, "encrypted");

        Assert.Equal(2, (await Stores.ListKeysAsync(Name, Cancellation)).Count(key => key.State == "destroyed"));
        Assert.Equal(5, (await Memory.ListAsync(new(), Cancellation)).Items.Count);
        Assert.Empty(Directory.GetFiles(_folder["keys"], "*.compromised"));
        Assert.Empty((await Memory.StatusAsync(Cancellation)).Warnings);
    }

    [Theory]
    [InlineData("alice", null)]
    [InlineData(null, "a")]
    public async Task What_was_shredded_is_gone_here_and_in_every_copy_and_a_receipt_says_so(string? actor, string? scope)
    {
        await WriteAsync("alice", "a/b", 20);
        await WriteAsync("bob", "c", 4);
        await Stores.DisposeAsync();
        var backup = await File.ReadAllBytesAsync(_folder[SqliteDatabase.FileName], Cancellation);
        await OpenAsync();

        var receipt = await Stores.ShredAsync(Name, actor, scope, Cancellation);

        Assert.Equal((20, 1), (receipt.Records, receipt.Events));
        Assert.True(Receipts.IsGenuine(receipt));
        Assert.False(Receipts.IsGenuine(receipt with { Records = 19 }));
        Assert.Equal(receipt, await Stores.ShredAsync(Name, actor, scope, Cancellation) with { DestroyedKeys = receipt.DestroyedKeys });
        Assert.Equal(4, (await Memory.ListAsync(new(), Cancellation)).Items.Count);
        Assert.All((await Memory.RecallAsync(new() { Query = "canary of alice", MinRelevance = 0, TopK = 50 }, Cancellation)).Memories, m => Assert.Contains("bob", m.Content, StringComparison.Ordinal));

        // The actor may come back, and is another one.
        await WriteAsync("alice", "a/b", 1);
        await ReopenAsync();
        Assert.Equal(5, (await Memory.ListAsync(new(), Cancellation)).Items.Count);
        Assert.Empty((await Memory.StatusAsync(Cancellation)).Warnings);

        // A copy of the database from before holds rows that nothing opens any more.
        await Stores.DisposeAsync();
        await File.WriteAllBytesAsync(_folder[SqliteDatabase.FileName], backup, Cancellation);
        File.Delete(_folder["keys/commits"]);
        await OpenAsync();
        Assert.All((await Memory.ListAsync(new(), Cancellation)).Items, r => Assert.Contains("bob", r.Content, StringComparison.Ordinal));
        await AssertUnreadableAsync("canary");
    }

    [Theory]
    [InlineData(700)]
    [InlineData(2_100)]
    public async Task What_was_shredded_is_in_no_file_of_the_index_whatever_is_left(int left)
    {
        await WriteAsync("bob", "c", 1_000);
        await WriteAsync("bob", "d", 500);
        foreach (var part in Enumerable.Range(0, left / 700))
        {
            await WriteAsync("amy", $"e{part}", 700);
        }

        await Memory.RecallAsync(new() { Query = "canary" }, Cancellation);
        await ReopenAsync();
        Assert.NotEmpty(Segments());
        await Memory.RecallAsync(new() { Query = "canary" }, Cancellation);

        await Stores.ShredAsync(Name, "bob", null, Cancellation);

        // Segments that held only what is left may stay; none holds what was removed.
        var number = (await Stores.Database.ReadAsync(StoreRows.Rows, Cancellation)).Single(row => row.Store.Name == Name).Number;
        var kept = left > Keepsake.Recall.IndexSnapshot.MinDocuments ? left : 0;
        Assert.Equal(kept, Stores.SnapshotOf(number).Load(Embedder.Model!)?.Views.Sum(view => view.Segment.Count) ?? 0);
        Assert.Equal(kept > 0, Segments().Length > 0);
        await ReopenAsync();
        Assert.All((await Memory.RecallAsync(new() { Query = "canary of bob", MinRelevance = 0, TopK = 50 }, Cancellation)).Memories, m => Assert.Contains("amy", m.Content, StringComparison.Ordinal));

        string[] Segments() => Directory.Exists(_folder["index"]) ? Directory.GetFiles(_folder["index"], "*.segment", SearchOption.AllDirectories) : [];
    }

    [Fact]
    public async Task A_store_that_is_not_encrypted_has_no_keys_and_bad_calls_say_what_would_work()
    {
        foreach (var call in (Func<Task>[])
            [
                () => Stores.ListKeysAsync(MemoryStores.DefaultStore, Cancellation),
                () => Stores.RotateKeysAsync(MemoryStores.DefaultStore, null, false, Cancellation),
                () => Stores.ShredAsync(MemoryStores.DefaultStore, "alice", null, Cancellation),
                () => Stores.ExportKeysAsync(MemoryStores.DefaultStore, "a long passphrase", Cancellation),
            ])
        {
            Assert.Equal(MemoryErrorCode.NotSupported, (await Assert.ThrowsAsync<MemoryException>(call)).Code);
        }

        foreach (var (actor, scope) in ((string?, string?)[])[(null, null), ("alice", "a"), (null, "/"), ("", null)])
        {
            Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => Stores.ShredAsync(Name, actor, scope, Cancellation))).Code);
        }

        Assert.Equal(MemoryErrorCode.NotFound, (await Assert.ThrowsAsync<MemoryException>(() => Stores.ShredAsync(Name, "nobody", null, Cancellation))).Code);
        Assert.Equal(MemoryErrorCode.InvalidRequest, (await Assert.ThrowsAsync<MemoryException>(() => Stores.ExportKeysAsync(Name, "short", Cancellation))).Code);
        Assert.DoesNotContain(
            "material", await Stores.ExportKeysAsync(Name, "correct horse battery staple", Cancellation), StringComparison.Ordinal);
        Assert.Equal("plain", (await Stores.ConvertAsync(MemoryStores.DefaultStore, encrypted: false, Cancellation)).State);
    }

    [Fact]
    public async Task A_list_of_stores_from_before_the_encryption_is_refused_and_nothing_written_in_plain()
    {
        await WriteAsync("alice", "a/b", 2);
        await Stores.DisposeAsync();
        var before = await File.ReadAllBytesAsync(_folder[SqliteDatabase.FileName], Cancellation);
        await OpenAsync();
        await Stores.ConvertAsync(Name, encrypted: false, Cancellation);
        await SettleAsync(Name, "plain");
        await Stores.DisposeAsync();

        // The other way round: sealed rows, and no ring.
        await File.WriteAllBytesAsync(_folder[SqliteDatabase.FileName], before, Cancellation);
        File.Delete(_folder["keys/commits"]);
        await OpenAsync();
        Assert.Equal(
            MemoryErrorCode.Unavailable,
            (await Assert.ThrowsAsync<MemoryException>(() => Memory.RememberAsync(new() { Namespace = "n", Facts = [new() { Content = "canary" }] }, null, Cancellation))).Code);
    }

    [Fact]
    public async Task What_was_erased_for_good_is_in_no_file_any_more()
    {
        var plain = Stores[MemoryStores.DefaultStore];
        await WriteAsync("alice", "a/b", 50, plain);
        var ids = (await plain.ListAsync(new() { Namespace = "a/b" }, Cancellation)).Items.Select(r => r.Id).ToList();
        await plain.ForgetAsync(ids, hard: true, null, cancellationToken: Cancellation);
        await plain.ForgetSessionAsync("alice", "s", hard: true, null, cancellationToken: Cancellation);
        await Stores.DisposeAsync();
        await AssertUnreadableAsync("canary");
        await OpenAsync();
    }

    private async Task WriteAsync(string actor, string @namespace, int count, IMemory? memory = null)
    {
        memory ??= Memory;
        var answer = await memory.RememberAsync(
            new() { Namespace = @namespace, Facts = [.. Enumerable.Range(0, count).Select(i => new MemoryFact { Content = $"canary {i} of {actor} sleeps", ActorId = actor })] }, null, Cancellation);
        Assert.True(answer.Success);
        if (actor == "alice" && @namespace == "a/b")
        {
            await memory.AppendEventAsync(new() { ActorId = actor, SessionId = "s", Content = "canary event of alice", Namespace = "a/b" }, null, Cancellation);
        }
    }

    private async Task AssertUnreadableAsync(string canary)
    {
        var (text, wide) = (Encoding.UTF8.GetBytes(canary), Encoding.Unicode.GetBytes(canary));
        foreach (var (name, bytes) in await FilesInUse.ReadAsync(_folder.Path, Cancellation))
        {
            Assert.True(bytes.AsSpan().IndexOf(text) < 0 && bytes.AsSpan().IndexOf(wide) < 0, $"{name} holds it.");
        }
    }

    private async Task SettleAsync(string store, string state)
    {
        while ((await Stores.SealingProgressAsync(store, Cancellation)).State != state)
        {
            await Task.Delay(10, Cancellation);
        }
    }

    private async Task<long> OldKeysAsync()
    {
        var store = (await Stores.Database.ReadAsync(StoreRows.Rows, Cancellation)).Single(row => row.Store.Name == Name);
        return await new Engines.Sqlite.Sealing.KeyWork(Stores.Database, store.Number).CountOldAsync(Cancellation);
    }

    private async Task OpenAsync() => _stores = await MemoryStores.TryOpenAsync(DataFolder.Open(_folder.Path), Embedder) ?? throw new InvalidOperationException("The folder is owned.");

    private async Task ReopenAsync()
    {
        await Stores.DisposeAsync();
        await OpenAsync();
    }
}
