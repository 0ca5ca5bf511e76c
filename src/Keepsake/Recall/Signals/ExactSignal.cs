namespace Keepsake.Recall.Signals;

/// <summary>It holds the question's very words, where the question names something that is written in one way only: <c>ERR_1042</c>, <c>v2.1</c>, <c>billing/api</c>.</summary>
/// <remarks>
/// The share of the words' worth that one passage of the candidate has, to the fourth power: who asks with an identifier wants the place where it stands and not what was said
/// beside it. No evidence of its own, because the words are that already.
/// </remarks>
internal sealed class ExactSignal : ISignal
{
    /// <inheritdoc/>
    public string Name => "exact";

    /// <inheritdoc/>
    public SignalScale Scale => SignalScale.Given;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        if (!set.HasTerms || !set.Question.NamesIdentifier)
        {
            return false;
        }

        var worth = set.Worth.Sum();
        for (var c = 0; c < values.Length; c++)
        {
            ref readonly var candidate = ref set.Candidates[c];
            for (var passage = candidate.FirstPassage; candidate.CanReturn && passage < candidate.EndOfPassages; passage++)
            {
                values[c] = Math.Max(values[c], MathF.Pow(set.Covered(passage) / worth, 4));
            }
        }

        return true;
    }
}
