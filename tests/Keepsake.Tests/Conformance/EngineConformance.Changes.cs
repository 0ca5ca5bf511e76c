using Keepsake.Engines;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Conformance;

public abstract partial class EngineConformance
{
    [Fact]
    public virtual async Task What_changed_since_a_position_is_everything_that_is_different_now()
    {
        var replaced = await WriteAsync(Record("before", key: "k"));
        var kept = await WriteAsync(Record("kept"));
        var deleted = await WriteAsync(Record("deleted later"));
        var position = (await ChangesAsync(0, 100)).Position;

        await WriteAsync(Record("after", key: "k"));
        var added = await WriteAsync(Record("added"));
        await Engine.DeleteAsync([deleted.Id], Hard(), Cancellation);
        await AppendAsync(Event("an event", id: "1#1"));

        var (changes, _) = await ChangesAsync(position, 2);
        Assert.DoesNotContain(kept.Id, changes.Keys);
        Assert.Equal("after", ((MemoryRecord)changes[replaced.Id]!).Content);
        Assert.Equal("added", ((MemoryRecord)changes[added.Id]!).Content);
        Assert.Null(changes[deleted.Id]);
        Assert.Equal("an event", ((MemoryEvent)changes["1#1"]!).Content);
    }

    [Fact]
    public virtual async Task Positions_rise_with_commits_and_are_told_with_the_changes()
    {
        List<MemoryChange> told = [];
        Engine.Observe(told.Follow);

        var record = await WriteAsync(Record("one"));
        await Engine.DeleteAsync([record.Id], Soft(), Cancellation);
        await WriteAsync(Record("two"));

        Assert.Equal(told.Select(change => change.Position).Order(), told.Select(change => change.Position));
        Assert.All(told, change => Assert.True(change.Position > 0));
        Assert.Equal(told[^1].Position, (await ChangesAsync(0, 100)).Position);
        Assert.Empty((await ChangesAsync(told[^1].Position, 100)).Changes);
    }

    [Fact]
    public virtual async Task An_observer_that_takes_its_time_delays_the_answer_and_not_the_next_write()
    {
        var indexed = new TaskCompletionSource();
        Engine.Observe(changes => changes.Any(change => ((MemoryRecord)change.Item!).Content == "slow") ? indexed.Task : Task.CompletedTask);

        var slow = WriteAsync(Record("slow"));
        await WriteAsync(Record("quick"));

        Assert.False(slow.IsCompleted);
        indexed.SetResult();
        await slow;
    }

    private async Task CompareChangesAsync(ReferenceEngine reference, int limit)
    {
        // Read from the start, both must give what is there; ids of what is gone may come or not.
        var expected = await AllAsync(reference);
        Assert.Equal(expected, await AllAsync(Engine));

        async Task<List<string>> AllAsync(IMemoryEngine engine)
        {
            var (changes, _) = await ChangesAsync(0, limit, engine);
            return [.. ItemText.Of([.. changes.Where(change => change.Value is not null).Select(change => new MemoryChange(change.Key, change.Value))]).Order(StringComparer.Ordinal)];
        }
    }

    private async Task<(Dictionary<string, MemoryItem?> Changes, long Position)> ChangesAsync(long after, int limit, IMemoryEngine? engine = null)
    {
        Dictionary<string, MemoryItem?> changes = new(StringComparer.Ordinal);
        while (true)
        {
            var page = await (engine ?? Engine).ChangesAsync(after, limit, Cancellation);
            Assert.NotNull(page);
            foreach (var change in page.Changes)
            {
                Assert.True(change.Position > after);
                changes[change.Id] = change.Item;
            }

            after = page.Position;
            if (page.IsLast)
            {
                return (changes, after);
            }
        }
    }
}
