using Keepsake.Recall;
using Keepsake.Recall.Signals;

namespace Keepsake.Tests.Recall;

/// <summary>Candidates by hand: one passage each, one term in the question, one session.</summary>
internal static class CandidateSets
{
    public static CandidateSet Of(Question question, params Candidate[] candidates) => Of(question, [.. candidates.Select(_ => 0f)], candidates);

    /// <summary>Candidates that hold the question's term so many times.</summary>
    public static CandidateSet Of(Question question, float[] occurrences, params Candidate[] candidates) => new()
    {
        Question = question,
        Now = Entries.Now,
        Candidates = [.. candidates.Select((c, i) => c with
        {
            CanReturn = true,
            FirstPassage = i,
            PassageCount = 1,
            Previous = i - 1,
            Next = i + 1 < candidates.Length ? i + 1 : Candidate.None,
        })],
        Worth = [1],
        WorthOfUnknown = 5,
        Passages = 700,
        AveragePassage = 10,
        AverageSession = 10,
        PassageLengths = [.. candidates.Select(c => c.Length)],
        Occurrences = occurrences,
        SessionLengths = [candidates.Sum(c => c.Length)],
        SessionOccurrences = [occurrences.Sum()],
        HasSimilarity = true,
        MeanSimilarity = candidates.Average(c => c.Similarity),
    };

    public static Question Question(string text = "q") => new() { Subject = text };

    public static float[]? Score(this ISignal signal, CandidateSet set)
    {
        var values = new float[set.Candidates.Length];
        return signal.TryScore(set, values) ? values : null;
    }
}
