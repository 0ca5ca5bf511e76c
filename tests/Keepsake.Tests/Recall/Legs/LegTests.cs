using Keepsake.Recall;
using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall.Legs;

public sealed class LegTests
{
    private const int Dimensions = 64;

    [Theory]
    [InlineData(1, 300), InlineData(2, 3_000), InlineData(3, 12_000)]
    public void The_lexical_leg_finds_what_scoring_every_passage_finds(int seed, int documents)
    {
        var random = new Random(seed);
        using var index = RandomIndex(random, documents);
        foreach (var path in (string[])["", "a", "a/b", "b"])
        {
            var scope = new SearchScope(index.Views, path);
            for (var i = 0; i < 10; i++)
            {
                TermQuery[] terms = [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => new TermQuery(TermHash.Of(Word(random)), scope)).DistinctBy(t => t.Term)];
                var found = LexicalLeg.Find(scope, terms, limit: 20, Entries.Now.UtcTicks).Items.ToArray();
                var expected = AllScores(scope, terms).OrderDescending().Take(20).ToArray();
                Assert.Equal(expected.Length, found.Length);
                Assert.Equal(expected, found.Select(hit => hit.Score).OrderDescending(), (a, b) => Math.Abs(a - b) < 1e-4);
            }
        }
    }

    [Theory]
    [InlineData(4, 300, 1.0), InlineData(5, 5_000, 0.99), InlineData(6, 40_000, 0.99)]
    public void The_vector_leg_finds_the_ten_that_comparing_all_finds(int seed, int documents, double least)
    {
        var random = new Random(seed);
        using var index = RandomIndex(random, documents);
        var scope = new SearchScope(index.Views, "");
        var right = 0;
        const int Questions = 40;
        for (var i = 0; i < Questions; i++)
        {
            var query = new VectorQuery(Entries.RandomVector(random, Dimensions));
            var hits = VectorLeg.Find(scope, query, limit: 50, Entries.Now.UtcTicks);
            var found = hits.Items.ToArray().OrderByDescending(hit => hit.Score).Take(10).Select(hit => hit.Score).ToList();
            var all = AllCosines(scope, query).ToList();
            right += all.OrderDescending().Take(10).Zip(found).Count(pair => pair.First == pair.Second);
        }

        Assert.True(right >= least * 10 * Questions, $"{right} of {10 * Questions}");
    }

    [Fact]
    public void What_was_removed_or_has_expired_is_found_by_neither()
    {
        using var index = new RecallIndex();
        index.Upsert(Entries.Entry("live", "apples") with { Vectors = [[1, 0]] });
        index.Upsert(Entries.Entry("gone", "apples") with { Vectors = [[1, 0]] });
        index.Upsert(Entries.Entry("past", "apples") with { Vectors = [[1, 0]], ExpiresAt = Entries.Now });
        index.Remove("gone");
        var scope = new SearchScope(index.Views, "");

        Assert.Equal(1, LexicalLeg.Find(scope, [new(TermHash.Of("appl"), scope)], 10, Entries.Now.UtcTicks).Count);
        Assert.Equal(1, VectorLeg.Find(scope, new([1, 0]), 10, Entries.Now.UtcTicks).Count);
    }

    [Theory]
    [InlineData(7), InlineData(8)]
    public void The_best_are_kept_and_the_worst_of_them_is_the_threshold(int seed)
    {
        var random = new Random(seed);
        float[] scores = [.. Enumerable.Range(0, 1_000).Select(_ => (float)random.Next(500))];
        var top = new TopPassages(37);
        for (var i = 0; i < scores.Length; i++)
        {
            top.Offer(0, i, scores[i]);
        }

        var expected = scores.OrderDescending().Take(37).ToArray();
        Assert.Equal(expected, top.Items.ToArray().Select(hit => hit.Score).OrderDescending());
        Assert.Equal(expected[^1], top.Threshold);
    }

    private static IEnumerable<float> AllScores(SearchScope scope, TermQuery[] terms)
    {
        var average = scope.PassageLength;
        foreach (var part in scope.Parts)
        {
            var segment = part.Segment;
            for (var passage = part.FirstPassage; passage < part.EndPassage; passage++)
            {
                var score = 0f;
                foreach (var term in terms)
                {
                    var (from, to) = segment.Postings.Find(term.Term);
                    foreach (var posting in segment.Postings.Postings[from..to].Where(posting => PostingTable.PassageOf(posting) == passage))
                    {
                        score += term.Worth * Bm25.Saturation(PostingTable.FrequencyOf(posting), segment.PassageLengths[passage], average);
                    }
                }

                if (score > 0 && scope.CanReturn(part.View, segment.PassageDocuments[passage], 0))
                {
                    yield return score;
                }
            }
        }
    }

    private static IEnumerable<float> AllCosines(SearchScope scope, VectorQuery query)
    {
        foreach (var part in scope.Parts)
        {
            for (var passage = part.FirstPassage; passage < part.EndPassage; passage++)
            {
                if (scope.CanReturn(part.View, part.Segment.PassageDocuments[passage], 0))
                {
                    yield return part.Segment.Vectors.Cosine(query, passage);
                }
            }
        }
    }

    private static string Word(Random random) => PorterStemmed($"word{(int)Math.Exp(random.NextDouble() * 6)}x");

    private static string PorterStemmed(string word) => Terms.Of(word).Single();

    private static RecallIndex RandomIndex(Random random, int documents)
    {
        var index = new RecallIndex();
        string[] paths = ["a", "a/b", "b"];
        foreach (var batch in Enumerable.Range(0, documents).Chunk(700))
        {
            index.Apply([.. batch.Select(i => AnalyzedEntry.Of(new()
            {
                Id = $"id{i}",
                Version = 1,
                Path = paths[random.Next(3)],
                Content = string.Join(' ', Enumerable.Range(0, random.Next(1, 30)).Select(_ => Word(random))),
                Session = random.Next(2) == 0 ? null : $"s{random.Next(documents / 10)}",
                OccurredAt = Entries.Now,
                Order = i,
                Vectors = [Entries.RandomVector(random, Dimensions)],
            }))], []);
        }

        for (var i = 0; i < documents / 10; i++)
        {
            index.Remove($"id{random.Next(documents)}");
        }

        return index;
    }
}
