using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall.Index;

public sealed class MetadataTableTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Documents_that_have_all_pairs_are_found_in_order(int seed)
    {
        var random = new Random(seed);
        const int Documents = 9_000;
        ulong[] pairs = [1, 2, 3, ulong.MaxValue];
        int[] oneIn = [1, 3, 50, 4_000];
        var has = pairs.Select((_, p) => Enumerable.Range(0, Documents).Where(_ => random.Next(oneIn[p]) == 0).ToHashSet()).ToArray();
        (ulong Pair, int Document)[] all = [.. pairs.SelectMany((pair, p) => has[p].Select(document => (pair, document)))];
        random.Shuffle(all);
        var table = MetadataTable.Of([.. all.Select(a => a.Pair)], [.. all.Select(a => a.Document)]);
        for (var subset = 1; subset < 1 << pairs.Length; subset++)
        {
            int[] chosen = [.. Enumerable.Range(0, pairs.Length).Where(p => (subset >> p & 1) != 0)];
            var expected = Enumerable.Range(0, Documents).Where(document => chosen.All(p => has[p].Contains(document)));

            Assert.Equal(expected, table.Find([.. chosen.Select(p => pairs[p])]).ToArray());
        }

        Assert.Empty(table.Find([1, 4]).ToArray());
    }

    [Theory]
    [InlineData(4), InlineData(5)]
    public void A_set_knows_its_documents_one_by_one_and_by_stretches(int seed)
    {
        var random = new Random(seed);
        const int Count = 20_000;
        int[] documents = [.. Enumerable.Range(0, Count).Where(d => d is 0 or Count - 1 || (d is < 5_000 or > 15_000 && random.Next(30) == 0))];
        var set = new DocumentSet(documents, Count);

        Assert.All(Enumerable.Range(0, Count), document => Assert.Equal(documents.Contains(document), set.Contains(document)));
        for (var i = 0; i < 100; i++)
        {
            var first = random.Next(Count + 1);
            var end = random.Next(first, Count + 1);
            Assert.Equal(documents.Where(d => d >= first && d < end), set.Within(first, end).ToArray());
        }
    }

    [Fact]
    public void Equal_pairs_have_one_number_and_others_their_own()
    {
        (string Key, MetadataValue Value)[] pairs =
        [
            ("k", MetadataValue.Of("1")), ("k", MetadataValue.Of(1)), ("k", MetadataValue.Of(true)), ("k", MetadataValue.Of("true")), ("k", MetadataValue.Of(["1"])),
            ("k", MetadataValue.Of(["1", "1"])), ("k", MetadataValue.Of(["11"])), ("k", MetadataValue.Of(["", "11"])), ("k", MetadataValue.Of((IReadOnlyList<string>)[])),
            ("k", MetadataValue.Of("")), ("K", MetadataValue.Of("1")), ("k1", MetadataValue.Of("")), ("k", MetadataValue.Of(0.0)), ("k", MetadataValue.Of(false)),
        ];

        Assert.Equal(pairs.Length, pairs.Select(pair => MetadataHash.Of(pair.Key, pair.Value)).Distinct().Count());
        Assert.Equal(MetadataHash.Of("k", MetadataValue.Of(0.0)), MetadataHash.Of("k", MetadataValue.Of(-0.0)));
        Assert.Equal(MetadataHash.Of("k", MetadataValue.Of(["a", "b"])), MetadataHash.Of("k", MetadataValue.Of(new List<string> { "a", "b" })));
    }

    [Fact]
    public void What_has_no_metadata_takes_no_room()
    {
        using var index = new Keepsake.Recall.RecallIndex();
        index.Apply([.. Enumerable.Range(0, 100).Select(i => AnalyzedEntry.Of(Entries.Entry($"{i}", "words")))], []);

        var table = Assert.Single(index.Views).Segment.Metadata;

        Assert.Equal((0, 1, 0), (table.Pairs.Length, table.Starts.Length, table.Documents.Length));
    }
}
