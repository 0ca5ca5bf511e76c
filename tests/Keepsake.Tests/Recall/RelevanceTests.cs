using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

public sealed class RelevanceTests
{
    private static readonly Evidence Middling = new() { Words = 0.3f, Coverage = 0.5f, Cosine = 0.45f, BestScore = 0.7f, Brevity = 0.2f };

    [Fact]
    public void Every_kind_of_evidence_raises_the_likelihood()
    {
        var likelihood = Relevance.Likelihood(Middling);

        Assert.InRange(likelihood, 0.1, 0.9);
        Assert.True(Relevance.Likelihood(Middling with { Words = 0.5f }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { Coverage = 0.9f }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { Cosine = 0.7f }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { BestScore = 0.9f }) > likelihood);
        Assert.True(Relevance.Likelihood(Middling with { NamesSpeaker = true }) > likelihood);

        // Among few passages chance finds less.
        Assert.True(Relevance.Likelihood(Middling with { Fewness = 3 }) > likelihood);
    }

    [Fact]
    public void Names_that_nobody_here_bears_speak_against_it()
    {
        Assert.True(Relevance.Likelihood(Middling with { UnknownNames = 1 }) < Relevance.DefaultFloor);
        Assert.True(Relevance.Likelihood(Middling with { Brevity = 0.5f }) < Relevance.Likelihood(Middling));
    }

    [Fact]
    public void A_perfect_match_is_near_1_and_nothing_near_0()
    {
        Assert.InRange(Relevance.Likelihood(new() { Words = 1, Coverage = 1, Cosine = 1, BestScore = 1, Brevity = 0.2f }), 0.99, 1);
        Assert.InRange(Relevance.Likelihood(new() { Cosine = 0.2f, BestScore = 0.3f, Brevity = 0.2f }), 0, 0.02);
    }
}
