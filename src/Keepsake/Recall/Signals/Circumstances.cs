using Keepsake.Recall.Analysis;

namespace Keepsake.Recall.Signals;

/// <summary>The circumstances that count.</summary>
internal static class Circumstances
{
    // Everyday talk about oneself has an "I" or a "my" in about ten words; more than that says no more.
    private const float FullFirstPersonShare = 0.1f;

    // A week off is not then any more.
    private const double DaysToMiss = 7;

    private const double HalfLifeDays = 30;

    // A rule that is said by itself is one sentence.
    private const float TermsOfRule = 16;

    /// <summary>Said by the one the question is about: whom it names, or else the user.</summary>
    public static ISignal Speaker { get; } = new Circumstance(
        "speaker",
        set => set.Question.AsksOfSpeaker,
        IsAsked);

    /// <summary>Said by the one who asks, where the question is about what they said: then no other can be meant.</summary>
    public static ISignal AskerSaid { get; } = new Circumstance(
        "asker said",
        set => set.Question.AsksWhatAskerSaid,
        IsAsked);

    /// <summary>Its speaker talks of themself, where the question is about a person: that is what people are asked about.</summary>
    public static ISignal FirstPerson { get; } = new Circumstance(
        "first person",
        set => set.Question.IsPersonal,
        (CandidateSet _, in Candidate c) => Math.Min(1, c.FirstPersonShare / FullFirstPersonShare));

    /// <summary>It tells more than it asks, where the question names a speaker: who asks something back does not answer. What people ask an assistant is
    /// what they are remembered for, so it does not count there.</summary>
    public static ISignal Tells { get; } = new Circumstance(
        "tells",
        set => set.Question.NamesSpeaker,
        (CandidateSet _, in Candidate c) => 1 - c.QuestionShare);

    /// <summary>It says a time, where the question asks when or how long.</summary>
    public static ISignal SaysWhen { get; } = new Circumstance(
        "says when",
        set => set.Question.AsksWhen,
        (CandidateSet _, in Candidate c) => Has(c, Trait.SaysWhen));

    /// <summary>It has a number, where the question asks how many or how much.</summary>
    public static ISignal HasNumber { get; } = new Circumstance(
        "number",
        set => set.Question.AsksHowMany,
        (CandidateSet _, in Candidate c) => Has(c, Trait.HasNumber));

    /// <summary>It was meant to hold from then on: an instruction or a taste is remembered to be applied. Less of it where it is said in
    /// passing, or where hardly a word of the question is found; nothing where the question is about what was said.</summary>
    public static ISignal Standing { get; } = new Circumstance(
        "standing",
        set => set.Question.MayFollowRules,
        (CandidateSet set, in Candidate c) => set.Question.IsAssistant(c.Speaker) ? 0 : Has(c, Trait.Standing) * set.Trust.Words * Math.Min(1, TermsOfRule / Math.Max(1, c.Length)));

    /// <summary>It happened when the question says, or in the days around.</summary>
    public static ISignal Time { get; } = new Circumstance(
        "time",
        set => set.Question.Dates.Count > 0 || set.Question.Spans.Count > 0,
        (CandidateSet set, in Candidate c) => Closeness(set.Question, c.OccurredAt));

    /// <summary>It matters, as its writer said.</summary>
    public static ISignal Importance { get; } = new Circumstance("importance", _ => true, (CandidateSet _, in Candidate c) => c.Importance);

    /// <summary>It is new: half as much after 30 days, and so on.</summary>
    public static ISignal Recency { get; } = new Circumstance("recency", _ => true, (CandidateSet set, in Candidate c) => Fading(set.Now - c.OccurredAt));

    /// <summary>It was recalled lately, with the same half-life.</summary>
    public static ISignal Usage { get; } = new Circumstance(
        "usage",
        _ => true,
        (CandidateSet set, in Candidate c) => c.LastRecalledAt == default ? 0 : Fading(set.Now - c.LastRecalledAt));

    /// <summary>It is in use now, or at least not archived.</summary>
    public static ISignal Tier { get; } = new Circumstance("tier", _ => true, (CandidateSet _, in Candidate c) => c.Tier switch
    {
        MemoryTier.Working => 1,
        MemoryTier.Archive => 0,
        _ => 0.5f,
    });

    private static float IsAsked(CandidateSet set, in Candidate candidate) => set.Question.Asks(candidate.Speaker) ? 1 : 0;

    private static float Has(in Candidate candidate, Trait trait) => (candidate.Traits & trait) != 0 ? 1 : 0;

    private static float Fading(TimeSpan age) => (float)Math.Pow(2, -Math.Max(0, age.TotalDays) / HalfLifeDays);

    private static float Closeness(Question question, DateTimeOffset occurredAt)
    {
        var day = DateOnly.FromDateTime(occurredAt.DateTime);
        var best = 0.0;
        foreach (var date in question.Dates)
        {
            best = Math.Max(best, 1 - (date.DaysTo(day) / DaysToMiss));
        }

        foreach (var span in question.Spans)
        {
            best = Math.Max(best, 1 - (span.DaysTo(day) / DaysToMiss));
        }

        return (float)best;
    }
}
