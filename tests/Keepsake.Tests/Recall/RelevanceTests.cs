using Keepsake.Recall;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall;

public sealed class RelevanceTests
{
    private static readonly Evidence Middling = new() { Words = 0.45f, Coverage = 0.4f, RareWords = 1.5f, Cosine = 0.45f, BestScore = 0.7f, Brevity = 0.1f, Passages = 700, PassageLength = 30 };

    [Fact]
    public void Every_kind_of_evidence_raises_the_likelihood()
    {
        var likelihood = Relevance.Likelihood(Middling);

        Assert.InRange(likelihood, 0.1, 0.9);
        Assert.True(Relevance.Likelihood(Middling with { Words = 0.6f }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { Coverage = 0.9f }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { RareWords = 3 }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { Cosine = 0.7f }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { BestScore = 0.9f }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { NamesSpeaker = true }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { Brevity = 0.25f }) > likelihood);
    }

    [Fact]
    public void What_chance_finds_among_many_passages_and_in_everyones_words_counts_for_less()
    {
        var likelihood = Relevance.Likelihood(Middling);

        Assert.True(Relevance.Likelihood(Middling with { Passages = 20 }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { Passages = 5_000 }) < likelihood);
        Assert.True(Relevance.Likelihood(Middling with { PassageLength = 18 }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { OnlySomeMayTell = true }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { AsksForSummary = true }) < likelihood);
    }

    [Fact]
    public void What_is_nearly_as_good_is_nearly_as_relevant_and_what_is_far_behind_hardly()
    {
        var set = CandidateSets.Of(CandidateSets.Question(), [1, 1, 1], [.. Enumerable.Repeat(new Candidate { Length = 10, Similarity = 0.6f }, 3)]);
        var relevance = new Relevance(set, [0.5f, 0.4f, 0.05f]);

        Assert.Equal(0.96, relevance.Of(0.4) / relevance.Of(0.5), 1e-6);
        Assert.Equal(0.19, relevance.Of(0.05) / relevance.Of(0.5), 1e-6);
        Assert.Equal(0, relevance.Of(0));
    }

    [Fact]
    public void A_store_of_a_million_hides_no_more_than_one_of_some_thousand()
    {
        Assert.Equal(
            Relevance.Likelihood(Middling with { Passages = Evidence.ManyPassages }),
            Relevance.Likelihood(Middling with { Passages = 100 * Evidence.ManyPassages }));
    }

    [Fact]
    public void Facts_of_a_few_words_are_taken_for_no_shorter_than_the_turns_of_a_chat_and_passages_for_no_longer_than_those_of_documents()
    {
        Assert.Equal(
            Relevance.Likelihood(Middling with { PassageLength = Evidence.ShortPassage }),
            Relevance.Likelihood(Middling with { PassageLength = 1 }));
        Assert.Equal(
            Relevance.Likelihood(Middling with { PassageLength = Evidence.LongPassage }),
            Relevance.Likelihood(Middling with { PassageLength = 60 }));
    }

    [Fact]
    public void Names_that_nobody_here_bears_speak_against_it()
    {
        Assert.True(Relevance.Likelihood(Middling with { UnknownNames = 1 }) < Relevance.DefaultFloor);
    }

    [Fact]
    public void A_rare_word_found_is_an_answer_whatever_its_vector_says()
    {
        Assert.True(Relevance.Likelihood(new() { Words = 0.8f, Coverage = 1, RareWords = 0.9f, Brevity = 0.5f, BestScore = 0.7f, Cosine = 0.2f, Passages = 500, PassageLength = 30 }) > Relevance.DefaultFloor);
    }

    [Fact]
    public void A_perfect_match_is_near_1_and_nothing_near_0()
    {
        Assert.InRange(Relevance.Likelihood(new() { Words = 1, Coverage = 1, RareWords = 4, Cosine = 1, BestScore = 1, Passages = Evidence.ManyPassages, PassageLength = 35 }), 0.99, 1);
        Assert.InRange(Relevance.Likelihood(new() { Cosine = 0.2f, BestScore = 0.3f, Passages = 700, PassageLength = 20 }), 0, 0.02);
    }
}
