using Keepsake.Recall;
using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall;

public sealed class RecallIndexWalkTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void An_index_is_what_was_put_in_last_while_entries_come_and_go(int seed)
    {
        var random = new Random(seed);
        using var index = new RecallIndex();
        Dictionary<string, IndexEntry> held = new(StringComparer.Ordinal);
        for (var step = 0; step < 60; step++)
        {
            Change(index, held, step, random);
            var question = WalkEntries.Question(random);
            foreach (var scope in (string[])["", "a", "a/b/c", "none"])
            {
                // Everything in the scope that has any of the words, and nothing else, is found.
                var ids = index.Ids(question with { Scope = scope });
                Assert.Equal(ids.Count, ids.Distinct().Count());
                Assert.All(ids, id => Assert.True(WalkEntries.IsUnder(held[id].Path, scope)));
                var words = question.Text.Split(' ');
                var expected = held.Values.Where(e => WalkEntries.IsUnder(e.Path, scope) && e.Content.Split(' ').Intersect(words).Any()).Select(e => e.Id);
                Assert.Empty(expected.Except(ids));
            }
        }

        Assert.Equal(held.Count, index.Statistics.Entries);
        Assert.All(held, entry => Assert.Equal(entry.Value.Version, index.VersionOf(entry.Key)));
    }

    [Theory]
    [InlineData(5), InlineData(6)]
    public void Merged_segments_answer_like_an_index_built_at_once(int seed)
    {
        var random = new Random(seed);
        using var index = new RecallIndex();
        Dictionary<string, IndexEntry> held = new(StringComparer.Ordinal);
        for (var step = 0; step < 60; step++)
        {
            Change(index, held, step, random);
        }

        index.Compact();
        using var fresh = new RecallIndex();
        fresh.Apply([.. held.Values.Select(AnalyzedEntry.Of)], []);
        for (var i = 0; i < 20; i++)
        {
            var question = WalkEntries.Question(random);
            Assert.Equal(WalkEntries.Answer(fresh, question), WalkEntries.Answer(index, question));
        }
    }

    [Fact]
    public async Task What_is_removed_while_segments_are_merged_stays_removed()
    {
        using var index = new RecallIndex();
        for (var batch = 0; batch < 12; batch++)
        {
            index.Apply([.. Enumerable.Range(batch * 2_000, 2_000).Select(i => AnalyzedEntry.Of(Entries.Entry($"{i}", $"word{i}x")))], []);

            // Merges of so many run beside the writer.
            index.Apply([], [.. Enumerable.Range(batch * 1_000, 500).Select(i => $"{i}")]);
        }

        await index.SettleAsync();

        Assert.Equal(24_000 - 6_000, index.Statistics.Entries);
        Assert.Empty(index.Ids(Entries.Query("word11400x")));
        Assert.Equal(["12700"], index.Ids(Entries.Query("word12700x")));
        Assert.True(index.Statistics.Segments <= 12, $"{index.Statistics}");
    }

    [Fact]
    public void One_batch_is_seen_wholly_or_not_at_all()
    {
        using var index = new RecallIndex();
        index.Upsert(Entries.Entry("1", "apples"));
        var before = index.Views;

        index.Apply([AnalyzedEntry.Of(Entries.Entry("1", "pears", version: 2)), AnalyzedEntry.Of(Entries.Entry("2", "pears"))], []);

        Assert.Equal(1, before.Sum(view => view.Live));
        Assert.Equal(["1", "2"], index.Ids(Entries.Query("pears")).Order());
        Assert.Empty(index.Ids(Entries.Query("apples")));
    }

    private static void Change(RecallIndex index, Dictionary<string, IndexEntry> held, int step, Random random)
    {
        // Few at a time and many, so that segments of all sizes meet.
        var batch = Enumerable.Range(0, random.Next(3) == 0 ? 60 : random.Next(1, 4)).Select(_ => WalkEntries.Entry(step, random)).DistinctBy(e => e.Id).ToList();
        var gone = held.Keys.Where(_ => random.Next(12) == 0).Except(batch.Select(e => e.Id)).ToList();
        Assert.Equal(gone.Count, index.Apply([.. batch.Select(AnalyzedEntry.Of)], gone));
        gone.ForEach(id => held.Remove(id));
        batch.ForEach(entry => held[entry.Id] = entry);
    }
}
