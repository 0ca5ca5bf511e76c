using System.Diagnostics;

namespace Keepsake.Bench.Peers;

/// <summary>Times the same questions alike for every system: one after another, after some that do not count.</summary>
internal static class Timing
{
    private const int WarmUp = 40;

    public static (double P50, double P95, IReadOnlyList<int>[] Found) Search(int questions, Func<int, IReadOnlyList<int>> search)
    {
        for (var q = 0; q < Math.Min(WarmUp, questions); q++)
        {
            search(q);
        }

        var found = new IReadOnlyList<int>[questions];
        var milliseconds = new double[questions];
        for (var q = 0; q < questions; q++)
        {
            var startedAt = Stopwatch.GetTimestamp();
            found[q] = search(q);
            milliseconds[q] = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        }

        return (Times.At(milliseconds, 0.5), Times.At(milliseconds, 0.95), found);
    }
}
