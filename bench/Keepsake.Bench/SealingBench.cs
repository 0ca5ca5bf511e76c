using System.Diagnostics;
using System.Text.Json;
using Keepsake.Embedding;

namespace Keepsake.Bench;

/// <summary>What encryption costs beside a plain store, measured in turns; how long new keys take, and what writes feel of it.</summary>
internal static class SealingBench
{
    private const int Seed = 20260101;
    private const int Turns = 10;
    private const int TimesPerTurn = 100;
    private const int Namespaces = 10;
    private const int Rotations = 3;
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);

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
            Side[] sides = [new(stores["plain"]), new(stores["sealed"])];
            await FillAsync(sides, records);
            await MeasureAsync(sides);

            // The machine may be busier at one time than at another, so each rotation has a quiet stretch beside it.
            List<Rotation> rotations = [];
            for (var i = 0; i < Rotations; i++)
            {
                var idle = Times.At(await SteadyWrites.ForAsync(stores["sealed"], Steady), 0.99);
                var (seconds, during) = await RotateAsync(stores);
                rotations.Add(new(seconds, idle, during));
            }

            var scrub = (await stores.Database.Care.ScrubAsync(pause: null, CancellationToken.None)).RowsASecond;
            Print(args.Contains("--json"), records, sides[0].Cost, sides[1].Cost, rotations, scrub);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // In turns, and who begins takes turns too: what else the machine does then meets both alike.
    private static async Task FillAsync(Side[] sides, int records)
    {
        foreach (var side in sides)
        {
            await side.Memory.RecallAsync(new() { Query = "warm up" });
        }

        for (var turn = 0; turn < Turns; turn++)
        {
            var (first, end) = ((int)((long)records * turn / Turns), (int)((long)records * (turn + 1) / Turns));
            foreach (var side in InTurn(sides, turn))
            {
                side.ImportSeconds += (end - first) / await Import.RunAsync(side.Memory, side.Corpus, first, end - first, Namespaces);
                side.Imported += end - first;
            }
        }
    }

    private static async Task MeasureAsync(Side[] sides)
    {
        var questions = new Corpus(Seed + 2);
        for (var turn = 0; turn < Turns * 2; turn++)
        {
            var asked = Enumerable.Range(0, TimesPerTurn).Select(_ => questions.Sentence(8)).ToList();
            foreach (var side in InTurn(sides, turn))
            {
                var search = await Times.OfAsync(TimesPerTurn, i => side.Memory.RecallAsync(new() { Query = asked[i], MinRelevance = 0 }));
                var write = await Times.OfAsync(TimesPerTurn, i => side.Memory.RememberAsync(
                    new() { Namespace = "bench/writes", Facts = [new() { Content = $"{side.Corpus.Sentence()} {turn} {i}" }] }));

                // The first half of the turns warms up.
                if (turn >= Turns)
                {
                    side.Searches.AddRange(search);
                    side.Writes.AddRange(write);
                }
            }
        }
    }

    private static async Task<(double Seconds, double P99)> RotateAsync(MemoryStores stores)
    {
        using var ended = new CancellationTokenSource();
        var writing = SteadyWrites.ForAsync(stores["sealed"], Timeout.InfiniteTimeSpan, ended.Token);
        var rotating = Stopwatch.StartNew();
        await stores.RotateKeysAsync("sealed", null, compromised: false);
        while ((await stores.SealingProgressAsync("sealed")).State == "rotating")
        {
            await Task.Delay(10);
        }

        var seconds = rotating.Elapsed.TotalSeconds;
        await ended.CancelAsync();
        return (seconds, Times.At(await writing, 0.99));
    }

    private static IEnumerable<Side> InTurn(Side[] sides, int turn) => turn % 2 == 0 ? sides : sides.Reverse();

    private static void Print(bool json, int records, Cost plain, Cost @sealed, List<Rotation> rotations, double scrub)
    {
        var ratio = new { import = plain.ImportPerSecond / @sealed.ImportPerSecond, write = @sealed.WriteP50Ms / plain.WriteP50Ms, search = @sealed.SearchP50Ms / plain.SearchP50Ms };
        var rotation = rotations.OrderBy(r => r.AddedP99Ms).ElementAt(rotations.Count / 2);
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new { records, plain, @sealed, sealedToPlain = ratio, writesPerSecond = SteadyWrites.PerSecond, rotation, rotations, scrubPerSecond = scrub }, JsonSerializerOptions.Web)
            : FormattableString.Invariant($"""
                records                 {records} plain, as many sealed, in turns
                import                  {plain.ImportPerSecond:F0} a second plain, {@sealed.ImportPerSecond:F0} sealed: {ratio.import:F2} times as long
                durable write, p50      {plain.WriteP50Ms:F3} ms plain, {@sealed.WriteP50Ms:F3} ms sealed: {ratio.write:F2} times
                whole search, p50       {plain.SearchP50Ms:F3} ms plain, {@sealed.SearchP50Ms:F3} ms sealed: {ratio.search:F2} times
                rotation                {string.Join(", ", rotations.Select(r => $"{r.Seconds:F2} s"))}
                {SteadyWrites.PerSecond} writes/s, p99       {string.Join("; ", rotations.Select(r => $"{r.IdleP99Ms:F2} ms idle, {r.RotatingP99Ms:F2} ms while rotating"))}
                a rotation adds         {rotation.AddedP99Ms:F2} ms, the median of {rotations.Count}
                scrub                   {scrub:F0} rows a second
                """));
    }

    private sealed class Side(IMemory memory)
    {
        public IMemory Memory { get; } = memory;

        public Corpus Corpus { get; } = new(Seed);

        public double ImportSeconds { get; set; }

        public int Imported { get; set; }

        public List<double> Writes { get; } = [];

        public List<double> Searches { get; } = [];

        public Cost Cost => new(Imported / ImportSeconds, Times.At(Writes, 0.5), Times.At(Searches, 0.5));
    }

    private sealed record Cost(double ImportPerSecond, double WriteP50Ms, double SearchP50Ms);

    private sealed record Rotation(double Seconds, double IdleP99Ms, double RotatingP99Ms)
    {
        public double AddedP99Ms => RotatingP99Ms - IdleP99Ms;
    }
}
