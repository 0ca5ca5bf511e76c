namespace Keepsake.Recall;

/// <summary>Picks the best documents of a search.</summary>
internal static class BestDocuments
{
    /// <summary>Finds the best documents that may be returned.</summary>
    /// <returns>Best first; equal scores by append order, the later first.</returns>
    public static (int Document, float Score)[] Find(Search search, ReadOnlySpan<float> scores, Relevance relevance)
    {
        var best = new PriorityQueue<int, (float Score, long Order)>(search.Query.Limit + 1);
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var partition = search.Partitions[p];
            var rows = partition.Rows;
            for (var i = 0; i < rows.Length; i++)
            {
                var document = search.FirstDocument[p] + i;
                var score = scores[document];
                var full = best.Count == search.Query.Limit;
                if (score <= 0 || relevance.Of(score) < search.Query.MinRelevance
                    || (full && best.TryPeek(out _, out var worst) && (score, rows[i].Order).CompareTo(worst) <= 0)
                    || !search.CanReturn(partition, i))
                {
                    continue;
                }

                if (full)
                {
                    best.DequeueEnqueue(document, (score, rows[i].Order));
                }
                else
                {
                    best.Enqueue(document, (score, rows[i].Order));
                }
            }
        }

        var found = new (int, float)[best.Count];
        for (var i = found.Length - 1; i >= 0; i--)
        {
            best.TryDequeue(out var document, out var priority);
            found[i] = (document, priority.Score);
        }

        return found;
    }
}
