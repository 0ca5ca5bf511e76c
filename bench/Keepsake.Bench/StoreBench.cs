using System.Diagnostics;
using System.Text.Json;
using Keepsake.Embedding;
using Keepsake.Serialization;

namespace Keepsake.Bench;

/// <summary>What a durable write, an import and a search cost through the front of the library, on the disk that holds the folder.</summary>
internal static class StoreBench
{
    private const int Seed = 20260101;
    private const int Writes = 500;
    private const int Searches = 500;
    private static readonly TimeSpan SteadyTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarmingTime = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(string[] args)
    {
        var records = Arguments.Number(args, "--records", 10_000);
        var folder = Directory.CreateTempSubdirectory("keepsake-bench-").FullName;
        try
        {
            using var embedder = new Embedder(new EmbeddingOptions());
            var opened = await MemoryStores.TryOpenAsync(DataFolder.Open(folder), embedder)
                ?? throw new InvalidOperationException("The folder is owned by another process.");
            await using var stores = opened;
            var memory = stores[MemoryStores.DefaultStore];
            var corpus = new Corpus(Seed);
            await memory.RecallAsync(new() { Query = "warm up" });

            var processorBefore = Environment.CpuUsage.TotalTime;
            var import = new Imported(await Import.RunAsync(memory, corpus, 0, records, 1), (Environment.CpuUsage.TotalTime - processorBefore).TotalMicroseconds / records);
            var fsync = await PercentilesAsync(Writes, _ =>
            {
                Fsync(Path.Combine(folder, "fsync.tmp"));
                return Task.CompletedTask;
            });
            var write = await PercentilesAsync(Writes, async i => await memory.RememberAsync(
                new() { Namespace = "bench/writes", Facts = [new() { Content = $"{corpus.Sentence()} {i}" }] }));
            var questions = Enumerable.Range(0, Searches).Select(_ => corpus.Sentence(8)).ToList();
            for (var warming = Stopwatch.StartNew(); warming.Elapsed < WarmingTime;)
            {
                // Until the code is compiled at its best, as a published program is from the start.
                await PercentilesAsync(Searches / 5, i => memory.RecallAsync(new() { Query = questions[i], MinRelevance = 0 }));
            }

            var search = await PercentilesAsync(Searches, i => memory.RecallAsync(new() { Query = questions[i], MinRelevance = 0 }));
            var steady = await SteadyWrites.ForAsync(memory, SteadyTime);
            Print(args.Contains("--json"), records, import, fsync, write, search, (Times.At(steady, 0.5), Times.At(steady, 0.99)));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Writes records as lines of an export, for <c>keepsake import</c>.</summary>
    public static int WriteCorpus(string[] args)
    {
        var corpus = new Corpus(Seed);
        using var output = Console.OpenStandardOutput();
        for (var i = 0; i < Arguments.Number(args, "--records", 100_000); i++)
        {
            output.Write(JsonSerializer.SerializeToUtf8Bytes<MemoryItem>(
                corpus.Record(i, Arguments.Number(args, "--namespaces", 1)), KeepsakeJson.Default.MemoryItem));
            output.WriteByte((byte)'\n');
        }

        return 0;
    }

    private static void Fsync(string file)
    {
        using var stream = new FileStream(file, FileMode.Append);
        stream.Write(new byte[4_096]);
        stream.Flush(flushToDisk: true);
    }

    private static async Task<(double P50, double P95)> PercentilesAsync(int times, Func<int, Task> work)
    {
        var milliseconds = await Times.OfAsync(times, work);
        return (Times.At(milliseconds, 0.5), Times.At(milliseconds, 0.95));
    }

    private static void Print(
        bool json, int records, Imported import, (double P50, double P95) fsync, (double P50, double P95) write, (double P50, double P95) search,
        (double P50, double P99) steady)
    {
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new
            {
                records,
                importPerSecond = Math.Round(import.PerSecond),
                importProcessorMicroseconds = Math.Round(import.ProcessorMicroseconds),
                fsyncMs = new { p50 = fsync.P50, p95 = fsync.P95 },
                writeMs = new { p50 = write.P50, p95 = write.P95 },
                searchMs = new { p50 = search.P50, p95 = search.P95 },
                steadyWriteMs = new { perSecond = SteadyWrites.PerSecond, p50 = steady.P50, p99 = steady.P99 },
            })
            : FormattableString.Invariant($"""
                records               {records}
                import                {import.PerSecond:F0} a second, {import.ProcessorMicroseconds:F0} µs of processor time each
                write and fsync 4 KiB {fsync.P50:F3} ms p50, {fsync.P95:F3} ms p95
                durable single write  {write.P50:F3} ms p50, {write.P95:F3} ms p95
                whole search          {search.P50:F3} ms p50, {search.P95:F3} ms p95
                {SteadyWrites.PerSecond} writes a second   {steady.P50:F3} ms p50, {steady.P99:F3} ms p99
                """));
    }

    private readonly record struct Imported(double PerSecond, double ProcessorMicroseconds);
}
