using Keepsake.Recall.Analysis;

namespace Keepsake.Recall.Signals;

/// <summary>The candidates of one search and what the question finds in them: all that a signal may look at.</summary>
/// <remarks>
/// A candidate's neighbours in its session are in the set too, whether or not they may be returned. Passages are numbered through:
/// those of a candidate follow each other.
/// </remarks>
internal sealed class CandidateSet
{
    private Trust? _trust;

    /// <summary>What the question says of itself.</summary>
    public required Question Question { get; init; }

    /// <summary>The time of asking.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The candidates.</summary>
    public required Candidate[] Candidates { get; init; }

    /// <summary>What each term of the question is worth: <see cref="Bm25.InverseFrequency"/> over the passages of all that is searched. A term found nowhere is a very rare one.</summary>
    public required float[] Worth { get; init; }

    /// <summary>What a term is worth that is found nowhere.</summary>
    public required float WorthOfUnknown { get; init; }

    /// <summary>The share of the question's other names that are nowhere in what is searched, from 0 to 1.</summary>
    public float UnknownNames { get; init; }

    /// <summary>For each term, whether it is of one of the question's <see cref="Question.Identifiers"/>. Empty: none is.</summary>
    public bool[] IsIdentifier { get; init; } = [];

    /// <summary>Whether a term of the question's <see cref="Question.Identifiers"/> is anywhere in what is searched.</summary>
    public bool FindsIdentifier => IsIdentifier.Index().Any(term => term.Item && Worth[term.Index] < WorthOfUnknown);

    /// <summary>How many passages are searched, candidates or not; of a filter those that match it, or so many of them that more make no difference.</summary>
    public required int Passages { get; init; }

    /// <summary>The terms in a passage, on average over all that is searched.</summary>
    public required float AveragePassage { get; init; }

    /// <summary>The terms in a session, on average over all that is searched.</summary>
    public required float AverageSession { get; init; }

    /// <summary>The number of terms in each passage.</summary>
    public required int[] PassageLengths { get; init; }

    /// <summary>How often each term of the question occurs in each passage: a row of <see cref="Worth"/>'s length a passage.</summary>
    public required float[] Occurrences { get; init; }

    /// <summary>The number of terms in each session.</summary>
    public required int[] SessionLengths { get; init; }

    /// <summary>How often each term of the question occurs in each session, as <see cref="Occurrences"/>.</summary>
    public required float[] SessionOccurrences { get; init; }

    /// <summary>Whether the question has a vector, and what is searched has some.</summary>
    public bool HasSimilarity { get; init; }

    /// <summary>Whether the question has any term at all, known or not: "what is it?" has none.</summary>
    public bool HasTerms => Worth.Length > 0;

    /// <summary>Whether anything stands beside something else in its session.</summary>
    public bool HasSurroundings => Array.Exists(Candidates, candidate => candidate.Previous != Candidate.None || candidate.Next != Candidate.None);

    /// <summary>How far what is found can be trusted.</summary>
    public Trust Trust => _trust ??= Trust.In(this);

    /// <summary>The most of what the question's terms are worth together that one passage has which may be returned, from 0 to 1.</summary>
    public float BestCoverage()
    {
        var covered = 0f;
        foreach (ref readonly var candidate in Candidates.AsSpan())
        {
            for (var passage = candidate.FirstPassage; candidate.CanReturn && passage < candidate.EndOfPassages; passage++)
            {
                covered = Math.Max(covered, Covered(passage));
            }
        }

        return HasTerms ? covered / Math.Max(float.Epsilon, Worth.Sum()) : 0;
    }

    /// <summary>The occurrences of the question's terms in a passage.</summary>
    public ReadOnlySpan<float> OccurrencesIn(int passage) => Occurrences.AsSpan(passage * Worth.Length, Worth.Length);

    /// <summary>What the terms are worth together that a passage has, however often.</summary>
    public float Covered(int passage)
    {
        var occurrences = OccurrencesIn(passage);
        var covered = 0f;
        for (var t = 0; t < occurrences.Length; t++)
        {
            covered += occurrences[t] > 0 ? Worth[t] : 0;
        }

        return covered;
    }
}

/// <summary>One candidate, by what was noted when it was written and what the question finds in it.</summary>
internal struct Candidate
{
    /// <summary>No neighbour, no speaker.</summary>
    public const int None = -1;

    /// <summary>Whether it may be returned. One that may not is here as a neighbour.</summary>
    public bool CanReturn;

    /// <summary>The first of its passages.</summary>
    public int FirstPassage;

    /// <summary>How many passages it has, at least one.</summary>
    public int PassageCount;

    /// <summary>The terms in all its passages.</summary>
    public int Length;

    /// <summary>Its session's number.</summary>
    public int Session;

    /// <summary>The candidate before it in its session, or <see cref="None"/>.</summary>
    public int Previous;

    /// <summary>The candidate after it in its session, or <see cref="None"/>.</summary>
    public int Next;

    /// <summary>The mean of its best passage's cosine with the question and of the whole's; not below 0.</summary>
    public float Similarity;

    /// <summary>The same with less of what all that is searched has in common (<see cref="Legs.CommonDirection"/>); not below 0.</summary>
    public float SimilarityApart;

    /// <summary>Its speaker's number, or <see cref="None"/>.</summary>
    public int Speaker;

    /// <summary>The share of its words that are I, my, we and so on.</summary>
    public float FirstPersonShare;

    /// <summary>The share of it that asks something.</summary>
    public float QuestionShare;

    /// <summary>What kind of thing it says.</summary>
    public Trait Traits;

    /// <summary>When it happened.</summary>
    public DateTimeOffset OccurredAt;

    /// <summary>From 0 to 1, as its writer said.</summary>
    public float Importance;

    /// <summary>When it was last recalled, or <see cref="DateTimeOffset.MinValue"/>.</summary>
    public DateTimeOffset LastRecalledAt;

    /// <summary>How near at hand it is kept.</summary>
    public MemoryTier Tier;

    /// <summary>The number after its last passage.</summary>
    public readonly int EndOfPassages => FirstPassage + PassageCount;
}
