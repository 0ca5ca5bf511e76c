using Keepsake.Recall;
using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall;

/// <summary>An index that entries come to, change their metadata in and leave, beside a plain list of the entries.</summary>
public sealed class FilteredIndexWalkTests
{
    private static readonly MetadataValue[] Values =
    [
        MetadataValue.Of("1"), MetadataValue.Of(1), MetadataValue.Of(0.0), MetadataValue.Of(-0.0), MetadataValue.Of(true), MetadataValue.Of(["1"]), MetadataValue.Of(["1", "2"]),
    ];

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void A_filtered_search_finds_all_that_match_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        using var index = new RecallIndex();
        Dictionary<string, IndexEntry> held = new(StringComparer.Ordinal);
        for (var step = 0; step < 60; step++)
        {
            Change(index, held, step, random);
            if (random.Next(8) == 0)
            {
                Reopen(index);
            }

            if (random.Next(15) == 0)
            {
                index.Compact();
            }

            foreach (var scope in (string[])["", "a", "a/b"])
            {
                var wanted = RandomPairs(random);
                var question = WalkEntries.Question(random) with { Scope = scope, Filter = new(wanted) };
                var ids = index.Ids(question);

                Assert.Equal(ids.Count, ids.Distinct().Count());
                Assert.All(ids, id => Assert.True(WalkEntries.IsUnder(held[id].Path, scope) && Matches(held[id], wanted)));
                var words = question.Text.Split(' ');
                var expected = held.Values.Where(e => WalkEntries.IsUnder(e.Path, scope) && Matches(e, wanted) && e.Content.Split(' ').Intersect(words).Any()).Select(e => e.Id);
                Assert.Empty(expected.Except(ids));
            }
        }
    }

    [Theory]
    [InlineData(5), InlineData(6)]
    public void After_merges_and_a_reopening_a_filtered_answer_is_that_of_an_index_built_at_once(int seed)
    {
        var random = new Random(seed);
        using var index = new RecallIndex();
        Dictionary<string, IndexEntry> held = new(StringComparer.Ordinal);
        for (var step = 0; step < 60; step++)
        {
            Change(index, held, step, random);
        }

        index.Compact();
        Reopen(index);
        using var fresh = new RecallIndex();
        fresh.Apply([.. held.Values.Select(AnalyzedEntry.Of)], []);
        for (var i = 0; i < 30; i++)
        {
            var question = WalkEntries.Question(random) with { Filter = new(RandomPairs(random)) };
            Assert.Equal(WalkEntries.Answer(fresh, question), WalkEntries.Answer(index, question));
        }
    }

    [Fact]
    public void A_neighbour_that_does_not_match_is_a_surrounding_and_no_answer()
    {
        using var index = new RecallIndex();
        var wanted = new Dictionary<string, MetadataValue> { ["by"] = MetadataValue.Of("ana") };
        index.Apply(
            [
                .. new[] { "the kite", "is red", "and flies" }.Select((content, i) => AnalyzedEntry.Of(
                    Entries.Entry($"{i}", content) with { Session = "s", Order = i, Metadata = i == 1 ? wanted : null })),
            ],
            []);

        Assert.Equal(["0", "1"], index.Ids(Entries.Query("kite")).Order());
        Assert.Equal(["1"], index.Ids(Entries.Query("red kite") with { Filter = new(wanted) }));

        // What stands beside it counts for it: alone it has one of the two words.
        using var alone = new RecallIndex();
        alone.Upsert(Entries.Entry("1", "is red") with { Metadata = wanted });
        Assert.True(Best(index) > Best(alone));

        double Best(RecallIndex of) => of.Search(Entries.Query("red kite") with { Filter = new(wanted) })[0].Relevance;
    }

    private static void Change(RecallIndex index, Dictionary<string, IndexEntry> held, int step, Random random)
    {
        var batch = Enumerable.Range(0, random.Next(3) == 0 ? 60 : random.Next(1, 4)).Select(_ => WalkEntries.Entry(step, random) with { Metadata = RandomMetadata(random) }).DistinctBy(e => e.Id).ToList();

        // Some change nothing but their metadata.
        batch.AddRange(held.Values.Where(e => random.Next(15) == 0 && batch.TrueForAll(other => other.Id != e.Id)).ToList()
            .Select(e => e with { Version = step, Metadata = RandomMetadata(random) }));
        var gone = held.Keys.Where(_ => random.Next(12) == 0).Except(batch.Select(e => e.Id)).ToList();
        index.Apply([.. batch.Select(AnalyzedEntry.Of)], gone);
        gone.ForEach(id => held.Remove(id));
        batch.ForEach(entry => held[entry.Id] = entry);
    }

    // As a snapshot keeps it.
    private static void Reopen(RecallIndex index) => index.Restore([.. index.Views.Select(view =>
    {
        using var stream = new MemoryStream();
        SegmentFile.Write(stream, view.Segment);
        stream.Position = 0;
        return SegmentView.Of(SegmentFile.Read(stream), view.RemovedBits);
    })]);

    private static bool Matches(IndexEntry entry, Dictionary<string, MetadataValue> wanted) =>
        wanted.All(pair => entry.Metadata is not null && entry.Metadata.TryGetValue(pair.Key, out var value) && value.Equals(pair.Value));

    private static Dictionary<string, MetadataValue> RandomPairs(Random random) =>
        new[] { "k0", "k1", "k2" }.OrderBy(_ => random.Next()).Take(random.Next(1, 3)).ToDictionary(key => key, _ => Values[random.Next(Values.Length)]);

    private static Dictionary<string, MetadataValue>? RandomMetadata(Random random) => random.Next(4) == 0
        ? null
        : new[] { "k0", "k1", "k2", "k3" }.Where(_ => random.Next(3) > 0).ToDictionary(key => key, _ => Values[random.Next(Values.Length)]);
}
