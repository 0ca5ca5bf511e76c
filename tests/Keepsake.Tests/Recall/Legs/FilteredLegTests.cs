using Keepsake.Recall;
using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall.Legs;

/// <summary>Both legs with a filter, beside going through every document and asking each for its metadata.</summary>
public sealed class FilteredLegTests
{
    private const int Dimensions = 64;

    /// <summary>From one in a thousand to nearly all; at random, side by side, and just those that are far from every question.</summary>
    public static TheoryData<string> Filters => ["thousandth", "hundredth", "tenth", "third", "most", "early", "far", "nobody", "third and tenth"];

    [Theory]
    [MemberData(nameof(Filters))]
    public void The_lexical_leg_finds_what_scoring_every_matching_passage_finds(string keys)
    {
        var random = new Random(1);
        using var index = RandomIndex(random, 9_000, out var entries);
        var filter = Filter(keys);
        foreach (var path in (string[])["", "a", "a/b"])
        {
            var scope = new SearchScope(index.Views, path, filter: filter);
            for (var i = 0; i < 10; i++)
            {
                TermQuery[] terms = [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => new TermQuery(TermHash.Of(Word(random)), scope)).DistinctBy(t => t.Term)];
                var found = LexicalLeg.Find(scope, terms, limit: 20, Entries.Now.UtcTicks).Items.ToArray();
                var expected = Matching(scope, keys, entries).Select(p => Score(scope, terms, p)).Where(score => score > 0).OrderDescending().Take(20).ToArray();
                Assert.All(found, hit => Assert.True(Has(entries[IdOf(scope, hit)], keys)));
                Assert.Equal(expected, found.Select(hit => hit.Score).OrderDescending(), (a, b) => Math.Abs(a - b) < 1e-4);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Filters))]
    public void The_vector_leg_finds_the_ten_that_comparing_all_that_match_finds(string keys)
    {
        var random = new Random(2);
        using var index = RandomIndex(random, 24_000, out var entries);
        var scope = new SearchScope(index.Views, "", filter: Filter(keys));
        var matching = Matching(scope, keys, entries).ToList();
        var (right, wanted) = (0, 0);
        for (var i = 0; i < 40; i++)
        {
            // A little to one side, so that those of the other are far.
            var vector = Entries.RandomVector(random, Dimensions);
            vector[0] = 0.4f;
            var query = new VectorQuery(vector);
            var hits = VectorLeg.Find(scope, query, limit: 50, Entries.Now.UtcTicks);
            Assert.All(hits.Items.ToArray(), hit => Assert.True(Has(entries[IdOf(scope, hit)], keys)));
            var found = hits.Items.ToArray().OrderByDescending(hit => hit.Score).Take(10).Select(hit => hit.Score).ToList();
            var all = matching.Select(p => scope.Parts[p.Part].Segment.Vectors.Cosine(query, p.Passage)).ToList();
            var best = all.OrderDescending().Take(10).ToList();
            Assert.Equal(best.Count, found.Count);
            right += best.Zip(found).Count(pair => pair.First == pair.Second);
            wanted += best.Count;
        }

        Assert.True(right >= 0.99 * wanted, $"{right} of {wanted}");
    }

    [Fact]
    public void A_filter_that_all_match_changes_no_answer()
    {
        var random = new Random(3);
        using var index = RandomIndex(random, 6_000, out _);
        for (var i = 0; i < 10; i++)
        {
            var query = Entries.Query($"{Word(random)} {Word(random)}") with { Vector = Entries.RandomVector(random, Dimensions), Limit = 50 };
            var all = index.Search(query);
            var filtered = index.Search(query with { Filter = Filter("all") });
            Assert.Equal(all.Select(hit => $"{hit.Id} {hit.Relevance:F3}"), filtered.Select(hit => $"{hit.Id} {hit.Relevance:F3}"));
        }
    }

    private static IEnumerable<(int Part, int Passage)> Matching(SearchScope scope, string keys, Dictionary<string, IndexEntry> entries)
    {
        for (var p = 0; p < scope.Parts.Length; p++)
        {
            var part = scope.Parts[p];
            for (var passage = part.FirstPassage; passage < part.EndPassage; passage++)
            {
                var document = part.Segment.PassageDocuments[passage];
                if (scope.Views[part.View].IsLive(document) && Has(entries[part.Segment.Ids[document]], keys))
                {
                    yield return (p, passage);
                }
            }
        }
    }

    private static float Score(SearchScope scope, TermQuery[] terms, (int Part, int Passage) at)
    {
        var segment = scope.Parts[at.Part].Segment;
        var score = 0f;
        foreach (var term in terms)
        {
            var (from, to) = segment.Postings.Find(term.Term);
            if (segment.Postings.Seek(from, to, at.Passage) is var found && found < to && segment.Postings.Postings[found] is var posting
                && PostingTable.PassageOf(posting) == at.Passage)
            {
                score += term.Worth * Bm25.Saturation(PostingTable.FrequencyOf(posting), segment.PassageLengths[at.Passage], scope.PassageLength);
            }
        }

        return score;
    }

    private static string IdOf(SearchScope scope, PassageHit hit)
    {
        var segment = scope.Parts[hit.Part].Segment;
        return segment.Ids[segment.PassageDocuments[hit.Passage]];
    }

    private static MetadataFilter Filter(string keys) => new(keys.Split(" and ").ToDictionary(key => key, _ => MetadataValue.Of(true)));

    private static bool Has(IndexEntry entry, string keys) => keys.Split(" and ").All(key => entry.Metadata!.ContainsKey(key));

    private static string Word(Random random) => Terms.Of($"word{(int)Math.Exp(random.NextDouble() * 6)}x").Single();

    private static RecallIndex RandomIndex(Random random, int documents, out Dictionary<string, IndexEntry> entries)
    {
        var index = new RecallIndex();
        string[] paths = ["a", "a/b", "b"];
        entries = new(StringComparer.Ordinal);
        foreach (var batch in Enumerable.Range(0, documents).Chunk(700))
        {
            List<AnalyzedEntry> analyzed = [];
            foreach (var i in batch)
            {
                var content = string.Join(' ', Enumerable.Range(0, random.Next(20) == 0 ? 150 : random.Next(1, 12)).Select(_ => Word(random)));
                IndexEntry entry = new()
                {
                    Id = $"id{i}",
                    Version = 1,
                    Path = paths[random.Next(3)],
                    Content = content,
                    Session = random.Next(2) == 0 ? null : $"s{random.Next(documents / 10)}",
                    OccurredAt = Entries.Now,
                    Order = i,
                    Vectors = [.. Keepsake.Recall.Analysis.Passages.Split(content).Select(_ => Entries.RandomVector(random, Dimensions))],
                };
                entry = entry with { Metadata = Groups(i, documents, entry.Vectors, random).ToDictionary(key => key, _ => MetadataValue.Of(true)) };
                entries.Add(entry.Id, entry);
                analyzed.Add(AnalyzedEntry.Of(entry));
            }

            index.Apply(analyzed, []);
        }

        for (var i = 0; i < documents / 10; i++)
        {
            index.Remove($"id{random.Next(documents)}");
        }

        return index;
    }

    private static IEnumerable<string> Groups(int i, int documents, IReadOnlyList<float[]> vectors, Random random)
    {
        (string Key, bool IsIn)[] groups =
        [
            ("all", true),
            ("thousandth", random.Next(1_000) == 0),
            ("hundredth", random.Next(100) == 0),
            ("tenth", random.Next(10) == 0),
            ("third", random.Next(3) == 0),
            ("most", random.Next(20) > 0),
            ("early", i < documents / 6),
            ("far", vectors.All(vector => vector[0] < 0)),
        ];
        return groups.Where(group => group.IsIn).Select(group => group.Key);
    }
}
