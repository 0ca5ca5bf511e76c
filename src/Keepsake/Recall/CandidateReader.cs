using Keepsake.Recall.Index;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>Lays out what a search looks at as candidates: every document, numbered as in the search.</summary>
internal static class CandidateReader
{
    /// <summary>Reads the candidates.</summary>
    public static CandidateSet Read(Search search)
    {
        var terms = search.Terms.Length;
        var passages = new int[search.Passages];
        var occurrences = new float[search.Passages * terms];
        var sessions = new int[search.Sessions];
        var sessionOccurrences = new float[search.Sessions * terms];
        var worth = new float[terms];
        var livePassages = search.Partitions.Sum(p => p.LivePassages);
        var liveLength = search.Partitions.Sum(p => p.LiveLength);
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            search.Partitions[p].PassageLengths.CopyTo(passages.AsSpan(search.FirstPassage[p]));
            for (var i = 0; i < search.Partitions[p].Sessions.Rows.Length; i++)
            {
                sessions[search.FirstSession[p] + i] = search.Partitions[p].Sessions.Rows[i].Length;
            }
        }

        for (var t = 0; t < terms; t++)
        {
            var count = 0;
            for (var p = 0; p < search.Partitions.Length; p++)
            {
                var partition = search.Partitions[p];
                foreach (var posting in partition.Postings(search.Terms[t]))
                {
                    ref readonly var row = ref partition.Rows[partition.PassageDocuments[posting.Passage]];
                    if (row.IsLive)
                    {
                        count++;
                        occurrences[((search.FirstPassage[p] + posting.Passage) * terms) + t] = posting.Frequency;
                        sessionOccurrences[((search.FirstSession[p] + row.Session) * terms) + t] += posting.Frequency;
                    }
                }
            }

            worth[t] = Bm25.InverseFrequency(count, livePassages);
        }

        var similarities = search.MeasureSimilarities();
        var candidates = new Candidate[search.Documents];
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            ReadRows(search, p, similarities, candidates);
        }

        var (mean, deviation) = Spread(candidates);
        return new()
        {
            Question = search.Question,
            Now = search.Query.Now,
            Candidates = candidates,
            Worth = worth,
            UnknownWorth = search.UnknownTerms * Bm25.InverseFrequency(0, livePassages),
            UnknownTerms = search.UnknownTerms,
            UnknownNames = search.UnknownNames,
            AveragePassage = Math.Max(1f, liveLength / (float)Math.Max(1, livePassages)),
            AverageSession = Math.Max(1f, liveLength / (float)Math.Max(1, search.Partitions.Sum(p => p.Sessions.LiveCount))),
            PassageLengths = passages,
            Occurrences = occurrences,
            SessionLengths = sessions,
            SessionOccurrences = sessionOccurrences,
            HasSimilarity = !similarities.IsEmpty,
            MeanSimilarity = mean,
            SimilarityDeviation = deviation,
        };
    }

    private static void ReadRows(Search search, int p, ReadOnlySpan<float> similarities, Span<Candidate> candidates)
    {
        var rows = search.Partitions[p].Rows;
        var first = search.FirstDocument[p];
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            candidates[first + i] = new()
            {
                CanReturn = !search.IsExcluded(first + i),
                FirstPassage = search.FirstPassage[p] + row.FirstPassage,
                PassageCount = row.PassageCount,
                Length = row.Length,
                Session = search.FirstSession[p] + row.Session,
                Previous = row.Previous == DocumentRow.None ? Candidate.None : first + row.Previous,
                Next = row.Next == DocumentRow.None ? Candidate.None : first + row.Next,
                Similarity = similarities.IsEmpty ? 0 : similarities[first + i],
                Speaker = row.Speaker,
                FirstPersonShare = row.FirstPersonShare,
                Traits = row.Traits,
                OccurredAt = row.OccurredAt,
                LastRecalledAt = row.LastRecalledAt,
                Tier = row.Tier,
                Importance = row.Importance,
            };
        }
    }

    private static (float Mean, float Deviation) Spread(ReadOnlySpan<Candidate> candidates)
    {
        var (count, sum, squares) = (0, 0.0, 0.0);
        foreach (ref readonly var candidate in candidates)
        {
            if (candidate.CanReturn)
            {
                count++;
                sum += candidate.Similarity;
                squares += candidate.Similarity * (double)candidate.Similarity;
            }
        }

        var mean = sum / Math.Max(1, count);
        return ((float)mean, (float)Math.Sqrt(Math.Max(0, (squares / Math.Max(1, count)) - (mean * mean))));
    }
}
