using System.Diagnostics;

namespace Keepsake.Bench;

/// <summary>Milliseconds, and what share of them is below which.</summary>
internal static class Times
{
    /// <summary>How long each of some works takes, one after another.</summary>
    public static async Task<List<double>> OfAsync(int times, Func<int, Task> work)
    {
        List<double> milliseconds = new(times);
        for (var i = 0; i < times; i++)
        {
            var startedAt = Stopwatch.GetTimestamp();
            await work(i);
            milliseconds.Add(Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds);
        }

        return milliseconds;
    }

    /// <summary>The time that a share of all is at most.</summary>
    public static double At(IEnumerable<double> times, double share)
    {
        var sorted = times.Order().ToList();
        return sorted[(int)((sorted.Count - 1) * share)];
    }
}
