using Keepsake.Engines;

namespace Keepsake.Tests.Conformance;

/// <content>Reading what is kept and putting it right in place, by the engines that can.</content>
public abstract partial class EngineConformance
{
    [Fact]
    public virtual async Task All_that_is_kept_is_read_once_page_by_page_deleted_and_expired_too()
    {
        if (Engine is not IRewritableEngine kept)
        {
            return;
        }

        await WriteAsync(Record("here"));
        var gone = await WriteAsync(Record("deleted"));
        await Engine.DeleteAsync([gone.Id], Soft(), Cancellation);
        await WriteAsync(Record("expired") with { ExpiresAt = Time.Now.AddDays(-1) });
        await AppendAsync(Event("happened", id: "1#1"));
        await AppendAsync(Event("undone", id: "1#2"));
        await Engine.DeleteAsync(["1#2"], Soft(), Cancellation);

        List<string> contents = [];
        string? cursor = null;
        do
        {
            var page = await kept.KeptAsync(new(2, cursor), Cancellation);
            Assert.InRange(page.Items.Count, 0, 2);
            contents.AddRange(page.Items.Select(item => item is MemoryRecord r ? r.Content : ((MemoryEvent)item).Content));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(["here", "deleted", "expired", "happened", "undone"], contents);
    }

    [Fact]
    public virtual async Task A_rewrite_puts_a_record_of_its_version_right_and_leaves_another()
    {
        if (Engine is not IRewritableEngine kept)
        {
            return;
        }

        var record = await WriteAsync(Record("before"));
        var gone = await WriteAsync(Record("deleted before"));
        await Engine.DeleteAsync([gone.Id], Soft(), Cancellation);
        var deleted = (await Engine.GetDeletedAsync(gone.Id, Cancellation))!;
        await AppendAsync(Event("said before", id: "1#1"));
        var said = (await Engine.GetEventsAsync(["1#1"], Cancellation))[0]!;

        var put = await kept.RewriteAsync(
            [
                record with { Content = "after" }, deleted with { Content = "deleted after" }, said with { Content = "said after" },
                record with { Id = "mem-nobody" },
            ],
            Cancellation);
        var again = await kept.RewriteAsync([record with { Content = "too late" }], Cancellation);

        Assert.Equal((3, 0), (put, again));
        var now = (await Engine.GetAsync([record.Id], Cancellation))[0]!;
        Assert.Equal(("after", record.Version + 1), (now.Content, now.Version));
        Assert.Equal("deleted after", (await Engine.GetDeletedAsync(gone.Id, Cancellation))!.Content);
        Assert.Equal("said after", (await Engine.GetEventsAsync(["1#1"], Cancellation))[0]!.Content);
    }

    [Fact]
    public virtual async Task A_rewrite_that_makes_two_records_say_the_same_makes_them_one()
    {
        if (Engine is not IRewritableEngine kept)
        {
            return;
        }

        var one = await WriteAsync(Record("one") with { Importance = 0.2 });
        var two = await WriteAsync(Record("two") with { Importance = 0.9 });

        Assert.Equal(2, await kept.RewriteAsync([one with { Content = "same" }, two with { Content = "same" }], Cancellation));

        var left = Assert.Single(await AllAsync(new()));
        Assert.Equal((one.Id, "same", 0.9), (left.Id, left.Content, left.Importance));
        Assert.Null(await Engine.GetDeletedAsync(two.Id, Cancellation));
    }

    [Fact]
    public virtual async Task A_rewrite_that_makes_keys_the_same_keeps_both_records()
    {
        if (Engine is not IRewritableEngine kept)
        {
            return;
        }

        var one = await WriteAsync(Record("one", key: "k1"));
        var two = await WriteAsync(Record("two", key: "k2"));
        var three = await WriteAsync(Record("three", key: "k3"));

        await kept.RewriteAsync([one with { Key = "k" }, two with { Key = "k" }, three with { Key = "k" }], Cancellation);

        Assert.Equal(["k", "k 2", "k 3"], (await AllAsync(new())).Select(r => r.Key).Order(StringComparer.Ordinal));
    }
}
