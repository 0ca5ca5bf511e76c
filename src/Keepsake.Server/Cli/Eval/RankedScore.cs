namespace Keepsake.Server.Cli.Eval;

/// <summary>How well one ranked list holds what is wanted.</summary>
internal static class RankedScore
{
    /// <summary>The part of the wanted documents in the first <paramref name="depth"/>, 0 to 1.</summary>
    /// <param name="ranked">The documents found, best first, each once.</param>
    /// <param name="wanted">The documents that answer, at least one.</param>
    /// <param name="depth">How many are looked at.</param>
    public static double Recall(IReadOnlyList<string> ranked, IReadOnlySet<string> wanted, int depth) =>
        (double)ranked.Take(depth).Count(wanted.Contains) / wanted.Count;

    /// <summary>One over the rank of the first wanted document within <paramref name="depth"/>, else 0.</summary>
    public static double ReciprocalRank(IReadOnlyList<string> ranked, IReadOnlySet<string> wanted, int depth)
    {
        var rank = ranked.Take(depth).TakeWhile(document => !wanted.Contains(document)).Count();
        return rank < Math.Min(depth, ranked.Count) ? 1.0 / (rank + 1) : 0;
    }

    /// <summary>Normalised discounted cumulative gain: 1 when the first <paramref name="depth"/> could not be better.</summary>
    /// <param name="ranked">The documents found, best first, each once.</param>
    /// <param name="grades">The grade of each document that answers, at least 1.</param>
    /// <param name="depth">How many are looked at.</param>
    public static double Ndcg(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, int> grades, int depth)
    {
        var best = Gain(grades.Values.OrderDescending().Take(depth));
        return best > 0 ? Gain(ranked.Take(depth).Select(document => grades.GetValueOrDefault(document))) / best : 0;

        // The gain is the grade itself, as trec_eval has it, and not two to its power.
        static double Gain(IEnumerable<int> grades) => grades.Index().Sum(g => g.Item / Math.Log2(g.Index + 2));
    }

    /// <summary>A mean as reports have it: four digits, 0 where there is nothing.</summary>
    public static double Mean(double sum, int count) => count == 0 ? 0 : Math.Round(sum / count, 4);

    /// <summary>Percentiles of some calls by nearest rank: the smallest time that so many of them did not exceed.</summary>
    public static EvalTimes Times(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new(At(0.5), At(0.95));

        double At(double share) => sorted.Length == 0 ? 0 : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)], 3);
    }
}
