using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall.Index;

public sealed class PostingTableTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Seeking_finds_what_a_walk_finds_from_any_place(int seed)
    {
        var random = new Random(seed);
        var (table, lists) = Random(random, terms: 20, passages: 3_000);
        foreach (var (term, passages) in lists)
        {
            var (from, to) = table.Find(term);
            Assert.Equal(passages, table.Postings[from..to].Select(PostingTable.PassageOf));
            for (var i = 0; i < 100 && to > from; i++)
            {
                var start = random.Next(from, to);
                var passage = random.Next(3_100);
                var expected = Enumerable.Range(start, to - start).FirstOrDefault(at => PostingTable.PassageOf(table.Postings[at]) >= passage, to);
                Assert.Equal(expected, table.Seek(start, to, passage));
            }
        }
    }

    [Fact]
    public void A_term_that_is_not_there_has_no_postings()
    {
        var (table, lists) = Random(new(4), terms: 50, passages: 10);
        var empty = new PostingTable([], [0], [], []);

        for (var i = 0UL; i < 1_000; i++)
        {
            var term = TermHash.Of($"other{i}");
            Assert.False(lists.ContainsKey(term));
            Assert.Equal((0, 0), table.Find(term));
            Assert.Equal((0, 0), empty.Find(term));
        }
    }

    [Theory]
    [InlineData(5), InlineData(6)]
    public void A_bound_is_no_less_than_any_posting_it_covers(int seed)
    {
        var random = new Random(seed);
        var lengths = new byte[3_000];
        random.NextBytes(lengths);
        var (table, lists) = Random(random, terms: 20, passages: 3_000, lengths);
        foreach (var (from, to) in lists.Keys.Select(table.Find).Where(range => range.To > range.From))
        {
            var (frequency, length) = table.Bound(from, to);
            Assert.All(table.Postings[from..to], posting =>
            {
                Assert.True(PostingTable.FrequencyOf(posting) <= frequency);
                Assert.True(lengths[PostingTable.PassageOf(posting)] >= length);
            });
        }
    }

    [Fact]
    public void A_frequency_beyond_the_greatest_counts_as_that()
    {
        var posting = PostingTable.Pack(PostingTable.MaxPassages - 1, 1_000);

        Assert.Equal(PostingTable.MaxPassages - 1, PostingTable.PassageOf(posting));
        Assert.Equal(PostingTable.MaxFrequency, PostingTable.FrequencyOf(posting));
    }

    private static (PostingTable Table, Dictionary<ulong, int[]> Lists) Random(Random random, int terms, int passages, byte[]? lengths = null)
    {
        Dictionary<ulong, int[]> lists = [];
        for (var t = 0; t < terms; t++)
        {
            var share = random.NextDouble();
            lists[TermHash.Of($"term{t}")] = [.. Enumerable.Range(0, passages).Where(_ => random.NextDouble() < share)];
        }

        List<int> starts = [];
        List<uint> postings = [];
        foreach (var (_, list) in lists.OrderBy(list => list.Key))
        {
            starts.Add(postings.Count);
            postings.AddRange(list.Select(passage => PostingTable.Pack(passage, random.Next(1, 9))));
        }

        return (new([.. lists.Keys.Order()], [.. starts, postings.Count], [.. postings], lengths ?? new byte[passages]), lists);
    }
}
