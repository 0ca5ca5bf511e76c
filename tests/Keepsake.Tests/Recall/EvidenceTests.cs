using Keepsake.Recall;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall;

public sealed class EvidenceTests
{
    private static readonly Candidate Asker = new() { Speaker = 0, Length = 10, Similarity = 0.3f };
    private static readonly Candidate Other = new() { Speaker = 1, Length = 10, Similarity = 0.6f };

    [Fact]
    public void What_someone_else_said_covers_nothing_of_what_is_asked_about_a_person()
    {
        var question = CandidateSets.Question() with { Others = [false, true] };

        var evidence = Evidence.Of(CandidateSets.Of(question, [0, 1], Asker, Other), bestScore: 1);

        Assert.Equal((0f, 0f, 0.3f, true), (evidence.Coverage, evidence.RareWords, evidence.Cosine, evidence.OnlySomeMayTell));
        Assert.Equal(1, evidence.Words);
    }

    [Fact]
    public void Where_anyone_may_tell_the_best_of_all_counts()
    {
        var evidence = Evidence.Of(CandidateSets.Of(CandidateSets.Question(), [0, 1], Asker, Other), bestScore: 1);

        Assert.Equal((1f, 0.6f, false), (evidence.Coverage, evidence.Cosine, evidence.OnlySomeMayTell));
    }

    [Fact]
    public void What_has_no_speaker_may_always_tell()
    {
        var question = CandidateSets.Question() with { Others = [false, true] };

        var evidence = Evidence.Of(CandidateSets.Of(question, [0, 1], Asker, Other with { Speaker = Candidate.None }), bestScore: 1);

        Assert.Equal((1f, 0.6f), (evidence.Coverage, evidence.Cosine));
    }

    [Fact]
    public void Words_are_counted_in_words_that_occur_nowhere_else()
    {
        var set = CandidateSets.Of(CandidateSets.Question(), [1], Asker);

        Assert.Equal(set.Worth[0] / set.WorthOfUnknown, Evidence.Of(set, bestScore: 1).RareWords, 1e-6);
    }

    [Fact]
    public void Without_vectors_the_words_that_a_teller_has_stand_for_the_meaning()
    {
        var question = CandidateSets.Question() with { Others = [false, true] };
        float Cosine(params float[] occurrences) => Evidence.Of(CandidateSets.Of(question, [1], occurrences, [Asker, Other], hasSimilarity: false), bestScore: 1).Cosine;

        Assert.Equal(0.24f, Cosine(0, 1));
        Assert.True(Cosine(1, 0) > 0.24f);
    }
}
