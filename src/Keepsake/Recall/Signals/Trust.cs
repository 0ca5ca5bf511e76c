namespace Keepsake.Recall.Signals;

/// <summary>How far what is found by words, and by meaning, can be trusted to be what is meant: a part of its weight, the same for all candidates.</summary>
/// <param name="Words">Of words, from 0 to 1.</param>
/// <param name="Meaning">Of meaning, from 0 to 1.6: more than 1 where it stands in for words.</param>
internal readonly record struct Trust(float Words, float Meaning)
{
    // What one passage of many hardly has by chance: such a share of what the question's terms are worth together, or of terms worth the average so many.
    private const float EnoughCoverage = 0.37f;
    private const float EnoughTerms = 2.5f;
    private const float ManyPassages = 100;

    // How fast they lose what they count below that: at half of it next to all.
    private const float Steepness = 6;

    // What meaning gains of its own weight where words are not trusted at all: a third of what they lose.
    private const float Inherited = 0.6f;

    /// <summary>Tells it by what the best passage holds of the question.</summary>
    public static Trust In(CandidateSet set)
    {
        if (!set.HasTerms)
        {
            return new(1, 1);
        }

        var coverage = set.BestCoverage();
        var words = InWords(set, coverage);
        return new(words, InMeaning(set, coverage) * (1 + (Inherited * (1 - words))));
    }

    // Of a question put in other words, some passage has one or two all the same, by chance; an identifier is not. What one speaker said is little, and in it less is. Without
    // vectors words are all there is.
    private static float InWords(CandidateSet set, float coverage)
    {
        if (!set.HasSimilarity || set.Question.NamesSpeaker || set.FindsIdentifier)
        {
            return 1;
        }

        // Of few passages, one word found is rare enough.
        var enough = Math.Min(EnoughCoverage, EnoughTerms / set.Worth.Length) * Math.Min(1, MathF.Log(set.Passages) / MathF.Log(ManyPassages));
        return enough > 0 ? Math.Min(1, MathF.Pow(coverage / enough, Steepness)) : 1;
    }

    // Of texts that stand alone, one with all the question's many words is what is looked for, and meaning has no say; one word found says nothing. Within a
    // conversation what has them all may as well be what somebody else asked.
    private static float InMeaning(CandidateSet set, float coverage)
    {
        var terms = set.Worth.Length;
        return set.HasSurroundings ? 1 : 1 - (MathF.Pow(coverage, 4) * (terms - 1) / terms);
    }
}
