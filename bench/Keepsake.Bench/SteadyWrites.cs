using System.Diagnostics;

namespace Keepsake.Bench;

/// <summary>Writes at a steady rate, each when its time comes whether or not others have returned.</summary>
internal static class SteadyWrites
{
    public const int PerSecond = 500;

    // No two runs write the same.
    private static int _runs;

    /// <summary>Writes for a time, or until told to end.</summary>
    /// <returns>How long each write took, in milliseconds.</returns>
    public static async Task<IReadOnlyList<double>> ForAsync(IMemory memory, TimeSpan @for, CancellationToken ended = default)
    {
        var run = Interlocked.Increment(ref _runs);
        var corpus = new Corpus(run);
        var running = Stopwatch.StartNew();
        List<Task<double>> writes = [];
        while (!ended.IsCancellationRequested && (@for == Timeout.InfiniteTimeSpan || running.Elapsed < @for))
        {
            var due = running.Elapsed.TotalSeconds * PerSecond;
            while (writes.Count < due)
            {
                var content = $"{corpus.Sentence()} {run} {writes.Count}";
                writes.Add(Task.Run(async () =>
                {
                    var startedAt = Stopwatch.GetTimestamp();
                    await memory.RememberAsync(new() { Namespace = "bench/steady", Facts = [new() { Content = content }] }, null, CancellationToken.None);
                    return Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
                }, CancellationToken.None));
            }

            await Task.Delay(1, CancellationToken.None);
        }

        return await Task.WhenAll(writes);
    }
}
