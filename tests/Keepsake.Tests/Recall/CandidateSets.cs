using Keepsake.Recall;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall;

/// <summary>Candidates by hand: one passage each, one session.</summary>
internal static class CandidateSets
{
    public static CandidateSet Of(Question question, params Candidate[] candidates) => Of(question, [.. candidates.Select(_ => 0f)], candidates);

    /// <summary>Candidates that hold the question's term so many times.</summary>
    public static CandidateSet Of(Question question, float[] occurrences, params Candidate[] candidates) => Of(question, [1], occurrences, candidates);

    /// <summary>Candidates that hold the question's terms so many times.</summary>
    /// <param name="question">The question.</param>
    /// <param name="worth">What each term is worth.</param>
    /// <param name="occurrences">A row of terms a candidate.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="alone">Whether each stands in a session of its own.</param>
    /// <param name="passages">How many passages are searched.</param>
    /// <param name="hasSimilarity">Whether there are vectors.</param>
    public static CandidateSet Of(
        Question question, float[] worth, float[] occurrences, Candidate[] candidates, bool alone = false, int passages = 700, bool hasSimilarity = true) => new()
        {
            Question = question,
            Now = Entries.Now,
            Candidates = [.. candidates.Select((c, i) => c with
        {
            CanReturn = true,
            FirstPassage = i,
            PassageCount = 1,
            Previous = alone ? Candidate.None : i - 1,
            Next = !alone && i + 1 < candidates.Length ? i + 1 : Candidate.None,
        })],
            Worth = worth,
            WorthOfUnknown = 5,
            Passages = passages,
            AveragePassage = 10,
            AverageSession = 10,
            PassageLengths = [.. candidates.Select(c => c.Length)],
            Occurrences = occurrences,
            SessionLengths = [candidates.Sum(c => c.Length)],
            SessionOccurrences = [.. worth.Select((_, t) => occurrences.Where((_, i) => i % worth.Length == t).Sum())],
            HasSimilarity = hasSimilarity,
        };

    public static Question Question(string text = "q") => new() { Subject = text };

    public static float[]? Score(this ISignal signal, CandidateSet set)
    {
        var values = new float[set.Candidates.Length];
        return signal.TryScore(set, values) ? values : null;
    }
}
