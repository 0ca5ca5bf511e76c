namespace Keepsake.Server.Cli.Eval;

/// <summary>Says whether one setting is better than another on the same questions, or only luckier.</summary>
/// <remarks>
/// The interval is a paired bootstrap's: the questions are drawn again with replacement, and 95 of 100 draws have a mean
/// difference within it. The p-value is a paired randomization test's: how often the difference would be as large if each
/// question had given either setting's score to the other by the toss of a coin. Both draw with a seed, so a run can be repeated.
/// </remarks>
internal static class PairedTest
{
    /// <summary>How often the questions are drawn, and how often the coins are tossed.</summary>
    public const int Draws = 10_000;

    private const int Seed = 20260101;
    private const double Outside = 0.025;

    // Sums of the same numbers in another order differ in the last digits.
    private const double Rounding = 1e-9;

    /// <summary>Compares scores of the same questions.</summary>
    /// <param name="a">The scores under one setting.</param>
    /// <param name="b">The scores under the other, in the same order.</param>
    /// <returns>The difference is <paramref name="b"/>'s mean less <paramref name="a"/>'s; a win is a question on which <paramref name="b"/> is better.</returns>
    public static PairedResult Run(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double[] differences = [.. a.Zip(b, (x, y) => y - x)];
        var (low, high) = Interval(differences);
        return new()
        {
            Difference = RankedScore.Mean(differences.Sum(), differences.Length),
            Interval = [low, high],
            P = PValue(differences),
            Wins = differences.Count(d => d > Rounding),
            Losses = differences.Count(d => d < -Rounding),
            Ties = differences.Count(d => Math.Abs(d) <= Rounding),
        };
    }

#pragma warning disable CA5394 // Statistics want draws that can be repeated, not secrets.
    private static (double Low, double High) Interval(double[] differences)
    {
        if (differences.Length == 0)
        {
            return (0, 0);
        }

        var random = new Random(Seed);
        var sums = new double[Draws];
        for (var draw = 0; draw < Draws; draw++)
        {
            for (var i = 0; i < differences.Length; i++)
            {
                sums[draw] += differences[random.Next(differences.Length)];
            }
        }

        Array.Sort(sums);
        return (
            RankedScore.Mean(sums[(int)(Draws * Outside)], differences.Length),
            RankedScore.Mean(sums[Draws - 1 - (int)(Draws * Outside)], differences.Length));
    }

    private static double PValue(double[] differences)
    {
        var random = new Random(Seed);
        double[] unequal = [.. differences.Where(d => Math.Abs(d) > Rounding)];
        var seen = Math.Abs(unequal.Sum()) - Rounding;
        var asLarge = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            var sum = 0.0;
            foreach (var difference in unequal)
            {
                sum += random.Next(2) == 0 ? difference : -difference;
            }

            asLarge += Math.Abs(sum) >= seen ? 1 : 0;
        }

        // What was seen is one of the ways the coins can fall, so the value is never 0.
        return Math.Round((asLarge + 1.0) / (Draws + 1), 5);
    }
#pragma warning restore CA5394
}
