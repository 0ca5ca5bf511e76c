namespace Keepsake.Tests.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public virtual async Task What_came_from_a_source_is_found_with_what_was_derived_from_it()
    {
        var named = await WriteAsync(Record("named", id: "mem-named") with { Provenance = new() { Source = "s" } });
        await AppendAsync(Event("heard", id: "1#1") with { Provenance = new() { Source = "s" } });
        await WriteAsync(Record("child", id: "mem-child") with { Provenance = new() { Events = ["1#1"], Records = [named.Id] } });
        await WriteAsync(Record("grandchild", id: "mem-grandchild") with { Provenance = new() { Source = "other", Records = ["mem-child"] } });
        await WriteAsync(Record("inherits", id: "mem-inherits") with { Provenance = new() { Records = ["mem-gone"], Sources = ["t", "s"] } });
        await WriteAsync(Record("capital", id: "mem-capital") with { Provenance = new() { Source = "S" } });
        await WriteAsync(Record("orphan", id: "mem-orphan") with { Provenance = new() { Records = ["mem-capital"] } });

        var found = await Engine.FromSourceAsync("s", Cancellation);

        Assert.Equal(
            [
                new("1#1", true, false, false, null), new("mem-child", false, true, false, named.Namespace), new("mem-grandchild", false, true, false, named.Namespace),
                new("mem-inherits", false, true, false, named.Namespace), new("mem-named", false, false, false, named.Namespace),
            ],
            found.OrderBy(item => item.Id, StringComparer.Ordinal));
        Assert.True(IndexOf("mem-child") > Math.Min(IndexOf("1#1"), IndexOf("mem-named")));
        Assert.True(IndexOf("mem-grandchild") > IndexOf("mem-child"));
        Assert.Empty(await Engine.FromSourceAsync("nobody", Cancellation));

        int IndexOf(string id) => found.Index().First(item => item.Item.Id == id).Index;
    }

    [Fact]
    public virtual async Task What_is_deleted_is_still_found_by_its_source_until_it_is_erased()
    {
        var one = await WriteAsync(Record("one", id: "mem-one") with { Provenance = new() { Source = "s" } });
        await WriteAsync(Record("two", id: "mem-two") with { Provenance = new() { Source = "s" } });
        await Engine.DeleteAsync(["mem-one"], Soft(), Cancellation);
        await Engine.DeleteAsync(["mem-two"], Hard(), Cancellation);

        Assert.Equal([new("mem-one", false, false, IsDeleted: true, one.Namespace)], await Engine.FromSourceAsync("s", Cancellation));
    }

    [Fact]
    public virtual async Task A_circle_of_sources_ends()
    {
        await WriteAsync(Record("one", id: "mem-one") with { Provenance = new() { Source = "s", Records = ["mem-two"] } });
        await WriteAsync(Record("two", id: "mem-two") with { Provenance = new() { Records = ["mem-one"] } });

        Assert.Equal(2, (await Engine.FromSourceAsync("s", Cancellation)).Count);
    }

    [Fact]
    public virtual async Task What_is_suspicious_is_counted_as_long_as_it_is_there_and_suspicious()
    {
        var record = await WriteAsync(Record("poison", id: "mem-poison") with { Suspicions = ["secrecy"] });
        await AppendAsync(Event("poison", id: "1#1") with { Suspicions = ["secrecy"] });
        Assert.Equal(2, await SuspiciousAsync());

        await Engine.ReplaceAsync(record with { Content = "mended", Suspicions = null }, record.Version, null, Cancellation);
        Assert.Equal(1, await SuspiciousAsync());
        await Engine.DeleteAsync(["1#1"], Soft(), Cancellation);
        Assert.Equal(0, await SuspiciousAsync());

        async Task<long> SuspiciousAsync() => (await Engine.StatisticsAsync(Time.Now, Cancellation)).Counts.Suspicious;
    }
}
