using Keepsake.Engines;

namespace Keepsake.Tests.Conformance;

/// <content>Changes and deletions with a token, and deletions of a version.</content>
public abstract partial class EngineConformance
{
    [Fact]
    public virtual async Task A_replacement_with_a_token_seen_again_changes_nothing_and_gives_the_record_as_it_is_now()
    {
        await Engine.UpsertAsync([Record("old", id: "mem-1")], null, Cancellation);
        var record = (await Engine.GetAsync(["mem-1"], Cancellation))[0]!;
        var token = new WriteToken("change 1", "hash");
        Assert.Null(await Engine.ReplyAsync(token, Cancellation));

        Assert.Equal(2, (await Engine.ReplaceAsync(record with { Content = "new" }, 1, token, Cancellation))!.Version);
        await Engine.ReplaceAsync(record with { Content = "newer" }, 2, null, Cancellation);
        await RestartAsync();

        Assert.Equal(new(1, null), await Engine.ReplyAsync(token, Cancellation));
        Assert.Equal("newer", (await Engine.ReplaceAsync(record with { Content = "new" }, 1, token, Cancellation))!.Content);
        Assert.Equal(3, (await Engine.GetAsync(["mem-1"], Cancellation))[0]!.Version);

        await Engine.DeleteAsync(["mem-1"], Soft(), Cancellation);
        Assert.Null(await Engine.ReplaceAsync(record with { Content = "new" }, 4, token, Cancellation));
    }

    [Fact]
    public virtual async Task A_replacement_that_does_not_take_place_leaves_its_token_free()
    {
        await Engine.UpsertAsync([Record("old", id: "mem-1")], null, Cancellation);
        var record = (await Engine.GetAsync(["mem-1"], Cancellation))[0]!;
        var token = new WriteToken("change 1", "hash");

        Assert.Null(await Engine.ReplaceAsync(record with { Content = "new" }, 7, token, Cancellation));

        Assert.Null(await Engine.ReplyAsync(token, Cancellation));
        Assert.NotNull(await Engine.ReplaceAsync(record with { Content = "new" }, 1, token, Cancellation));
    }

    [Fact]
    public virtual async Task A_deletion_with_a_token_seen_again_deletes_nothing_and_counts_what_it_deleted()
    {
        await Engine.UpsertAsync([Record("a", id: "mem-1"), Record("b", id: "mem-2")], null, Cancellation);
        var how = Soft() with { Token = new("deletion 1", "hash") };

        Assert.Equal(2, await Engine.DeleteAsync(["mem-1", "mem-2", "mem-3"], how, Cancellation));
        await Engine.UpsertAsync([Record("c", id: "mem-3")], null, Cancellation);
        await RestartAsync();

        Assert.Equal(2, await Engine.DeleteAsync(["mem-1", "mem-2", "mem-3"], how, Cancellation));
        Assert.Equal(["c"], (await AllAsync(new())).Select(r => r.Content));
    }

    [Fact]
    public virtual async Task A_session_deleted_with_a_token_seen_again_keeps_what_was_said_since()
    {
        await Engine.AppendAsync([Event("before", id: "1#a")], 10, null, Cancellation);
        var (how, first) = (Hard() with { Token = new("deletion 1", "hash") }, (await AllEventsAsync(new()))[0]);

        Assert.Equal(1, await Engine.DeleteSessionAsync(first.ActorId, first.SessionId, how, Cancellation));
        await Engine.AppendAsync([Event("since", id: "1#b")], 10, null, Cancellation);
        await RestartAsync();

        Assert.Equal(1, await Engine.DeleteSessionAsync(first.ActorId, first.SessionId, how, Cancellation));
        Assert.Equal(["since"], (await AllEventsAsync(new())).Select(e => e.Content));
    }

    [Fact]
    public virtual async Task A_token_keeps_what_its_whole_call_answers()
    {
        var token = new WriteToken("part 2 of 2", "hash") { Answer = "17 of them" };
        Assert.Equal(0, await Engine.DeleteAsync([], Soft() with { Token = token }, Cancellation));
        await RestartAsync();

        Assert.Equal(new(0, "17 of them"), await Engine.ReplyAsync(token with { Answer = null }, Cancellation));
    }

    [Fact]
    public virtual async Task A_token_of_another_change_or_deletion_is_a_conflict_and_changes_nothing()
    {
        await Engine.UpsertAsync([Record("a", id: "mem-1")], new("call 1", "hash"), Cancellation);
        var record = (await Engine.GetAsync(["mem-1"], Cancellation))[0]!;
        var token = new WriteToken("call 1", "another");
        Func<Task>[] writes =
        [
            () => Engine.ReplaceAsync(record with { Content = "b" }, 1, token, Cancellation),
            () => Engine.DeleteAsync(["mem-1"], Hard() with { Token = token }, Cancellation),
            () => Engine.DeleteSessionAsync("alice", "monday", Hard() with { Token = token }, Cancellation),
            () => Engine.ReplyAsync(token, Cancellation),
        ];

        foreach (var write in writes)
        {
            Assert.Equal(MemoryErrorCode.Conflict, (await Assert.ThrowsAsync<MemoryException>(write)).Code);
        }

        Assert.Equal(["a"], (await AllAsync(new())).Select(r => r.Content));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public virtual async Task A_deletion_of_another_version_deletes_nothing(bool hard)
    {
        await Engine.UpsertAsync([Record("a", id: "mem-1"), Record("b", id: "mem-2")], null, Cancellation);
        var record = (await Engine.GetAsync(["mem-2"], Cancellation))[0]!;
        await Engine.ReplaceAsync(record with { Content = "c" }, 1, null, Cancellation);
        var how = (hard ? Hard() : Soft()) with { Version = 1, Token = new("deletion", "hash") };

        var failure = await Assert.ThrowsAsync<MemoryException>(() => Engine.DeleteAsync(["mem-1", "mem-2"], how, Cancellation));

        Assert.Equal(MemoryErrorCode.PreconditionFailed, failure.Code);
        Assert.Equal(["a", "c"], (await AllAsync(new())).Select(r => r.Content));
        Assert.Null(await Engine.ReplyAsync(how.Token, Cancellation));
        Assert.Equal(1, await Engine.DeleteAsync(["mem-1"], how, Cancellation));
    }

    [Fact]
    public virtual async Task Events_and_what_is_gone_have_no_version_to_be_deleted_at()
    {
        await Engine.AppendAsync([Event("said", id: "1#a")], 10, null, Cancellation);
        await Engine.UpsertAsync([Record("a", id: "mem-1")], null, Cancellation);
        await Engine.DeleteAsync(["mem-1"], Soft(), Cancellation);

        Assert.Equal(0, await Engine.DeleteAsync(["1#a", "mem-1", "mem-9"], Hard() with { Version = 1 }, Cancellation));
        Assert.Single(await AllEventsAsync(new()));
        Assert.NotNull(await Engine.GetDeletedAsync("mem-1", Cancellation));
    }
}
