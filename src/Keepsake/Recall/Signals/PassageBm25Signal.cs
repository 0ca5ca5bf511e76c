using System.Numerics.Tensors;

namespace Keepsake.Recall.Signals;

/// <summary>The question's words in the entry's best passage.</summary>
internal sealed class PassageBm25Signal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "words";

    /// <inheritdoc/>
    public double Weight => weight;

    /// <inheritdoc/>
    public bool IsEvidence => true;

    /// <inheritdoc/>
    public bool TryScore(Search search, Span<float> values)
    {
        if (search.Terms.Length + search.UnknownTerms == 0)
        {
            return false;
        }

        var count = search.Partitions.Sum(p => p.LivePassages);
        var averageLength = Math.Max(1f, search.Partitions.Sum(p => p.LiveLength) / (float)Math.Max(1, count));
        var passages = search.Rent(search.Passages);
        var attainable = search.UnknownTerms * Bm25.InverseFrequency(0, count);
        foreach (var term in search.Terms)
        {
            var worth = Bm25.InverseFrequency(CountPassages(search, term), count);
            attainable += worth;
            AddTerm(search, term, worth, averageLength, passages);
        }

        TakeBest(search, passages, values);
        search.Exclude(values);
        search.LexicalEvidence = attainable > 0 && values.Length > 0 ? TensorPrimitives.Max<float>(values) / attainable : 0;
        return true;
    }

    private static int CountPassages(Search search, int term)
    {
        var count = 0;
        foreach (var partition in search.Partitions)
        {
            var postings = partition.Postings(term);
            if (!partition.HasRemoved)
            {
                count += postings.Length;
                continue;
            }

            foreach (var posting in postings)
            {
                count += partition.Rows[partition.PassageDocuments[posting.Passage]].IsLive ? 1 : 0;
            }
        }

        return count;
    }

    private static void AddTerm(Search search, int term, float worth, float averageLength, Span<float> passages)
    {
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var lengths = search.Partitions[p].PassageLengths;
            var scores = passages[search.FirstPassage[p]..];
            foreach (var posting in search.Partitions[p].Postings(term))
            {
                scores[posting.Passage] += worth * Bm25.Saturation(posting.Frequency, lengths[posting.Passage], averageLength);
            }
        }
    }

    private static void TakeBest(Search search, ReadOnlySpan<float> passages, Span<float> values)
    {
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var documents = search.Partitions[p].PassageDocuments;
            var scores = passages.Slice(search.FirstPassage[p], documents.Length);
            var best = values[search.FirstDocument[p]..];
            for (var i = 0; i < scores.Length; i++)
            {
                ref var value = ref best[documents[i]];
                value = Math.Max(value, scores[i]);
            }
        }
    }
}
