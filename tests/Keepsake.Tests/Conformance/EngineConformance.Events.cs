using Keepsake.Engines;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public virtual async Task An_event_is_read_back_as_it_was_written_in_every_member()
    {
        var item = Event("{\"json\": true}\u0000 🦊", "a.b@c+d/e", "s.1@x", branch: "a fork", @namespace: "/sessions/") with
        {
            Role = "tool",
            EventType = "call",
            Metadata = new Dictionary<string, MetadataValue> { ["list"] = MetadataValue.Of(["x"]), ["number"] = MetadataValue.Of(0.1) },
            OccurredAt = new(1999, 12, 31, 0, 0, 0, TimeSpan.Zero),
            ExpiresAt = Time.Now.AddDays(7),
            Embedding = new[] { -0f, 1e-40f },
            EmbeddingModel = "test-model",
        };

        Assert.Equal(new() { Id = item.Id, Outcome = WriteResult.Created }, await AppendAsync(item));
        await RestartAsync();

        Assert.Equal(ItemText.Of(item), ItemText.Of(await GetEventAsync(item.Id)));
        Assert.Equal(ItemText.Of(item), ItemText.Of(Assert.Single(await AllEventsAsync(new()))));
    }

    [Fact]
    public virtual async Task Equal_events_are_two_and_one_id_is_one()
    {
        var first = Event("said twice");

        Assert.Equal(WriteResult.Created, (await AppendAsync(first)).Outcome);
        Assert.Equal(WriteResult.Created, (await AppendAsync(Event("said twice"))).Outcome);
        Assert.Equal(new() { Id = first.Id, Outcome = WriteResult.Unchanged }, await AppendAsync(first with { Content = "not looked at" }));

        Assert.Equal(["said twice", "said twice"], (await AllEventsAsync(new())).Select(e => e.Content));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1000)]
    public virtual async Task Events_are_listed_in_the_order_of_appending_from_either_end(int limit)
    {
        for (var i = 0; i < 5; i++)
        {
            await AppendAsync(Event($"{i}") with { OccurredAt = Time.Now.AddDays(-i) });
            await AppendAsync(Event("elsewhere", session: "s2"));
        }

        await RestartAsync();

        Assert.Equal(["4", "3", "2", "1", "0"], await FoundAsync(new() { ActorId = "alice", SessionId = "s1" }));
        Assert.Equal(["0", "1", "2", "3", "4"], await FoundAsync(new() { ActorId = "alice", SessionId = "s1", OldestFirst = true }));
        Assert.Equal(10, (await AllEventsAsync(new() { OldestFirst = true }, limit)).Count);

        async Task<IEnumerable<string>> FoundAsync(EventFilter filter) => (await AllEventsAsync(filter, limit)).Select(e => e.Content);
    }

    [Fact]
    public virtual async Task Filters_narrow_a_list_of_events_together()
    {
        await AppendAsync(Event("main"));
        await AppendAsync(Event("fork", branch: "fork"));
        await AppendAsync(Event("other session", session: "s2"));
        await AppendAsync(Event("other actor", actor: "bob"));
        await AppendAsync(Event("searchable", @namespace: "a/b"));
        await AppendAsync(Event("beside", @namespace: "a/bc"));
        await AppendAsync(Event("expired") with { ExpiresAt = Time.Now });
        await AppendAsync(Event("expiring") with { ExpiresAt = Time.Now.AddTicks(1) });

        Assert.Equal(["fork"], await FoundAsync(new() { Branch = "fork" }));
        Assert.Equal(["main", "fork", "searchable", "beside", "expiring"], await FoundAsync(new() { ActorId = "alice", SessionId = "s1", Now = Time.Now }));
        Assert.Equal(["main", "fork", "other session", "searchable", "beside", "expired", "expiring"], await FoundAsync(new() { ActorId = "alice" }));
        Assert.Equal(["other session"], await FoundAsync(new() { SessionId = "s2" }));
        Assert.Equal(["searchable"], await FoundAsync(new() { Scope = MemoryNamespace.Parse("a/b") }));
        Assert.Equal(["searchable", "beside"], await FoundAsync(new() { Scope = MemoryNamespace.Parse("a") }));
        Assert.Equal(["searchable", "beside"], await FoundAsync(new() { Scope = MemoryNamespace.Everything }));
        Assert.Empty(await FoundAsync(new() { ActorId = "bob", SessionId = "s2" }));

        async Task<IEnumerable<string>> FoundAsync(EventFilter filter) =>
            (await AllEventsAsync(filter with { OldestFirst = true }, limit: 2)).Select(e => e.Content);
    }

    [Fact]
    public virtual async Task Beyond_what_a_session_keeps_its_oldest_events_are_erased_and_counted()
    {
        Assert.Null((await AppendAsync(Event("0", id: "1#0"), keep: 3)).Trimmed);
        await AppendAsync(Event("1"), keep: 3);
        await AppendAsync(Event("kept elsewhere", session: "s2"), keep: 3);
        await AppendAsync(Event("2"), keep: 3);
        List<MemoryChange> told = [];
        Engine.Observe(told.Follow);

        Assert.Equal(1, (await AppendAsync(Event("3"), keep: 3)).Trimmed);
        Assert.Equal(3, (await AppendAsync(Event("4"), keep: 1)).Trimmed);

        Assert.Equal(["4"], (await AllEventsAsync(new() { SessionId = "s1" })).Select(e => e.Content));
        Assert.Equal(["kept elsewhere"], (await AllEventsAsync(new() { SessionId = "s2" })).Select(e => e.Content));
        Assert.Null(await GetEventAsync("1#0"));
        Assert.Contains(told, c => c is { Id: "1#0", Item: null });
        Assert.Equal(4, told.Count(c => c.Item is null));
    }

    [Fact]
    public virtual async Task A_batch_larger_than_a_session_keeps_leaves_its_newest()
    {
        var outcomes = await Engine.AppendAsync([.. Enumerable.Range(0, 5).Select(i => Event($"{i}"))], 2, null, Cancellation);

        Assert.Equal([null, null, 1, 1, 1], outcomes.Select(o => o.Trimmed));
        Assert.Equal(["3", "4"], (await AllEventsAsync(new() { OldestFirst = true })).Select(e => e.Content));
    }

    [Fact]
    public virtual async Task An_event_written_again_makes_no_room()
    {
        var first = Event("first");
        await AppendAsync(first, keep: 1);

        Assert.Null((await AppendAsync(first, keep: 1)).Trimmed);
        Assert.Single(await AllEventsAsync(new()));
    }

    [Fact]
    public virtual async Task A_token_of_an_append_seen_again_gives_the_first_answer()
    {
        var token = new WriteToken("event call", "hash");
        var first = await Engine.AppendAsync([Event("once")], 1, token, Cancellation);
        await AppendAsync(Event("newer"), keep: 1);
        await RestartAsync();

        Assert.Equal(ItemText.Of(first), ItemText.Of(await Engine.AppendAsync([Event("once")], 1, token, Cancellation)));
        Assert.Equal(["newer"], (await AllEventsAsync(new())).Select(e => e.Content));
        var conflict = await Assert.ThrowsAsync<MemoryException>(() => Engine.AppendAsync([Event("x")], 1, token with { Fingerprint = "other" }, Cancellation));
        Assert.Equal(MemoryErrorCode.Conflict, conflict.Code);
    }

    [Fact]
    public virtual async Task Actors_and_sessions_are_listed_in_ordinal_order_with_their_counts_and_times()
    {
        foreach (var (actor, session) in ((string, string)[])[("b", "1"), ("a", "2"), ("a", "10"), ("a-b", "1"), ("B", "1"), ("a", "2")])
        {
            await AppendAsync(Event("x", actor, session));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        await AppendAsync(Event("x", "z-expired") with { ExpiresAt = Time.Now });
        await AppendAsync(Event("x", "z-deleted", id: "1#1"));
        await Engine.DeleteAsync(["1#1"], Soft(), Cancellation);

        foreach (var limit in (int[])[1, 2, 100])
        {
            Assert.Equal(["B", "a", "a-b", "b"], (await FollowAsync(p => Engine.ListActorsAsync(Time.Now, p, Cancellation), limit)).Select(a => a.ActorId));
            var sessions = await FollowAsync(p => Engine.ListSessionsAsync("a", Time.Now, p, Cancellation), limit);
            Assert.Equal([("10", 1), ("2", 2)], sessions.Select(s => (s.SessionId, s.Count)));
            Assert.Equal((Time.Now.AddMinutes(-5), Time.Now.AddMinutes(-1)), (sessions[1].CreatedAt, sessions[1].LastEventAt));
            Assert.Equal("a", sessions[1].ActorId);
        }

        Assert.Empty((await Engine.ListSessionsAsync("nobody", Time.Now, new(), Cancellation)).Items);
    }

    [Fact]
    public virtual async Task Deleting_a_session_takes_its_events_and_no_others()
    {
        await AppendAsync(Event("1", id: "1#1"));
        await AppendAsync(Event("2", id: "1#2", branch: "fork"));
        await AppendAsync(Event("kept", session: "s2"));
        await AppendAsync(Event("kept", actor: "bob"));

        Assert.Equal(2, await Engine.DeleteSessionAsync("alice", "s1", Soft(), Cancellation));
        Assert.Equal(0, await Engine.DeleteSessionAsync("alice", "s1", Soft(), Cancellation));
        Assert.Equal(1, await Engine.DeleteSessionAsync("bob", "s1", Hard(), Cancellation));
        Assert.Equal(0, await Engine.DeleteSessionAsync("nobody", "s1", Hard(), Cancellation));
        await RestartAsync();

        Assert.Equal(["kept"], (await AllEventsAsync(new())).Select(e => e.Content));
        Assert.Equal([null, null], await Engine.GetEventsAsync(["1#1", "1#2"], Cancellation));
    }

    [Fact]
    public virtual async Task A_purge_erases_what_is_due_and_nothing_else()
    {
        var start = Time.Now;
        await WriteAsync(Record("deleted long ago", id: "mem-old"));
        await Engine.DeleteAsync(["mem-old"], Soft(), Cancellation);
        await AppendAsync(Event("expired", id: "1#1") with { ExpiresAt = start.AddDays(1) });
        await WriteAsync(Record("expired", id: "mem-expired") with { ExpiresAt = start.AddDays(1) });
        await Engine.UpsertAsync([Record("by token")], new("old token", "hash"), Cancellation);
        Time.Advance(TimeSpan.FromDays(2));
        await WriteAsync(Record("deleted lately", id: "mem-new"));
        await Engine.DeleteAsync(["mem-new"], Soft(), Cancellation);
        await AppendAsync(Event("expiring", id: "1#2") with { ExpiresAt = Time.Now });
        await Engine.UpsertAsync([Record("by new token")], new("new token", "hash"), Cancellation);

        await PurgeAllAsync(new(DeletedBefore: Time.Now, ExpiredBefore: Time.Now, TokensBefore: Time.Now));

        Assert.Null(await Engine.GetDeletedAsync("mem-old", Cancellation));
        Assert.Null(await GetEventAsync("1#1"));
        Assert.Null(await GetAsync("mem-expired"));
        Assert.NotNull(await Engine.GetDeletedAsync("mem-new", Cancellation));
        Assert.NotNull(await GetEventAsync("1#2"));
        Assert.Equal(WriteResult.Merged, Assert.Single(await Engine.UpsertAsync([Record("by token")], new("old token", "other hash"), Cancellation)).Outcome);
        await Assert.ThrowsAsync<MemoryException>(() => Engine.UpsertAsync([Record("x")], new("new token", "other hash"), Cancellation));
    }

    [Fact]
    public virtual async Task A_purge_goes_on_until_nothing_is_due_however_much_it_is()
    {
        for (var i = 0; i < 1_100; i++)
        {
            await Engine.UpsertAsync([], new($"token {i}", "hash"), Cancellation);
        }

        Time.Advance(TimeSpan.FromDays(1));
        await PurgeAllAsync(new(Time.Now, Time.Now, Time.Now));

        for (var i = 0; i < 1_100; i++)
        {
            await Engine.UpsertAsync([], new($"token {i}", "another hash"), Cancellation);
        }
    }

    [Fact]
    public virtual async Task Statistics_count_what_can_be_read()
    {
        await WriteAsync(Record("1", "a"));
        await WriteAsync(Record("2", "/a/"));
        await WriteAsync(Record("3", "a/b"));
        await WriteAsync(Record("expired", "a") with { ExpiresAt = Time.Now });
        await WriteAsync(Record("deleted", "gone", id: "mem-gone"));
        await Engine.DeleteAsync(["mem-gone"], Soft(), Cancellation);
        await AppendAsync(Event("listed"));
        await AppendAsync(Event("searched", session: "s2", @namespace: "a"));
        await AppendAsync(Event("expired", session: "s3") with { ExpiresAt = Time.Now });

        var statistics = await Engine.StatisticsAsync(Time.Now, Cancellation);

        Assert.Equal((3, 2, 2), (statistics.Counts.Records, statistics.Counts.Events, statistics.Counts.Sessions));
        Assert.Equal(
            [("a", 2, 1), ("a/b", 1, 0)],
            statistics.Counts.Namespaces.OrderBy(n => n.Namespace, StringComparer.Ordinal).Select(n => (n.Namespace, n.Records, n.Events)));
        Assert.Null(statistics.ReadOnly);
    }

    private async Task PurgeAllAsync(PurgeLimits limits)
    {
        const int MaxPurges = 1_000;
        for (var i = 0; await Engine.PurgeAsync(limits, Cancellation) > 0; i++)
        {
            Assert.True(i < MaxPurges, "The purge does not end.");
        }
    }
}
