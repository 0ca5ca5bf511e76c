using System.Numerics.Tensors;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>Adds up the signals and says how relevant each candidate is.</summary>
/// <param name="signals">Each signal and its weight.</param>
internal sealed class Ranker(IReadOnlyList<(ISignal Signal, float Weight)> signals)
{
    // Vectors are not kept more exactly than this: what differs by less does not differ.
    private const float MinSpread = 1e-3f;

    // Of the weight that words lose, so much stays in what a sum is divided by: the best of an answer is less good where its words are not trusted, and so less likely one.
    private const float Doubt = 0.25f;

    /// <summary>The signals and weights in use. Round numbers; docs/recall.md says how they were found.</summary>
    public static Ranker Default { get; } = new(
    [
        (new WordsSignal(), 0.20f),
        (new ExactSignal(), 0.30f),
        (new SessionWordsSignal(), 0.09f),
        (new MeaningSignal(), 0.08f),
        (new NearbyMeaningSignal(), 0.10f),
        (new AnswerSignal(), 0.06f),
        (Circumstances.Speaker, 0.07f),
        (Circumstances.AskerSaid, 0.15f),
        (Circumstances.FirstPerson, 0.05f),
        (Circumstances.Tells, 0.13f),
        (Circumstances.SaysWhen, 0.06f),
        (Circumstances.HasNumber, 0.06f),
        (Circumstances.Standing, 0.14f),
        (Circumstances.Time, 0.10f),
        (Circumstances.Importance, 0.03f),
        (Circumstances.Recency, 0.02f),
        (Circumstances.Usage, 0.01f),
        (Circumstances.Tier, 0.03f),
    ]);

    /// <summary>What the signals are called, in their order.</summary>
    public IReadOnlyList<string> Names => [.. signals.Select(s => s.Signal.Name)];

    /// <summary>The same ranking without one signal, to see what that one is worth.</summary>
    public Ranker Without(string name) => new([.. signals.Where(s => s.Signal.Name != name)]);

    /// <summary>The same ranking with another weight for one signal, to see what the weight is worth.</summary>
    public Ranker With(string name, float weight) => new([.. signals.Select(s => s.Signal.Name == name ? (s.Signal, weight) : s)]);

    /// <summary>Scores candidates.</summary>
    public Ranking Score(CandidateSet set)
    {
        var count = set.Candidates.Length;
        List<ScoredSignal> scored = new(signals.Count);
        var sum = new float[count];
        var hasEvidence = new bool[count];
        var weights = 0f;
        foreach (var (signal, given) in signals)
        {
            var weight = given * signal.Kind switch
            {
                SignalKind.Words => set.Trust.Words,
                SignalKind.Meaning => set.Trust.Meaning,
                _ => 1,
            };
            var values = new float[count];
            if (!signal.TryScore(set, values))
            {
                continue;
            }

            var evidence = signal.Kind != SignalKind.Circumstance;
            for (var c = 0; c < count; c++)
            {
                values[c] = set.Candidates[c].CanReturn ? values[c] : 0;
                hasEvidence[c] |= evidence && values[c] > 0;
            }

            if (evidence)
            {
                Scale(values);
            }

            TensorPrimitives.MultiplyAdd(values, weight, sum, sum);
            weights += weight + (signal.Kind == SignalKind.Words ? Doubt * (given - weight) : 0);
            scored.Add(new(signal.Name, weight, values));
        }

        for (var c = 0; c < count; c++)
        {
            // A candidate without evidence is no answer, whoever said it.
            sum[c] = hasEvidence[c] && set.Candidates[c].CanReturn ? Math.Max(sum[c] / weights, float.Epsilon) : 0;
        }

        return new(sum, scored);
    }

    // Raw values of different signals, and of one signal on different questions, do not compare.
    private static void Scale(Span<float> values)
    {
        var best = values.IsEmpty ? 0 : TensorPrimitives.Max<float>(values);
        for (var c = 0; c < values.Length; c++)
        {
            values[c] = best <= 0 ? 0 : best < MinSpread ? (values[c] > 0 ? 1 : 0) : Math.Max(0, values[c] / best);
        }
    }
}

/// <summary>The scores of one search.</summary>
/// <param name="Scores">Each candidate's, from 0 to 1; 0: it is no answer.</param>
/// <param name="Signals">The signals that had something to go by, with each candidate's value.</param>
internal sealed record Ranking(float[] Scores, IReadOnlyList<ScoredSignal> Signals)
{
    /// <summary>Says what ranked a candidate.</summary>
    public Explanation Explain(int candidate)
    {
        var sum = Signals.Sum(signal => signal.Weight * signal.Values[candidate]);
        return new(
            Signals.ToDictionary(signal => signal.Name, signal => Shown(signal.Values[candidate])),
            Signals.ToDictionary(signal => signal.Name, signal => sum > 0 ? Shown(signal.Weight * signal.Values[candidate] / sum) : 0));
    }

    // A person reads it: what a float adds beyond its own digits says nothing.
    private static double Shown(float value) => Math.Round(value, 6);
}

/// <summary>What one signal says of all candidates.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">What it counts beside the others.</param>
/// <param name="Values">Each candidate's value, from 0 to 1.</param>
internal readonly record struct ScoredSignal(string Name, float Weight, float[] Values);
