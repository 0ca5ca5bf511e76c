using System.Globalization;
using System.Numerics.Tensors;
using Keepsake.Embedding;
using Keepsake.Engines;

namespace Keepsake.Operations;

/// <summary>How well a store finds its own records: questions made of them, asked as anybody would, and not noted as use.</summary>
/// <remarks>
/// Two measures. The whole search, see <see cref="ProbeSet"/>. Meaning alone, when a model is chosen: of each record the first half of its words is a
/// text and the second half a question, and only their embeddings say which belong together, so a model shows what it knows and not what is
/// written twice.
/// </remarks>
/// <param name="store">What the store is called.</param>
/// <param name="engine">Where the records are.</param>
/// <param name="embedder">The model.</param>
/// <param name="recall">Asks the store.</param>
/// <param name="time">Measures, and dates the report.</param>
internal sealed class Benchmark(
    string store, IMemoryEngine engine, Embedder embedder, Func<RecallRequest, CancellationToken, Task<RecallAnswer>> recall, TimeProvider time)
{
    public const int DefaultSeed = 1;

    private const int HitRank = 5;
    private const int MaxRank = 20;

    /// <summary>Asks about the records of a scope.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: seed or probes are out of range.</exception>
    public async Task<BenchmarkReport> RunAsync(MemoryNamespace scope, BenchmarkRequest request, CancellationToken cancellationToken) =>
        await RunAsync(scope, await ChooseAsync(scope, request, cancellationToken), SeedOf(request), cancellationToken);

    /// <summary>Asks about the records of the whole store, by meaning alone too.</summary>
    public async Task<BenchmarkReport> RunWithMeaningAsync(CancellationToken cancellationToken)
    {
        var probes = await ChooseAsync(MemoryNamespace.Everything, new(), cancellationToken);
        var report = await RunAsync(MemoryNamespace.Everything, probes, DefaultSeed, cancellationToken);
        return report with { MeaningMrr = await MeaningAsync(probes.Probes, cancellationToken) };
    }

    /// <summary>Makes the questions about a scope.</summary>
    /// <inheritdoc cref="RunAsync(MemoryNamespace, BenchmarkRequest, CancellationToken)"/>
    public Task<ProbeSet> ChooseAsync(MemoryNamespace scope, BenchmarkRequest request, CancellationToken cancellationToken) =>
        ProbeSet.ChooseAsync(EngineItems.Of(engine, scope, time.GetUtcNow(), cancellationToken), SeedOf(request), ProbesOf(request), cancellationToken);

    /// <summary>Asks questions that were made before.</summary>
    public async Task<BenchmarkReport> RunAsync(MemoryNamespace scope, ProbeSet probes, int seed, CancellationToken cancellationToken)
    {
        List<TimeSpan> took = new(probes.Probes.Count + probes.Noise.Count);
        Dictionary<string, (int Asked, int Hits)> wordings = new(StringComparer.Ordinal);
        var reciprocals = 0d;
        foreach (var probe in probes.Probes)
        {
            var rank = RankOf(probe, await AskAsync(probe.Question, scope, took, cancellationToken));
            var (asked, hits) = wordings.GetValueOrDefault(probe.Wording);
            wordings[probe.Wording] = (asked + 1, hits + (rank is > 0 and <= HitRank ? 1 : 0));
            reciprocals += rank > 0 ? 1d / rank : 0;
        }

        var surfaced = 0;
        foreach (var question in probes.Noise)
        {
            surfaced += (await AskAsync(question, scope, took, cancellationToken)).Count > 0 ? 1 : 0;
        }

        var count = probes.Probes.Count;
        var hitRate = Share(wordings.Values.Sum(wording => wording.Hits), count);
        return new()
        {
            Store = store,
            Namespace = scope.Value,
            At = time.GetUtcNow(),
            Seed = seed,
            Model = embedder.Model,
            Probes = count,
            HitRate = hitRate,
            Mrr = count == 0 ? null : Math.Round(reciprocals / count, 3),
            P95Milliseconds = took.Count == 0 ? null : Math.Round(took.Order().ElementAt((int)Math.Ceiling(took.Count * 0.95) - 1).TotalMilliseconds, 2),
            Noise = Share(surfaced, probes.Noise.Count),
            NoiseProbes = probes.Noise.Count,
            Wordings = [.. wordings.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => new WordingReport(w.Key, w.Value.Asked, Share(w.Value.Hits, w.Value.Asked)!.Value))],
            Warnings = Warnings(count, hitRate),
        };
    }

    /// <summary>What a hit rate below <see cref="BenchmarkReport.MinHitRate"/> means.</summary>
    public static string LowHitRate(double rate) => string.Create(
        CultureInfo.InvariantCulture,
        $"Only {rate:P0} of its own records are found; {BenchmarkReport.MinHitRate:P0} is the least to expect. See what the search misses with --why, and derive index and embeddings anew with: keepsake rebuild.");

    private static List<string> Warnings(int count, double? hitRate) =>
        count == 0 ? ["No record has enough words to be asked for, so nothing was measured."]
        : hitRate < BenchmarkReport.MinHitRate ? [LowHitRate(hitRate.Value)]
        : [];

    private static double? Share(int part, int of) => of == 0 ? null : Math.Round((double)part / of, 3);

    private static int SeedOf(BenchmarkRequest request) =>
        request.Seed is null or >= 0 ? request.Seed ?? DefaultSeed : throw MemoryException.Invalid($"seed is {request.Seed}; use 0 or more.");

    private static int ProbesOf(BenchmarkRequest request) => request.Probes switch
    {
        null => BenchmarkRequest.DefaultProbes,
        >= 1 and <= BenchmarkRequest.MaxProbes => request.Probes.Value,
        _ => throw MemoryException.Invalid($"probes is {request.Probes}; use 1 to {BenchmarkRequest.MaxProbes}."),
    };

    private static int RankOf(Probe probe, IReadOnlyList<RecalledMemory> memories)
    {
        for (var i = 0; i < memories.Count; i++)
        {
            if (string.Equals(memories[i].Id, probe.Id, StringComparison.Ordinal) || string.Equals(memories[i].Content, probe.Content, StringComparison.Ordinal))
            {
                return i + 1;
            }
        }

        return 0;
    }

    private async Task<IReadOnlyList<RecalledMemory>> AskAsync(
        string question, MemoryNamespace scope, List<TimeSpan> took, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        var answer = await recall(new() { Query = question, Namespace = scope.Value, TopK = MaxRank }, cancellationToken);
        took.Add(time.GetElapsedTime(startedAt));
        return answer.Memories;
    }

    /// <summary>Where the second half of a record finds its first half among all first halves, by embeddings alone.</summary>
    private async Task<double?> MeaningAsync(IReadOnlyList<Probe> probes, CancellationToken cancellationToken)
    {
        if (probes.Count == 0
            || await embedder.EmbedDocumentsAsync([.. probes.Select(p => ProbeText.Half(p.Content, first: true))], cancellationToken) is not { } texts
            || await embedder.EmbedAsync([.. probes.Select(p => ProbeText.Half(p.Content, first: false))], cancellationToken) is not { } questions)
        {
            return null;
        }

        var reciprocals = 0d;
        for (var i = 0; i < probes.Count; i++)
        {
            if (questions[i] is not { } question || texts[i] is not { } own)
            {
                continue;
            }

            var likeness = TensorPrimitives.Dot<float>(question, own);
            reciprocals += 1d / (1 + texts.Count(text => text is not null && text != own && TensorPrimitives.Dot<float>(question, text) >= likeness));
        }

        return Math.Round(reciprocals / probes.Count, 3);
    }
}
