using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>What tells whether the answer to a question is there at all. Nothing in it is scaled to the best entry.</summary>
internal readonly record struct Evidence
{
    // The best cosine of an unrelated and of a related question, with the built-in model.
    private const float UnrelatedCosine = 0.3f;
    private const float CosineOfWords = 0.4f;

    // What the likelihood was fitted on: conversations of some hundred turns.
    public const int ManyPassages = 700;

    /// <summary>BM25 of the best passage by what the question's terms are worth together, a term found nowhere as a very rare one. At most 1.</summary>
    public float Words { get; init; }

    /// <summary>The most of that worth whose terms one passage has, however often and in whatever length. From 0 to 1.</summary>
    public float Coverage { get; init; }

    /// <summary>The best similarity. Where there are no vectors, what it would be by the words.</summary>
    public float Cosine { get; init; }

    /// <summary>The best sum of signals.</summary>
    public float BestScore { get; init; }

    /// <summary>Whether someone it names speaks in what is searched.</summary>
    public bool NamesSpeaker { get; init; }

    /// <summary>The share of its names that are nowhere in what is searched.</summary>
    public float UnknownNames { get; init; }

    /// <summary>1 / (1 + terms): few words are found together by chance.</summary>
    public float Brevity { get; init; }

    /// <summary>How few passages were searched, from 0, where there are <see cref="ManyPassages"/> or more, up by 1 for each time that there are e times fewer.</summary>
    public float Fewness { get; init; }

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

            cosine = Math.Max(cosine, candidate.Similarity);
            for (var passage = candidate.FirstPassage; passage < candidate.EndOfPassages; passage++)
            {
                var occurrences = set.OccurrencesIn(passage);
                words = Math.Max(words, Bm25.Score(set.Worth, occurrences, set.PassageLengths[passage], set.AveragePassage));
                coverage = Math.Max(coverage, set.Covered(passage));
            }
        }

        var attainable = Math.Max(float.Epsilon, set.Worth.Sum());
        words = Math.Min(1, words / attainable);
        return new()
        {
            // A question without a term says all it says by its meaning.
            Words = set.HasTerms ? words : cosine,
            Coverage = set.HasTerms ? coverage / attainable : cosine,
            Cosine = set.HasSimilarity ? cosine : UnrelatedCosine + (CosineOfWords * words),
            BestScore = bestScore,
            NamesSpeaker = set.Question.NamesSpeaker,
            UnknownNames = set.UnknownNames,
            Fewness = MathF.Log((float)ManyPassages / Math.Clamp(set.Passages, 1, ManyPassages)),
            Brevity = 1f / (1 + set.Worth.Length),
        };
    }
}
