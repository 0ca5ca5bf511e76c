using System.Diagnostics;
using System.Text.Json;
using Keepsake.Embedding;

namespace Keepsake.Bench;

/// <summary>What encryption costs beside a plain store in the same run, how long new keys take, and what writes feel of it.</summary>
internal static class SealingBench
{
    private const int Seed = 20260101;
    private const int Writes = 400;
    private const int Searches = 400;
    private const int Namespaces = 10;
    private const int WritesASecond = 500;
    private static readonly TimeSpan WarmingTime = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(string[] args)
    {
        var records = Arguments.Number(args, "--records", 100_000);
        var folder = Directory.CreateTempSubdirectory("keepsake-bench-").FullName;
        try
        {
            using var embedder = new Embedder(new EmbeddingOptions());
            await using var stores = await MemoryStores.TryOpenAsync(DataFolder.Open(folder), embedder)
                ?? throw new InvalidOperationException("The folder is owned by another process.");
            await stores.CreateAsync("plain");
            await stores.CreateEncryptedAsync("sealed");
            var plain = await CostAsync(stores["plain"], records);
            var @sealed = await CostAsync(stores["sealed"], records);
            var idle = await SteadyAsync(stores["sealed"], TimeSpan.FromSeconds(10));
            var (seconds, during) = await RotateAsync(stores);
            Print(args.Contains("--json"), records, plain, @sealed, idle, during, seconds, await ScrubAsync(stores));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Cost> CostAsync(IMemory memory, int records)
    {
        var corpus = new Corpus(Seed);
        await memory.RecallAsync(new() { Query = "warm up" });
        var import = await Import.RunAsync(memory, corpus, 0, records, Namespaces);
        var write = await TimesAsync(Writes, i => memory.RememberAsync(
            new() { Namespace = "bench/writes", Facts = [new() { Content = $"{corpus.Sentence()} {i}" }] }));
        var questions = Enumerable.Range(0, Searches).Select(_ => corpus.Sentence(8)).ToList();
        for (var warming = Stopwatch.StartNew(); warming.Elapsed < WarmingTime;)
        {
            await TimesAsync(Searches / 5, i => memory.RecallAsync(new() { Query = questions[i], MinRelevance = 0 }));
        }

        var search = await TimesAsync(Searches, i => memory.RecallAsync(new() { Query = questions[i], MinRelevance = 0 }));
        return new(import, At(write, 0.5), At(search, 0.5));
    }

    private static async Task<(double Seconds, double P99)> RotateAsync(MemoryStores stores)
    {
        using var ended = new CancellationTokenSource();
        var writing = SteadyAsync(stores["sealed"], Timeout.InfiniteTimeSpan, ended.Token);
        var rotating = Stopwatch.StartNew();
        await stores.RotateKeysAsync("sealed", null, compromised: false);
        while ((await stores.SealingProgressAsync("sealed")).State == "rotating")
        {
            await Task.Delay(10);
        }

        var seconds = rotating.Elapsed.TotalSeconds;
        await ended.CancelAsync();
        return (seconds, await writing);
    }

    /// <summary>Writes at a steady rate, each when its time comes whether or not others have returned.</summary>
    /// <returns>The 99th percentile in milliseconds.</returns>
    private static async Task<double> SteadyAsync(IMemory memory, TimeSpan @for, CancellationToken ended = default)
    {
        var corpus = new Corpus(Seed + 1);
        var running = Stopwatch.StartNew();
        List<Task<double>> writes = [];
        while (!ended.IsCancellationRequested && (@for == Timeout.InfiniteTimeSpan || running.Elapsed < @for))
        {
            var due = running.Elapsed.TotalSeconds * WritesASecond;
            while (writes.Count < due)
            {
                var content = $"{corpus.Sentence()} {writes.Count}";
                writes.Add(Task.Run(async () =>
                {
                    var startedAt = Stopwatch.GetTimestamp();
                    await memory.RememberAsync(new() { Namespace = "bench/steady", Facts = [new() { Content = content }] }, null, CancellationToken.None);
                    return Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
                }, CancellationToken.None));
            }

            await Task.Delay(1, CancellationToken.None);
        }

        var times = await Task.WhenAll(writes);
        Array.Sort(times);
        return At(times, 0.99);
    }

    private static async Task<double> ScrubAsync(MemoryStores stores) => (await stores.Database.Care.ScrubAsync(pause: null, CancellationToken.None)).RowsASecond;

    private static async Task<double[]> TimesAsync(int times, Func<int, Task> work)
    {
        var milliseconds = new double[times];
        for (var i = 0; i < times; i++)
        {
            var startedAt = Stopwatch.GetTimestamp();
            await work(i);
            milliseconds[i] = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        }

        Array.Sort(milliseconds);
        return milliseconds;
    }

    private static double At(double[] sorted, double share) => sorted[(int)((sorted.Length - 1) * share)];

    private static void Print(bool json, int records, Cost plain, Cost @sealed, double idle, double during, double seconds, double scrub) => Console.WriteLine(json
        ? JsonSerializer.Serialize(new { records, plain, @sealed, rotationSeconds = seconds, steadyWriteP99Ms = new { idle, rotating = during }, scrubPerSecond = scrub })
        : FormattableString.Invariant($"""
            records                 {records} plain, as many sealed
            import                  {plain.Import:F0} a second plain, {@sealed.Import:F0} sealed: {plain.Import / @sealed.Import:F2} times as long
            durable write, p50      {plain.Write:F3} ms plain, {@sealed.Write:F3} ms sealed: {@sealed.Write / plain.Write:F2} times
            whole search, p50       {plain.Search:F3} ms plain, {@sealed.Search:F3} ms sealed: {@sealed.Search / plain.Search:F2} times
            rotation                {seconds:F2} s
            {WritesASecond} writes/s, p99       {idle:F2} ms idle, {during:F2} ms while rotating
            scrub                   {scrub:F0} rows a second
            """));

    private sealed record Cost(double Import, double Write, double Search);
}
