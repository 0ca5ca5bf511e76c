using Keepsake.Recall;
using Keepsake.Recall.Analysis;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall;

public sealed class SignalTests
{
    private static readonly Question Plain = CandidateSets.Question();

    [Theory]
    [InlineData(0, 10, 0.537)]
    [InlineData(0, 60, 0.101)]
    [InlineData(30, 20, 0.052)]
    [InlineData(60, 20, 0)]
    public void What_is_around_counts_by_its_distance_in_words(int distance, int length, double expected) =>
        Assert.Equal(expected, Surroundings.Weight(distance, length), 1e-3);

    [Fact]
    public void Words_next_to_a_short_text_count_for_it_and_less_than_its_own()
    {
        var words = new WordsSignal().Score(CandidateSets.Of(Plain, [0, 1, 0, 0, 0], Long(5), Long(5), Long(5), Long(20), Long(60)))!;

        Assert.True(words[1] > words[0] && words[1] > words[2]);
        Assert.True(words[0] > 0);
        Assert.True(words[3] < words[2] && words[3] > 0);
        Assert.True(words[4] < words[3] / 2);
    }

    [Fact]
    public void Nearby_meaning_is_the_mean_by_distance()
    {
        var weight = Surroundings.Weight(0, 10);

        var nearby = new NearbyMeaningSignal().Score(CandidateSets.Of(Plain, Long(10) with { SimilarityApart = 0.8f }, Long(10)))!;

        Assert.Equal(0.8 / (1 + weight), nearby[0], 1e-5);
        Assert.Equal(0.8 * weight / (1 + weight), nearby[1], 1e-5);
    }

    [Fact]
    public void Who_is_asked_the_same_answers()
    {
        var asks = Long(5) with { Speaker = 1, Traits = Trait.Asks };

        Assert.Equal([0f, 1f], new AnswerSignal().Score(CandidateSets.Of(Plain, [1, 0], asks, Long(5) with { Speaker = 2 }))!.Select(v => v > 0 ? 1f : 0));
        Assert.Null(new AnswerSignal().Score(CandidateSets.Of(Plain, [1, 0], asks, Long(5) with { Speaker = 1 })));
        Assert.Null(new AnswerSignal().Score(CandidateSets.Of(Plain, [1, 0], asks with { Traits = Trait.None }, Long(5) with { Speaker = 2 })));
    }

    [Fact]
    public void Circumstances_count_only_where_the_question_asks_and_entries_differ()
    {
        var says = Long(5) with { Traits = Trait.SaysWhen | Trait.HasNumber };
        var asking = Plain with { AsksWhen = true, AsksHowMany = true };

        Assert.Null(Circumstances.SaysWhen.Score(CandidateSets.Of(Plain, says, Long(5))));
        Assert.Null(Circumstances.SaysWhen.Score(CandidateSets.Of(asking, says, says)));
        Assert.Equal([1, 0], Circumstances.SaysWhen.Score(CandidateSets.Of(asking, says, Long(5)))!);
        Assert.Equal([1, 0], Circumstances.HasNumber.Score(CandidateSets.Of(asking, says, Long(5)))!);
    }

    [Fact]
    public void Who_is_asked_about_and_speaks_of_themself()
    {
        var question = Plain with { Speakers = [false, true], IsPersonal = true };
        var other = Long(5) with { Speaker = 0, FirstPersonShare = 0.05f };
        var asked = Long(5) with { Speaker = 1, FirstPersonShare = 0.2f };

        Assert.Equal([0, 1], Circumstances.Speaker.Score(CandidateSets.Of(question, other, asked))!);
        Assert.Equal([0.5f, 1], Circumstances.FirstPerson.Score(CandidateSets.Of(question, other, asked))!);
        Assert.Null(Circumstances.FirstPerson.Score(CandidateSets.Of(question with { IsPersonal = false }, other, asked)));
    }

