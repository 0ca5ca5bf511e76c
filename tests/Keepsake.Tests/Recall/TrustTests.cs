using Keepsake.Recall;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall;

public sealed class TrustTests
{
    [Theory]
    [InlineData(6, 1, 0.0514)]
    [InlineData(6, 2, 0.8227)]
    [InlineData(6, 3, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(4, 0, 0)]
    [InlineData(12, 2, 0.4096)]
    [InlineData(12, 3, 1)]
    public void One_word_of_many_is_found_by_chance_and_three_are_meant(int asked, int found, double trust) =>
        Assert.Equal(trust, Trust.In(Set(asked, found)).Words, 1e-3);

    [Fact]
    public void Of_few_passages_a_word_found_is_trusted()
    {
        Assert.Equal(1, Trust.In(Set(6, 1, passages: 3)).Words);
        Assert.InRange(Trust.In(Set(6, 1, passages: 50)).Words, 0.03, 0.5);
        Assert.Equal(Trust.In(Set(6, 1, passages: 300)), Trust.In(Set(6, 1, passages: 1_000_000)));
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
    public void A_name_and_an_identifier_are_not_found_by_chance()
    {
        bool[] first = [true, false, false, false, false, false], last = [false, false, false, false, false, true];

        Assert.Equal(1, Trust.In(Set(6, 1, names: first)).Words);
        Assert.Equal(1, Trust.In(Set(6, 1, identifiers: first)).Words);
        Assert.Equal(Trust.In(Set(6, 1)), Trust.In(Set(6, 1, names: last, identifiers: last)));
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
        Candidate near = new() { Length = 12, Speaker = Candidate.None, Similarity = 0.5f };
        var taste = near with { Similarity = 0.3f, Traits = Keepsake.Recall.Analysis.Trait.Standing };

        Assert.Equal(0, Best(ranker.Score(Set(6, 1, candidates: [near, taste]))));
        Assert.Equal(1, Best(ranker.Score(Set(6, 3, candidates: [near, taste]))));
    }

    private static int Best(Ranking ranking) => ranking.Scores.IndexOf(ranking.Scores.Max());

    // The last candidate holds so many of the question's terms.
    private static CandidateSet Set(int asked, int found, int passages = 700, bool namesSpeaker = false, bool hasSimilarity = true, bool alone = false, Candidate[]? candidates = null,
        bool[]? names = null, bool[]? identifiers = null)
    {
        candidates ??= [new() { Length = 10, Speaker = Candidate.None }, new() { Length = 10, Speaker = Candidate.None }];
        var last = candidates.Length - 1;
        float[] occurrences = [.. new float[asked * last], .. Enumerable.Range(0, asked).Select(t => t < found ? 1f : 0)];
        return new()
        {
            Question = new() { Subject = "q", NamesSpeaker = namesSpeaker },
            Now = Entries.Now,
            Candidates = [.. candidates.Select((c, i) => c with
            {
                CanReturn = true,
                FirstPassage = i,
                PassageCount = 1,
                Previous = alone ? Candidate.None : i - 1,
                Next = alone || i == last ? Candidate.None : i + 1,
            })],
            Worth = [.. Enumerable.Repeat(2f, asked)],
            WorthOfUnknown = 5,
            Passages = passages,
            AveragePassage = 10,
            AverageSession = 10,
            PassageLengths = [.. candidates.Select(c => c.Length)],
            Occurrences = occurrences,
            SessionLengths = [candidates.Sum(c => c.Length)],
            SessionOccurrences = [.. Enumerable.Range(0, asked).Select(t => t < found ? 1f : 0)],
            IsName = names ?? [],
            IsIdentifier = identifiers ?? [],
            HasSimilarity = hasSimilarity,
            MeanSimilarity = 0.1f,
        };
    }
}
