using System.Diagnostics;
using System.Globalization;
using Keepsake.Recall;
using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;

namespace Keepsake.Bench.Peers;

/// <summary>Keepsake's own index in the same run: whole, by words alone, by vectors alone, and in a namespace with one record in a hundred.</summary>
/// <remarks>A leg alone is asked for as many passages as a search asks it for, of which the best ten count.</remarks>
internal static class OurLegs
{
    public const string Name = "Keepsake";

    private const string Everything = "bench";
    private const string Few = "bench/few";
    private const string Others = "bench/others";
    private const int Results = 10;

    public static IEnumerable<PeerResult> Measure(PeerData data)
    {
        using var index = new RecallIndex();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var startedAt = Stopwatch.GetTimestamp();
        foreach (var batch in Enumerable.Range(0, data.Texts.Length).Chunk(1_000))
        {
            index.Apply([.. batch.Select(i => AnalyzedEntry.Of(Entry(data, i)))], []);
        }

        index.SettleAsync().GetAwaiter().GetResult();
        var buildMs = Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        yield return Result("whole", null, q => [.. index.Search(Query(data, q)).Select(hit => Number(hit.Id))]);
        yield return Result("words", null, q => Words(index, data.Questions[q]));
        yield return Result("vectors", data.Tenth, q => Vectors(index, data.Asked[q], Everything));
        yield return Result("filter", data.TenthOfPart, q => Vectors(index, data.Asked[q], Few));

        PeerResult Result(string leg, float[]? tenth, Func<int, IReadOnlyList<int>> search)
        {
            var (p50, p95, found) = Timing.Search(data.Questions.Length, search);
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
    }

    private static int[] Words(RecallIndex index, string question)
    {
        var scope = new SearchScope(index.Views, Everything);
        var terms = QuestionTerms.Read(QuestionReader.Read(question, [], DateTimeOffset.UnixEpoch)).Select(term => new TermQuery(term, scope)).ToList();
        return Numbers(scope, LexicalLeg.Find(scope, terms, Search.MaxPassagesOfLeg, long.MinValue));
    }

    private static int[] Vectors(RecallIndex index, float[] vector, string path)
    {
        var scope = new SearchScope(index.Views, path);
        return Numbers(scope, VectorLeg.Find(scope, new(vector), Search.MaxPassagesOfLeg, long.MinValue));
    }

    private static int[] Numbers(SearchScope scope, TopPassages top) => [.. top.Items.ToArray().OrderByDescending(hit => hit.Score).Take(Results)
        .Select(hit => scope.Parts[hit.Part].Segment is var segment ? Number(segment.Ids[segment.PassageDocuments[hit.Passage]]) : 0)];

    private static int Number(string id) => int.Parse(id, CultureInfo.InvariantCulture);

    private static IndexEntry Entry(PeerData data, int number) => new()
    {
        Id = number.ToString(CultureInfo.InvariantCulture),
        Version = 1,
        Path = number % PeerData.Part == 0 ? Few : Others,
        Content = data.Texts[number],
        OccurredAt = DateTimeOffset.UnixEpoch,
        Order = number,
        Vectors = [data.Vectors[number]],
    };

    private static RecallQuery Query(PeerData data, int question) => new()
    {
        Text = data.Questions[question],
        Vector = data.Asked[question],
        Scope = Everything,
        Limit = Results,
        Now = DateTimeOffset.UnixEpoch,
    };
}