    [Fact]
    public void What_the_assistant_says_is_no_standing_instruction()
    {
        var standing = Long(5) with { Traits = Trait.Standing, Speaker = 0 };
        var question = Plain with { Assistants = [false, true] };

        Assert.Equal([1, 0], Circumstances.Standing.Score(CandidateSets.Of(question, [1, 0], standing, standing with { Speaker = 1 }))!);
    }

    [Fact]
    public void A_rule_said_by_itself_counts_fully_and_one_in_passing_less()
    {
        var standing = Long(16) with { Traits = Trait.Standing };

        Assert.Equal([1, 0.25f, 0], Circumstances.Standing.Score(CandidateSets.Of(Plain, [0, 0, 1], standing, standing with { Length = 64 }, Long(16)))!);
    }

    [Fact]
    public void What_the_asker_said_was_said_by_the_asker()
    {
        var question = Plain with { Speakers = [true, false], AsksWhatAskerSaid = true };
        var (asker, other) = (Long(5) with { Speaker = 0 }, Long(5) with { Speaker = 1 });

        Assert.Equal([1, 0], Circumstances.AskerSaid.Score(CandidateSets.Of(question, asker, other))!);
        Assert.Null(Circumstances.AskerSaid.Score(CandidateSets.Of(question with { AsksWhatAskerSaid = false }, asker, other)));
    }

    [Fact]
    public void Who_tells_something_answers_a_question_about_a_person_and_who_asks_back_does_not()
    {
        var question = Plain with { NamesSpeaker = true };
        var (tells, asks) = (Long(5), Long(5) with { QuestionShare = 0.75f });

        Assert.Equal([1, 0.25f], Circumstances.Tells.Score(CandidateSets.Of(question, tells, asks))!);
        Assert.Null(Circumstances.Tells.Score(CandidateSets.Of(Plain, tells, asks)));
    }

    [Fact]
    public void What_happened_near_the_time_asked_about_counts_by_days()
    {
        var question = Plain with { Spans = [new(new(2025, 3, 3), new(2025, 3, 9))], Dates = [new(2025, 5, 8)] };

        var time = Circumstances.Time.Score(CandidateSets.Of(question, At(2025, 3, 5), At(2025, 3, 2), At(2025, 5, 8), At(2025, 5, 15), At(2024, 5, 8)))!;

        Assert.Equal([1, 6 / 7f, 1, 0, 0], time);
    }

    [Fact]
    public void The_new_the_used_the_important_and_the_near_at_hand_count_more()
    {
        var old = Long(5) with { OccurredAt = Entries.Now.AddDays(-30), Importance = 0.2f, Tier = MemoryTier.Archive };
        var young = Long(5) with { OccurredAt = Entries.Now, LastRecalledAt = Entries.Now, Importance = 0.9f, Tier = MemoryTier.Working };
        var set = CandidateSets.Of(Plain, old, young);

        Assert.Equal([0.5f, 1], Circumstances.Recency.Score(set)!);
        Assert.Equal([0, 1], Circumstances.Usage.Score(set)!);
        Assert.Equal([0.2f, 0.9f], Circumstances.Importance.Score(set)!);
        Assert.Equal([0, 1], Circumstances.Tier.Score(set)!);
    }

    [Fact]
    public void An_entry_with_circumstances_alone_is_no_answer()
    {
        var set = CandidateSets.Of(Plain, [1, 0], Long(5) with { Session = 0 }, Long(5) with { Importance = 1 });

        var scores = new Ranker([(new AnswerSignal(), 1), (Circumstances.Importance, 1)]).Score(set).Scores;

        Assert.Equal([0, 0], scores);
    }

    private static Candidate Long(int length) => new() { Length = length, Speaker = Candidate.None, OccurredAt = Entries.Now };

    private static Candidate At(int year, int month, int day) => Long(5) with { OccurredAt = new(year, month, day, 12, 0, 0, TimeSpan.Zero) };
}
