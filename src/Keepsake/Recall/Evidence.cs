using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>What tells whether the answer to a question is there at all. Nothing in it is scaled to the best entry.</summary>
internal readonly record struct Evidence
{
    /// <summary>Among more passages than this, another ten times as many make no answer less likely: it was not fitted beyond.</summary>
    public const int ManyPassages = 7000;

    /// <summary>Passages shorter than this, on average, make an answer no likelier: it was not fitted below.</summary>
    public const float ShortPassage = 14;

    /// <summary>Passages longer than this, on average, make an answer no less likely: it was not fitted above.</summary>
    public const float LongPassage = 33;

    // The best cosine of an unrelated question with the built-in model, and how much more it is where every word is there.
    private const float UnrelatedCosine = 0.24f;
    private const float CosineOfWords = 0.6f;

    /// <summary>BM25 of the best passage by what the question's terms are worth together, a term found nowhere as a very rare one. At most 1.</summary>
    public float Words { get; init; }

    /// <summary>The most of that worth whose terms one passage of a teller has, however often and in whatever length. From 0 to 1.</summary>
    /// <remarks>A teller is whose words may answer: <see cref="Question.MayTell"/>.</remarks>
    public float Coverage { get; init; }

    /// <summary>The same in words that occur nowhere else: two common words found together say less than a rare one. From 0 up to the question's number of terms.</summary>
    public float RareWords { get; init; }

    /// <summary>The best similarity of what a teller said. Where there are no vectors, what it would be by the words.</summary>
    public float Cosine { get; init; }

    /// <summary>The best sum of signals.</summary>
    public float BestScore { get; init; }

    /// <summary>Whether someone it names speaks in what is searched.</summary>
    public bool NamesSpeaker { get; init; }

    /// <summary>The share of its names that are nowhere in what is searched.</summary>
    public float UnknownNames { get; init; }

    /// <summary>1 / (1 + terms): of few words there is less to be found, in the text and in its meaning.</summary>
    public float Brevity { get; init; }

    /// <summary>Whether someone speaks who is no teller: in fewer words, chance finds less.</summary>
    public bool OnlySomeMayTell { get; init; }

    /// <summary>Whether it asks for a summary: what it is about is wide, and anything is a little like it.</summary>
    public bool AsksForSummary { get; init; }

    /// <summary>How many passages were searched, at least 1: the best of many is more like the question by chance.</summary>
    public int Passages { get; init; }

    /// <summary>How many terms a passage has on average: in few words chance finds less, and a short answer less of a question in other words.</summary>
    public float PassageLength { get; init; }

    /// <summary>Gathers it.</summary>
    public static Evidence Of(CandidateSet set, float bestScore)
    {
        var (words, coverage, cosine) = (0f, 0f, 0f);
        foreach (ref readonly var candidate in set.Candidates.AsSpan())
        {
            if (!candidate.CanReturn)
            {
                continue;
            }

            var tells = set.Question.MayTell(candidate.Speaker);
            cosine = tells ? Math.Max(cosine, candidate.Similarity) : cosine;
            for (var passage = candidate.FirstPassage; passage < candidate.EndOfPassages; passage++)
            {
                words = Math.Max(words, Bm25.Score(set.Worth, set.OccurrencesIn(passage), set.PassageLengths[passage], set.AveragePassage));
                coverage = tells ? Math.Max(coverage, set.Covered(passage)) : coverage;
            }
        }

        var attainable = Math.Max(float.Epsilon, set.Worth.Sum());
        words = Math.Min(1, words / attainable);
        return new()
        {
            // A question without a term says all it says by its meaning.
            Words = set.HasTerms ? words : cosine,
            Coverage = set.HasTerms ? coverage / attainable : cosine,
            RareWords = set.HasTerms ? coverage / set.WorthOfUnknown : 0,
            Cosine = set.HasSimilarity ? cosine : UnrelatedCosine + (CosineOfWords * coverage / attainable),
            BestScore = bestScore,
            NamesSpeaker = set.Question.NamesSpeaker,
            UnknownNames = set.UnknownNames,
            Brevity = set.HasTerms ? 1f / (1 + set.Worth.Length) : 0,
            OnlySomeMayTell = set.Question.Others.Contains(true),
            AsksForSummary = set.Question.AsksForSummary,
            Passages = Math.Max(1, set.Passages),
            PassageLength = set.AveragePassage,
        };
    }
}
