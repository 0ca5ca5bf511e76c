using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Keepsake.Embedding;
using Keepsake.Recall;
using Keepsake.Recall.Legs;

namespace Keepsake.Bench;

/// <summary>How fast memories are found at a size: each leg, the whole through the front of the library, while others search and while an import runs.</summary>
internal sealed class RecallBench(int records, int namespaces)
{
    private const int Seed = 20260101;
    private const string Measuring = "--measure";
    private const string Kept = "--folder";
    private const int Questions = 400;
    private const int WarmUp = 200;
    private static readonly TimeSpan WarmingTime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan PerCallers = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, object> _figures = new() { ["records"] = records, ["namespaces"] = namespaces };
    private readonly Corpus _questions = new(Seed + 1);
    private readonly Random _random = new(Seed);

    /// <summary>Imports in this process and measures in another, so that what is measured is a process as it runs beside an agent.</summary>
    /// <remarks>
    /// <c>--folder DIR</c> keeps the data; where they are there already, nothing is imported, and nothing beside the searches, so that it stays what
    /// it is.
    /// </remarks>
    public static async Task<int> RunAsync(string[] args)
    {
        var bench = new RecallBench(Arguments.Number(args, "--records", 10_000), Arguments.Number(args, "--namespaces", 1));
        if (Arguments.Text(args, Measuring) is { } measured)
        {
            using var embedder = new Embedder(new EmbeddingOptions());
            await bench.MeasureAsync(measured, embedder, mayGrow: !args.Contains(Kept));
            Console.WriteLine(JsonSerializer.Serialize(bench._figures));
            return 0;
        }

        var kept = Arguments.Text(args, Kept);
        var folder = kept ?? Directory.CreateTempSubdirectory("keepsake-bench-").FullName;
        try
        {
            if (!File.Exists(Path.Combine(folder, "keepsake.db")))
            {
                using var embedder = new Embedder(new EmbeddingOptions());
                await bench.ImportAsync(folder, embedder);
            }

            bench.MeasureApart([Measuring, folder, .. kept is null ? (string[])[] : [Kept, folder]]);
        }
        finally
        {
            if (kept is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Console.WriteLine(args.Contains("--json")
            ? JsonSerializer.Serialize(bench._figures)
            : string.Join('\n', bench._figures.Select(figure => $"{figure.Key,-24}{JsonSerializer.Serialize(figure.Value)}")));
        return 0;
    }

    private void MeasureApart(string[] how)
    {
        string[] arguments = ["recall", "--records", $"{records}", "--namespaces", $"{namespaces}", .. how];
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardOutput = true,
        })!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(answer)!)
        {
            _figures[name] = value;
        }
    }

    private async Task ImportAsync(string folder, Embedder embedder)
    {
        var corpus = new Corpus(Seed);
        var stores = await OpenAsync(folder, embedder);
        var memory = stores[MemoryStores.DefaultStore];
        await memory.RecallAsync(new() { Query = "warm up" });
        var processor = Environment.CpuUsage.TotalTime;
        _figures["importPerSecond"] = Math.Round(await Import.RunAsync(memory, corpus, 0, records, namespaces));
        _figures["importProcessorMicroseconds"] = Math.Round((Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / records);
        var closing = Stopwatch.GetTimestamp();
        await stores.DisposeAsync();
        _figures["closeSeconds"] = Seconds(closing);
        _figures["diskBytes"] = SizeOf(folder);
        _figures["indexBytes"] = SizeOf(Path.Combine(folder, "index"));
    }

    private async Task MeasureAsync(string folder, Embedder embedder, bool mayGrow)
    {
        var opening = Stopwatch.GetTimestamp();
        await using var stores = await OpenAsync(folder, embedder);
        var memory = stores.Own(MemoryStores.DefaultStore);
        await memory.RecallAsync(Request());
        _figures["openSeconds"] = Seconds(opening);

        // Until the code is compiled at its best, as a published program is from the start.
        for (var warming = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warming) < WarmingTime;)
        {
            await memory.RecallAsync(Request());
        }

        var (allocated, collections) = (GC.GetTotalAllocatedBytes(), GC.CollectionCount(0));
        _figures["whole"] = await LatencyAsync(() => memory.RecallAsync(Request()));
        _figures["allocatedBytesASearch"] = (GC.GetTotalAllocatedBytes() - allocated) / Questions;
        _figures["collectionsWhile"] = GC.CollectionCount(0) - collections;
        _figures["wholeFiltered"] = await LatencyAsync(() => memory.RecallAsync(Request() with { Metadata = Corpus.OneInHundred }));
        _figures["wholeLexicalOnly"] = await LatencyAsync(async () => Search(await memory.IndexAsync(default), null));
        var index = await memory.IndexAsync(default);
        MeasureLegs(index);
        var questions = new QuestionEmbedder(embedder);
        _figures["embedQuestion"] = await LatencyAsync(() => questions.EmbedAsync(_questions.Question(), default).AsTask());
        _figures["residentBytes"] = ResidentBytes();
        _figures["bytesARecord"] = (long)_figures["residentBytes"] / records;
        _figures["segments"] = index.Statistics.Segments;
        foreach (var callers in (int[])[1, 2, 4, 8, 16])
        {
            _figures[$"searchesPerSecond{callers}"] = await ThroughputAsync(memory, callers);
        }

        if (mayGrow)
        {
            await WhileImportingAsync(memory);
        }
    }

    private void MeasureLegs(RecallIndex index)
    {
        var model = StaticEmbeddingModel.Load(BuiltInModel.Folder);
        MeasureLegs(index, model, filter: null, "lexical", "vector");
        MeasureLegs(index, model, new(Corpus.OneInHundred), "lexicalFiltered", "vectorFiltered");
    }

    private void MeasureLegs(RecallIndex index, StaticEmbeddingModel model, MetadataFilter? filter, string ofWords, string ofVectors)
    {
        List<Asked> asked = [];
        var lexical = new List<double>();
        var vector = new List<double>();
        for (var i = -WarmUp; i < Questions; i++)
        {
            var text = _questions.Question();
            var embedding = new float[model.Dimensions];
            model.TryEmbed(text, embedding);
            var filtering = Stopwatch.GetTimestamp();
            var scope = new SearchScope(index.Views, Namespace(), filter: filter);
            var toFilter = filter is null ? 0 : Stopwatch.GetElapsedTime(filtering).TotalMilliseconds;
            var started = Stopwatch.GetTimestamp();
            TermQuery[] terms = [.. QuestionTerms.Read(QuestionReader.Read(text, [], DateTimeOffset.UnixEpoch)).Select(term => new TermQuery(term, scope))];
            LexicalLeg.Find(scope, terms, Recall.Search.MaxPassagesOfLeg, long.MinValue);
            var between = Stopwatch.GetTimestamp();
            var found = VectorLeg.Find(scope, new(embedding), Recall.Search.MaxPassagesOfLeg, long.MinValue);
            if (i >= 0)
            {
                lexical.Add(Stopwatch.GetElapsedTime(started, between).TotalMilliseconds);
                vector.Add(Stopwatch.GetElapsedTime(between).TotalMilliseconds + toFilter);
                if (asked.Count < Exact.MaxQuestions && namespaces == 1)
                {
                    var best = found.Items.ToArray().OrderByDescending(hit => hit.Score).Take(10);
                    asked.Add(new(embedding, [.. best.Select(hit => Id(scope.Parts[hit.Part].Segment, hit.Passage))]));
                }
            }
        }

        _figures[ofWords] = Percentiles(lexical);
        var figures = Percentiles(vector);
        if (asked.Count > 0)
        {
            figures["recall@10"] = Math.Round(Exact.Recall(new(Seed), records, namespaces, model, asked, filter is not null), 4);
        }

        _figures[ofVectors] = figures;
    }

    private static string Id(Recall.Index.Segment segment, int passage) => segment.Ids[segment.PassageDocuments[passage]];

    private async Task WhileImportingAsync(MemoryStore memory)
    {
        var more = Math.Clamp(records / 5, 5_000, 30_000);
        var import = Task.Run(() => Import.RunAsync(memory, new(Seed + 2), records, more, namespaces));
        List<double> milliseconds = [];
        while (!import.IsCompleted)
        {
            var started = Stopwatch.GetTimestamp();
            await memory.RecallAsync(Request());
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        _figures["whileImporting"] = Percentiles(milliseconds);
        _figures["whileImportingImportPerSecond"] = Math.Round(await import);
    }

    private async Task<double> ThroughputAsync(MemoryStore memory, int callers)
    {
        var requests = Enumerable.Range(0, 500).Select(_ => Request()).ToArray();
        var started = Stopwatch.GetTimestamp();
        var done = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; Stopwatch.GetElapsedTime(started) < PerCallers; i += callers)
            {
                await memory.RecallAsync(requests[i % requests.Length]);
                Interlocked.Increment(ref done);
            }
        })));
        return Math.Round(done / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static async Task<Dictionary<string, double>> LatencyAsync(Func<Task> work) => Percentiles(await Times.OfAsync(Questions, _ => work()));

    private static Dictionary<string, double> Percentiles(List<double> milliseconds)
    {
        double At(double share) => milliseconds.Count == 0 ? 0 : Math.Round(Times.At(milliseconds, share), 4);
        return new() { ["p50Ms"] = At(0.5), ["p95Ms"] = At(0.95), ["p99Ms"] = At(0.99) };
    }

    private IReadOnlyList<RankedHit> Search(RecallIndex index, float[]? vector) => index.Search(
        new() { Text = _questions.Question(), Vector = vector, Scope = Namespace(), Now = TimeProvider.System.GetUtcNow() });

    private RecallRequest Request() => new() { Query = _questions.Question(), Namespace = Namespace(), TopK = 10 };

    private string Namespace() => $"bench/ns{_random.Next(namespaces)}";

    private static async Task<MemoryStores> OpenAsync(string folder, Embedder embedder) =>
        await MemoryStores.TryOpenAsync(DataFolder.Open(folder), embedder) ?? throw new InvalidOperationException("The folder is owned by another process.");

    private static double Seconds(long since) => Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 3);

    private static long SizeOf(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) : 0;

    private static long ResidentBytes() => File.Exists("/proc/self/status")
        ? 1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
        : Environment.WorkingSet;
}
