using System.Diagnostics;
using System.Globalization;
using Keepsake.Recall;
using Keepsake.Recall.Signals;

namespace Keepsake.Bench.Peers;

/// <summary>Keepsake's own index in the same run: whole, by words alone, by vectors alone, and in a namespace with one record in a hundred.</summary>
/// <remarks>The legs alone are rankings of one signal. A leg that can be asked without the ranking is connected here.</remarks>
internal static class OurLegs
{
    public const string Name = "Keepsake";

    private const string Everything = "bench";
    private const string Few = "bench/few";
    private const string Others = "bench/others";

    public static IEnumerable<PeerResult> Measure(PeerData data)
    {
        yield return Measure(data, "whole", Ranker.Default, Everything, withVector: true, tenth: null);
        yield return Measure(data, "words", new Ranker([new PassageBm25Signal(1)]), Everything, withVector: false, tenth: null);
        yield return Measure(data, "vectors", new Ranker([new VectorSignal(1)]), Everything, withVector: true, data.Tenth);
        yield return Measure(data, "filter", new Ranker([new VectorSignal(1)]), Few, withVector: true, data.TenthOfPart);
    }

    private static PeerResult Measure(PeerData data, string leg, Ranker ranker, string scope, bool withVector, float[]? tenth)
    {
        using var index = new RecallIndex(ranker);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var startedAt = Stopwatch.GetTimestamp();
        for (var i = 0; i < data.Texts.Length; i++)
        {
            index.Upsert(Entry(data, i, withVector));
        }

        var buildMs = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var (p50, p95, found) = Timing.Search(data.Questions.Length, q =>
            [.. index.Search(Query(data, q, scope, withVector)).Select(hit => int.Parse(hit.Id, CultureInfo.InvariantCulture))]);
        return new()
        {
            System = Name,
            Leg = leg,
            BuildMs = buildMs,
            P50 = p50,
            P95 = p95,
            RecallAt10 = tenth is null ? null : data.Recall(found, tenth),
            Bytes = bytes,
        };
    }

    private static IndexEntry Entry(PeerData data, int number, bool withVector) => new()
    {
        Id = number.ToString(CultureInfo.InvariantCulture),
        Version = 1,
        Path = number % PeerData.Part == 0 ? Few : Others,
        Content = data.Texts[number],
        OccurredAt = DateTimeOffset.UnixEpoch,
        Order = number,
        Vectors = withVector ? [data.Vectors[number]] : [],
    };

    private static RecallQuery Query(PeerData data, int question, string scope, bool withVector) => new()
    {
        Text = data.Questions[question],
        Vector = withVector ? data.Asked[question] : null,
        Scope = scope,
        Limit = 10,
        Now = DateTimeOffset.UnixEpoch,
    };
}
