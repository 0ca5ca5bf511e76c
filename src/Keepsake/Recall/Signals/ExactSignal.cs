namespace Keepsake.Recall.Signals;

/// <summary>It holds what the question names in the one way it is written: <c>ERR_1042</c>, <c>v2.1</c>, <c>settings.json</c>.</summary>
/// <remarks>
/// The share of the identifiers' worth that one passage of the candidate has, squared, by their share of the question's: who asks with an identifier wants the place where
/// it stands and not what was said beside it, and one identifier among many words is one word of them. No evidence of its own, because the words are that already.
/// </remarks>
internal sealed class ExactSignal : ISignal
{
    /// <inheritdoc/>
    public string Name => "exact";

    /// <inheritdoc/>
    public SignalKind Kind => SignalKind.Circumstance;

    /// <inheritdoc/>
    public bool TryScore(CandidateSet set, Span<float> values)
    {
        var attainable = set.IsIdentifier.Index().Sum(term => term.Item ? set.Worth[term.Index] : 0);
        var share = attainable > 0 ? attainable / set.Worth.Sum() : 0;
        for (var c = 0; attainable > 0 && c < values.Length; c++)
        {
            ref readonly var candidate = ref set.Candidates[c];
            for (var passage = candidate.FirstPassage; candidate.CanReturn && passage < candidate.EndOfPassages; passage++)
            {
                values[c] = Math.Max(values[c], share * MathF.Pow(Held(set, passage) / attainable, 2));
            }
        }

        return attainable > 0;
    }

    private static float Held(CandidateSet set, int passage)
    {
        var occurrences = set.OccurrencesIn(passage);
        var held = 0f;
        for (var t = 0; t < occurrences.Length; t++)
        {
            held += set.IsIdentifier[t] && occurrences[t] > 0 ? set.Worth[t] : 0;
        }

        return held;
    }
}
