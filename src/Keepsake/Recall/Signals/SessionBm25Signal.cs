namespace Keepsake.Recall.Signals;

/// <summary>The question's words in the entry's whole session: the session about the subject is where the answer is.</summary>
/// <remarks>BM25 with sessions as the texts, from the plain postings. An entry without a session is its own.</remarks>
internal sealed class SessionBm25Signal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "session words";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => true;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        if (search.Terms.Length == 0)
        {
            return search.UnknownTerms > 0;
        }

        var count = search.Partitions.Sum(p => p.Sessions.LiveCount);
        var averageLength = Math.Max(1f, search.Partitions.Sum(p => p.LiveLength) / (float)Math.Max(1, count));
        var scores = search.Rent(search.Sessions);
        var occurrences = search.Rent(search.Sessions);
        var lengths = search.Rent(search.Sessions);
        MeasureSessions(search, lengths);
        List<int> touched = [];
        foreach (var term in search.Terms)
        {
            Gather(search, term, occurrences, touched);
            var worth = Bm25.InverseFrequency(touched.Count, count);
            foreach (var session in touched)
            {
                scores[session] += worth * Bm25.Saturation(occurrences[session], lengths[session], averageLength);
                occurrences[session] = 0;
            }
        }

        Spread(search, scores, values);
        return true;
    }

    private static void MeasureSessions(Search search, Span<float> lengths)
    {
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var rows = search.Partitions[p].Sessions.Rows;
            for (var i = 0; i < rows.Length; i++)
            {
                lengths[search.FirstSession[p] + i] = rows[i].Length;
            }
        }
    }

    private static void Spread(Search search, ReadOnlySpan<float> scores, Span<float> values)
    {
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var rows = search.Partitions[p].Rows;
            for (var i = 0; i < rows.Length; i++)
            {
                values[search.FirstDocument[p] + i] = scores[search.FirstSession[p] + rows[i].Session];
            }
        }
    }

    private static void Gather(Search search, int term, Span<float> occurrences, List<int> touched)
    {
        touched.Clear();
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var partition = search.Partitions[p];
            foreach (var posting in partition.Postings(term))
            {
                ref readonly var row = ref partition.Rows[partition.PassageDocuments[posting.Passage]];
                if (!row.IsLive)
                {
                    continue;
                }

                var session = search.FirstSession[p] + row.Session;
                if (occurrences[session] == 0)
                {
                    touched.Add(session);
                }

                occurrences[session] += posting.Frequency;
            }
        }
    }
}
