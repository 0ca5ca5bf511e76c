using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>Answers a question: finds candidates, ranks them, and decides which are shown in which order.</summary>
/// <param name="ranker">Ranks them.</param>
internal sealed class Answering(Ranker ranker)
{
    // Each costs a search; who says more things more often than that is still only as good as what is found.
    private const int MaxFloods = 3;

    // Of a question about several things, how far an entry is lifted that answers one of them better than the whole.
    private const double Lift = 0.3;

    // An answer is chosen from so many times as many as are wanted.
    private const int DepthOfParts = 4;

    /// <summary>Answers a question.</summary>
    /// <inheritdoc cref="RecallIndex.Search"/>
    public IReadOnlyList<RankedHit> Answer(RecallQuery query, IReadOnlyList<SegmentView> views) =>
        query.Parts.Count == 0 ? AnswerOne(query, views) : AnswerParts(query, views);

    private List<RankedHit> AnswerParts(RecallQuery query, IReadOnlyList<SegmentView> views)
    {
        var deep = query with { Limit = Math.Min(DepthOfParts * query.Limit, RecallQuery.MaxLimit) };
        Dictionary<string, double> ofPart = [];
        foreach (var hit in query.Parts.SelectMany(part => AnswerOne(deep with { Text = part.Text, Vector = part.Vector, MinRelevance = 0 }, views)))
        {
            ofPart[hit.Id] = Math.Max(ofPart.GetValueOrDefault(hit.Id), hit.Relevance);
        }

        // Sorted stably: of equal ones that which is nearer to the whole.
        return [.. AnswerOne(deep, views)
            .Select(hit => hit with { Relevance = hit.Relevance + (Lift * Math.Max(0, ofPart.GetValueOrDefault(hit.Id) - hit.Relevance)) })
            .OrderByDescending(hit => hit.Relevance)
            .Take(query.Limit)];
    }

    private List<RankedHit> AnswerOne(RecallQuery query, IReadOnlyList<SegmentView> views)
    {
        List<RankedHit>? flooded = null;
        Flood? flood = null;
        for (var i = 0; ; i++)
        {
            var hits = Rank(new(query, views, flood), out flood);
            if (flood is null || i == MaxFloods)
            {
                return flooded is null ? hits : Filled(hits, flooded, query.Limit);
            }

            flooded ??= hits;
        }
    }

    private List<RankedHit> Rank(Search search, out Flood? flood)
    {
        var query = search.Query;
        var ranking = ranker.Score(search.Candidates);
        var relevance = new Relevance(search.Candidates, ranking.Scores);
        var order = Best(search, ranking.Scores);
        var depth = Math.Min(2 * query.Limit, order.Length);
        flood = null;
        if (Diversity.Discounted(search, order, ranking.Scores, depth) is > 0 and var discounted)
        {
            // Looked for only where repetitions are half of the best: it takes a while.
            flood = 2 * discounted >= depth ? Flood.Among(search, order, query.Limit) : null;
            Sort(search, ranking.Scores, order);
        }

        // What is suspicious is lowered among what is shown, and not below the floor: it is to be seen.
        int[] standing = [.. order.TakeWhile(c => relevance.Of(ranking.Scores[c]) >= query.MinRelevance)];
        if (Suspects.Discounted(search.Candidates.Candidates, standing, ranking.Scores))
        {
            Sort(search, ranking.Scores, standing);
        }

        return [.. standing
            .Take(query.Limit)
            .Select(c => new RankedHit(
                search.IdOf(c),
                Math.Max(relevance.Of(ranking.Scores[c]), query.MinRelevance),
                query.Explain ? ranking.Explain(c) : null))];
    }

    // Where nothing else is known, what is said too often is still what is known.
    private static List<RankedHit> Filled(List<RankedHit> hits, IReadOnlyList<RankedHit> flooded, int limit)
    {
        HashSet<string> ids = [.. hits.Select(hit => hit.Id)];
        var least = hits.Count > 0 ? hits[^1].Relevance : 1;
        return [.. hits, .. flooded.Where(hit => !ids.Contains(hit.Id)).Take(limit - hits.Count).Select(hit => hit with { Relevance = Math.Min(hit.Relevance, least) })];
    }

    private static int[] Best(Search search, float[] scores)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).Where(c => scores[c] > 0)];
        Sort(search, scores, order);
        return order;
    }

    // Best first; of equal ones the newest.
    private static void Sort(Search search, float[] scores, int[] order)
    {
        var keys = Array.ConvertAll(order, c => -scores[c]);
        Array.Sort(keys, order);
        for (int from = 0, to; from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && keys[to] == keys[from]; to++)
            {
            }

            if (to - from > 1)
            {
                order.AsSpan(from..to).Sort((a, b) => search.OrderOf(b).CompareTo(search.OrderOf(a)));
            }
        }
    }
}
