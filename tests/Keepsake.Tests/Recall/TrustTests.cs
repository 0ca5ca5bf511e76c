using Keepsake.Recall;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall;

public sealed class TrustTests
{
    [Theory]
    [InlineData(6, 1, 0.0084)]
    [InlineData(6, 2, 0.5346)]
    [InlineData(6, 3, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(4, 0, 0)]
    [InlineData(12, 2, 0.2621)]
    [InlineData(12, 3, 1)]
    public void One_word_of_many_is_found_by_chance_and_three_are_meant(int asked, int found, double trust) =>
        Assert.Equal(trust, Trust.In(Set(asked, found)).Words, 1e-3);

    [Fact]
    public void Of_few_passages_a_word_found_is_trusted()
    {
        Assert.Equal(1, Trust.In(Set(6, 1, passages: 3)).Words);
        Assert.InRange(Trust.In(Set(6, 1, passages: 20)).Words, 0.03, 0.5);
        Assert.Equal(Trust.In(Set(6, 1, passages: 100)), Trust.In(Set(6, 1, passages: 1_000_000)));
        Assert.Equal(1, Trust.In(Set(6, 0, passages: 1)).Words);
    }

    [Fact]
    public void Words_are_trusted_where_a_speaker_is_named_and_where_there_is_nothing_else()
    {
        Assert.Equal(1, Trust.In(Set(6, 1, namesSpeaker: true)).Words);
        Assert.Equal(1, Trust.In(Set(6, 1, hasSimilarity: false)).Words);
        Assert.Equal(new Trust(1, 1), Trust.In(Set(0, 0)));
    }

    [Fact]
    public void A_name_may_be_found_by_chance_and_an_identifier_is_not()
    {
        var random = new Random(3);
        var vector = Entries.RandomVector(random);
        using var index = new RecallIndex(Ranker.Default);
        for (var i = 0; i < 400; i++)
        {
            var (content, own) = i == 7 ? ("Zanzibar again, xkq_7", vector) : ($"note{i} of everyday matters", Entries.RandomVector(random));
            index.Upsert(Entries.Entry($"f{i}", content) with { Vectors = [own] });
        }

        double WordsIn(string question) => index.Search(Entries.Query(question) with { Vector = vector }).Single(hit => hit.Id == "f7").Explanation!.Shares["words"];

        var byChance = WordsIn("what shall our cousins choose for Zanzibar, dear friends?");
        Assert.InRange(byChance, 0, 0.4);
        Assert.True(WordsIn("what shall our cousins choose for xkq_7, dear friends?") > byChance + 0.1);
    }

    [Fact]
    public void Meaning_stands_in_for_words_that_are_not_trusted()
    {
        Assert.Equal(1.6, Trust.In(Set(6, 0)).Meaning, 1e-5);
        Assert.Equal(1, Trust.In(Set(6, 6)).Meaning);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 0.5)]
    [InlineData(8, 8, 0.125)]
    [InlineData(4, 2, 0.953125)]
    public void Of_texts_that_stand_alone_meaning_has_little_say_where_all_of_many_words_are_found(int asked, int found, double trust) =>
        Assert.Equal(trust, Trust.In(Set(asked, found, alone: true)).Meaning, 1e-5);

    [Fact]
    public void A_taste_does_not_come_up_for_what_shares_no_word_with_it_before_what_is_nearer()
    {
        var ranker = Ranker.Default;
        Candidate near = new() { Length = 12, Speaker = Candidate.None, Similarity = 0.5f, SimilarityApart = 0.4f };
        var taste = near with { Similarity = 0.3f, SimilarityApart = 0.1f, Traits = Keepsake.Recall.Analysis.Trait.Standing };

        Assert.Equal(0, Best(ranker.Score(Set(6, 1, candidates: [near, taste]))));
        Assert.Equal(1, Best(ranker.Score(Set(6, 3, candidates: [near, taste]))));
    }

    private static int Best(Ranking ranking) => ranking.Scores.IndexOf(ranking.Scores.Max());

    // The last candidate holds so many of the question's terms.
    private static CandidateSet Set(
        int asked, int found, int passages = 700, bool namesSpeaker = false, bool hasSimilarity = true, bool alone = false, Candidate[]? candidates = null)
    {
        candidates ??= [new() { Length = 10, Speaker = Candidate.None }, new() { Length = 10, Speaker = Candidate.None }];
        float[] occurrences = [.. new float[asked * (candidates.Length - 1)], .. Enumerable.Range(0, asked).Select(t => t < found ? 1f : 0)];
        return CandidateSets.Of(
            new() { Subject = "q", NamesSpeaker = namesSpeaker }, [.. Enumerable.Repeat(2f, asked)], occurrences, candidates, alone, passages, hasSimilarity);
    }
}
