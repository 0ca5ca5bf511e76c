using Keepsake.Engines;

namespace Keepsake.Tests.Conformance;

public abstract partial class EngineConformance
{
    [Theory]
    [InlineData("", "a,a-b,a/b,a/b-c,a/b/c,a/bc,ab,b")]
    [InlineData("a", "a,a/b,a/b-c,a/b/c,a/bc")]
    [InlineData("a/b", "a/b,a/b/c")]
    [InlineData("/a/b/", "a/b,a/b/c")]
    [InlineData("a/b/c", "a/b/c")]
    [InlineData("a/b/c/d", "")]
    [InlineData("A", "")]
    [InlineData("a-b", "a-b")]
    public virtual async Task A_scope_holds_a_namespace_and_what_lies_under_it(string scope, string expected)
    {
        foreach (var @namespace in (string[])["a/bc", "b", "a", "a/b/c", "ab", "/a/b/", "a-b", "a/b-c"])
        {
            await WriteAsync(Record("content", @namespace));
        }

        var found = await AllAsync(new() { Scope = MemoryNamespace.ParseScope(scope) });

        Assert.Equal(expected, string.Join(',', found.Select(r => r.Namespace.Path)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public virtual async Task A_list_in_pages_is_the_list_by_namespace_and_then_by_writing(int limit)
    {
        foreach (var (i, @namespace) in "b a/b a a/b b a a-b a/bc a/b Z".Split(' ').Index())
        {
            await WriteAsync(Record($"{i}", @namespace));
        }

        await WriteAsync(Record("changed, not moved", "a/b", id: (await AllAsync(new() { Scope = MemoryNamespace.Parse("a/b") }))[0].Id));
        await RestartAsync();

        Assert.Equal(
            ["9", "2", "5", "6", "changed, not moved", "3", "8", "7", "0", "4"],
            (await AllAsync(new(), limit)).Select(r => r.Content));
        Assert.Equal(
            ["changed, not moved", "3", "8"],
            (await AllAsync(new() { Scope = MemoryNamespace.Parse("a/b") }, limit)).Select(r => r.Content));
    }

    [Fact]
    public virtual async Task A_page_that_ends_with_the_list_has_no_next()
    {
        await WriteAsync(Record("1"));
        await WriteAsync(Record("2"));

        Assert.Null((await Engine.ListAsync(new(), new(2), Cancellation)).NextCursor);
        Assert.NotNull((await Engine.ListAsync(new(), new(1), Cancellation)).NextCursor);
        Assert.Null((await Engine.ListAsync(new() { Key = "none" }, new(1), Cancellation)).NextCursor);
    }

    [Fact]
    public virtual async Task Filters_narrow_a_list_together()
    {
        await WriteAsync(Record("plain", "a"));
        await WriteAsync(Record("keyed", "a", key: "k", actor: "x"));
        await WriteAsync(Record("other key", "a", key: "K", actor: "x"));
        await WriteAsync(Record("preference", "a", key: "k") with { Kind = MemoryKind.Preference });
        await WriteAsync(Record("elsewhere", "b", key: "k", actor: "x"));
        await WriteAsync(Record("expired", "a", actor: "x") with { ExpiresAt = Time.Now });
        await WriteAsync(Record("expiring", "a", actor: "x") with { ExpiresAt = Time.Now.AddTicks(1) });

        Assert.Equal(["keyed", "other key", "expiring", "elsewhere"], await FoundAsync(new() { ActorId = "x", Now = Time.Now }));
        Assert.Equal(["keyed", "other key", "expired", "expiring", "elsewhere"], await FoundAsync(new() { ActorId = "x" }));
        Assert.Equal(["plain", "preference"], await FoundAsync(new() { ActorId = "" }));
        Assert.Equal(["keyed", "preference", "elsewhere"], await FoundAsync(new() { Key = "k" }));
        Assert.Equal(["keyed", "other key", "preference", "elsewhere"], await FoundAsync(new() { KeyedOnly = true }));
        Assert.Equal(["preference"], await FoundAsync(new() { Kind = MemoryKind.Preference }));
        Assert.Equal(["keyed"], await FoundAsync(new() { Key = "k", ActorId = "x", Scope = MemoryNamespace.Parse("a"), KeyedOnly = true, Now = Time.Now }));

        async Task<IEnumerable<string>> FoundAsync(RecordFilter filter) => (await AllAsync(filter, limit: 2)).Select(r => r.Content);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1:a")]
    [InlineData(":")]
    [InlineData("1")]
    [InlineData("99999999999999999999:a")]
    public virtual async Task A_cursor_that_no_list_gave_is_refused(string cursor)
    {
        var error = await Assert.ThrowsAsync<MemoryException>(() => Engine.ListAsync(new(), new(10, cursor), Cancellation));

        Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public virtual async Task A_cursor_that_no_list_of_events_gave_is_refused(string cursor)
    {
        var error = await Assert.ThrowsAsync<MemoryException>(() => Engine.ListEventsAsync(new(), new(10, cursor), Cancellation));

        Assert.Equal(MemoryErrorCode.InvalidRequest, error.Code);
    }

    [Fact]
    public virtual async Task Nothing_appears_twice_in_a_list_that_is_written_to_meanwhile()
    {
        for (var i = 0; i < 20; i++)
        {
            await WriteAsync(Record($"{i}", i % 2 == 0 ? "a" : "b"));
        }

        var writes = 0;
        var seen = await FollowAsync(
            async page =>
            {
                await WriteAsync(Record($"meanwhile {writes++}", "a"));
                await Engine.DeleteAsync([$"mem-{writes + 5:D8}"], Soft(), Cancellation);
                return await Engine.ListAsync(new(), page, Cancellation);
            },
            limit: 3);

        Assert.Distinct(seen.Select(r => r.Id));
        Assert.Contains("19", seen.Select(r => r.Content));
    }
}
