using System.Numerics.Tensors;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>Adds up the signals and picks the best.</summary>
/// <param name="signals">Evidence first.</param>
internal sealed class Ranker(IReadOnlyList<ISignal> signals)
{
    /// <summary>The signals and weights in use. Round numbers, chosen by hand; docs/recall.md says how.</summary>
    public static Ranker Default { get; } = new(
    [
        new PassageBm25Signal(0.25),
        new WindowBm25Signal(0.15),
        new SessionBm25Signal(0.15),
        new VectorSignal(0.25),
        new WindowVectorSignal(0.20),
        new SpeakerSignal(0.10),
        new FirstPersonSignal(0.10),
        new StatementSignal(0.05),
        new ImportanceSignal(0.05),
    ]);

    /// <summary>The same ranking without one signal, to see what that one is worth.</summary>
    public Ranker Without(string name) => new([.. signals.Where(s => s.Name != name)]);

    /// <summary>Ranks what a search found.</summary>
    /// <returns>At most <see cref="RecallQuery.Limit"/> hits, most relevant first; ties go to the one appended later.</returns>
    public IReadOnlyList<RankedHit> Rank(Search search)
    {
        var candidates = search.Candidates;
        var scored = new List<ScoredSignal>(signals.Count);
        foreach (var signal in signals)
        {
            if (signal.Weight > 0 && Score(search, signal) is { } values)
            {
                scored.Add(new(signal, values));
            }
        }

        var sum = Sum(candidates.Count, scored);
        var relevance = new Relevance(search);
        return [.. Enumerable.Range(0, candidates.Count)
            .Where(i => sum[i] > 0 && relevance.Of(sum[i]) >= search.Query.MinRelevance)
            .OrderByDescending(i => sum[i])
            .ThenByDescending(i => candidates.RowOf(i).Order)
            .Take(search.Query.Limit)
            .Select(i => new RankedHit(
                candidates.IdOf(i),
                relevance.Of(sum[i]),
                search.Query.Explain ? scored.ToDictionary(s => s.Signal.Name, s => (double)s.Values[i]) : null))];
    }

    // Scaled so that the best candidate has 1: raw values of different signals, and of one signal on different questions,
    // do not compare.
    private static float[]? Score(Search search, ISignal signal)
    {
        var values = new float[search.Candidates.Count];
        if (values.Length == 0 || !signal.TryScore(search, values))
        {
            return null;
        }

        var best = TensorPrimitives.Max<float>(values);
        if (best > 0)
        {
            TensorPrimitives.Divide(values, best, values);
        }

        // Words that match nothing are bad news and keep their share; a circumstance that holds for nothing is no news.
        return best > 0 || signal.IsEvidence ? values : null;
    }

    // Where a signal has nothing to go by, the others share its weight.
    private static float[] Sum(int count, List<ScoredSignal> scored)
    {
        var weights = scored.Sum(s => s.Signal.Weight);
        var sum = new float[count];
        foreach (var (signal, values) in scored.Where(s => s.Signal.IsEvidence))
        {
            TensorPrimitives.MultiplyAdd(values, (float)(signal.Weight / weights), sum, sum);
        }

        foreach (var (signal, values) in scored.Where(s => !s.Signal.IsEvidence))
        {
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += sum[i] > 0 ? values[i] * (float)(signal.Weight / weights) : 0;
            }
        }

        return sum;
    }

    private readonly record struct ScoredSignal(ISignal Signal, float[] Values);
}
