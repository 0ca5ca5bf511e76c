using Keepsake.Engines;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Conformance;

/// <summary>What every engine must do. Derive once per engine; a test that does not apply is overridden in plain sight.</summary>
public abstract partial class EngineConformance : IAsyncLifetime
{
    private int _written;

    internal ManualTime Time { get; } = new();

    protected IMemoryEngine Engine { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens an empty store that reads <see cref="Time"/>.</summary>
    protected abstract ValueTask<IMemoryEngine> OpenAsync();

    /// <summary>Closes the store and opens it again; what is gone with its process stays open.</summary>
    protected virtual ValueTask<IMemoryEngine> ReopenAsync() => new(Engine);

    public async ValueTask InitializeAsync() => Engine = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task RestartAsync() => Engine = await ReopenAsync();

    [Fact]
    public void It_says_what_it_can_do()
    {
        Assert.False(string.IsNullOrEmpty(Engine.Capabilities.Name));
        Assert.Contains(Engine.Capabilities.Provider, (string[])["embedded", "postgres", "chromadb", "agentcore"]);
        Assert.True(Engine.Capabilities.MaxBatchSize >= 1);
        Assert.Same(Engine.Capabilities, Engine.Capabilities);
    }

    [Fact]
    public virtual async Task Changes_are_told_in_the_order_of_commits_and_before_the_write_returns()
    {
        List<string> told = [];
        Engine.Observe(changes =>
        {
            told.AddRange(changes.Select(c => $"{c.Id} {(c.Item is null ? "gone" : "there")}"));
            return Task.CompletedTask;
        });

        var first = await WriteAsync(Record("first"));
        Assert.Equal([$"{first.Id} there"], told);

        await WriteAsync(Record("second", id: "mem-second"));
        await Engine.DeleteAsync(["mem-second"], Soft(), Cancellation);
        await AppendAsync(Event("third", id: "1#3"));
        await Engine.DeleteAsync([first.Id, "1#3"], Hard(), Cancellation);

        Assert.Equal(
            [$"{first.Id} there", "mem-second there", "mem-second gone", "1#3 there", $"{first.Id} gone", "1#3 gone"], told);
    }

    [Fact]
    public virtual async Task Every_observer_is_told_of_the_same_changes()
    {
        List<string> one = [], two = [];
        Observe(one);
        Observe(two);

        await WriteAsync(Record("told twice", embedding: [1, 0]));

        Assert.Single(one);
        Assert.Equal(one, two);
        Assert.Contains("\"embedding\":", one[0], StringComparison.Ordinal);

        void Observe(List<string> told) => Engine.Observe(changes =>
        {
            told.AddRange(ItemText.Of(changes));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public virtual async Task What_changes_nothing_is_not_told()
    {
        var record = await WriteAsync(Record("the same", key: "k"));
        List<MemoryChange> told = [];
        Engine.Observe(told.Follow);

        await Engine.UpsertAsync([record, record with { Id = "mem-other" }], null, Cancellation);
        await Engine.DeleteAsync(["mem-nobody"], Hard(), Cancellation);
        await Engine.MarkRecalledAsync([record.Id], Time.Now, Cancellation);
        Assert.Null(await Engine.ReplaceAsync(record, 99, null, Cancellation));

        Assert.Empty(told);
    }

    [Fact]
    public virtual async Task Concurrent_writes_are_told_one_at_a_time_and_as_they_are_stored()
    {
        var inside = 0;
        Dictionary<string, string> told = new(StringComparer.Ordinal);
        Engine.Observe(changes =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            foreach (var change in changes)
            {
                told[change.Id] = ((MemoryRecord)change.Item!).Content;
            }

            Interlocked.Decrement(ref inside);
            return Task.CompletedTask;
        });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                await Engine.UpsertAsync([Record($"writer {writer} says {i}", key: $"k{i % 5}", id: $"mem-{writer}-{i}")], null, Cancellation);
            }
        })));

        var stored = await AllAsync(new());
        Assert.Equal(5, stored.Count);
        Assert.Equal(stored.ToDictionary(r => r.Id, r => r.Content), told);
    }

    [Fact]
    public virtual async Task A_cancelled_call_throws_and_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var token = cancelled.Token;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.UpsertAsync([Record("never")], null, token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.AppendAsync([Event("never")], 10, null, token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.DeleteAsync(["mem-1"], Hard(), token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.ListAsync(new(), new(), token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.GetAsync(["mem-1"], token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.ListEventsAsync(new(), new(), token));

        Assert.Empty(await AllAsync(new()));
        Assert.Empty(await AllEventsAsync(new()));
    }

    [Fact]
    public virtual async Task Writes_cancelled_in_the_middle_are_whole_or_absent()
    {
        List<Task> writes = [];
        using var cancel = new CancellationTokenSource();
        for (var i = 0; i < 50; i++)
        {
            MemoryRecord[] pair = [Record($"left {i}", id: $"mem-left-{i}"), Record($"right {i}", id: $"mem-right-{i}")];
            writes.Add(Task.Run(() => Engine.UpsertAsync(pair, null, cancel.Token), Cancellation));
        }

        await writes[0];
        await cancel.CancelAsync();
        foreach (var write in writes)
        {
            try
            {
                await write;
            }
            catch (OperationCanceledException)
            {
            }
        }

        var ids = (await AllAsync(new())).Select(r => r.Id).ToHashSet();
        Assert.Contains("mem-left-0", ids);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(ids.Contains($"mem-left-{i}"), ids.Contains($"mem-right-{i}")));
        Assert.All(writes.Index(), w => Assert.True(!w.Item.IsCompletedSuccessfully || ids.Contains($"mem-left-{w.Index}")));
    }

    protected MemoryRecord Record(
        string content, string @namespace = "code/notes", string? key = null, string? actor = null, string? id = null, float[]? embedding = null) => new()
        {
            Id = id ?? $"mem-{++_written:D8}",
            Namespace = MemoryNamespace.Parse(@namespace),
            Key = key,
            ActorId = actor,
            Content = content,
            OccurredAt = Time.Now,
            CreatedAt = Time.Now,
            UpdatedAt = Time.Now,
            Embedding = embedding,
            EmbeddingModel = embedding is null ? null : "test-model",
        };

    protected MemoryEvent Event(
        string content, string actor = "alice", string session = "s1", string? id = null, string branch = MemoryEvent.MainBranch, string? @namespace = null) => new()
        {
            Id = id ?? $"{Time.Now.ToUnixTimeMilliseconds():D19}#{++_written:x8}",
            ActorId = actor,
            SessionId = session,
            Branch = branch,
            Namespace = @namespace is null ? null : MemoryNamespace.Parse(@namespace),
            Content = content,
            OccurredAt = Time.Now,
            CreatedAt = Time.Now,
        };

    protected Deletion Soft(string? reason = null) => new(Hard: false, Time.Now, reason);

    protected Deletion Hard() => new(Hard: true, Time.Now);

    protected async Task<MemoryRecord> WriteAsync(MemoryRecord record)
    {
        var outcome = Assert.Single(await Engine.UpsertAsync([record], null, Cancellation));
        return (await GetAsync(outcome.Id!))!;
    }

    protected async Task<WriteOutcome> OutcomeAsync(MemoryRecord record) => Assert.Single(await Engine.UpsertAsync([record], null, Cancellation));

    protected async Task<WriteOutcome> AppendAsync(MemoryEvent item, int keep = 1_000) =>
        Assert.Single(await Engine.AppendAsync([item], keep, null, Cancellation));

    protected async Task<MemoryRecord?> GetAsync(string id) => Assert.Single(await Engine.GetAsync([id], Cancellation));

    protected async Task<MemoryEvent?> GetEventAsync(string id) => Assert.Single(await Engine.GetEventsAsync([id], Cancellation));

    /// <summary>Follows the cursors to the end. Bounded, so that a cursor that stands still fails rather than hangs.</summary>
    protected static async Task<List<T>> FollowAsync<T>(Func<PageRequest, Task<Page<T>>> list, int limit)
    {
        const int MaxPages = 5_000;
        List<T> all = [];
        string? cursor = null;
        for (var i = 0; i < MaxPages; i++)
        {
            var page = await list(new(limit, cursor));
            Assert.True(page.Items.Count <= limit, $"A page of {limit} has {page.Items.Count} items.");
            all.AddRange(page.Items);
            cursor = page.NextCursor;
            if (cursor is null)
            {
                return all;
            }
        }

        throw new InvalidOperationException($"The list did not end within {MaxPages} pages.");
    }

    protected Task<List<MemoryRecord>> AllAsync(RecordFilter filter, int limit = PageRequest.MaxLimit) =>
        FollowAsync(page => Engine.ListAsync(filter, page, Cancellation), limit);

    protected Task<List<MemoryEvent>> AllEventsAsync(EventFilter filter, int limit = PageRequest.MaxLimit) =>
        FollowAsync(page => Engine.ListEventsAsync(filter, page, Cancellation), limit);
}
