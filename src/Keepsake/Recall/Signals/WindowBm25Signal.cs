using System.Buffers;
using Keepsake.Recall.Index;

namespace Keepsake.Recall.Signals;

/// <summary>The question's words in the entry together with its neighbours in the session: what is said is often split over an exchange.</summary>
/// <remarks>BM25 with windows of three as the texts, from the plain postings: each occurrence counts for its own document and both neighbours.</remarks>
internal sealed class WindowBm25Signal(double weight) : ISignal
{
    /// <inheritdoc/>
    public string Name => "window words";

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

        var lengths = search.Rent(search.Documents);
        var occurrences = search.Rent(search.Documents);
        var averageLength = MeasureWindows(search, lengths);
        var touched = ArrayPool<int>.Shared.Rent(search.Documents);
        foreach (var term in search.Terms)
        {
            var count = Gather(search, term, occurrences, touched);
            var worth = Bm25.InverseFrequency(count, Math.Max(count, search.Documents - search.Removed));
            foreach (var document in touched.AsSpan(0, count))
            {
                values[document] += worth * Bm25.Saturation(occurrences[document], lengths[document], averageLength);
                occurrences[document] = 0;
            }
        }

        ArrayPool<int>.Shared.Return(touched);
        return true;
    }

    private static float MeasureWindows(Search search, Span<float> lengths)
    {
        var total = 0.0;
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var rows = search.Partitions[p].Rows;
            var own = lengths.Slice(search.FirstDocument[p], rows.Length);
            for (var i = 0; i < rows.Length; i++)
            {
                ref readonly var row = ref rows[i];
                if (row.IsLive)
                {
                    own[i] = row.Length
                        + (row.Previous >= 0 ? rows[row.Previous].Length : 0)
                        + (row.Next >= 0 ? rows[row.Next].Length : 0);
                    total += own[i];
                }
            }
        }

        return Math.Max(1f, (float)(total / Math.Max(1, search.Documents - search.Removed)));
    }

    private static int Gather(Search search, int term, Span<float> occurrences, Span<int> touched)
    {
        var count = 0;
        for (var p = 0; p < search.Partitions.Length; p++)
        {
            var partition = search.Partitions[p];
            var first = search.FirstDocument[p];
            var own = occurrences[first..];
            foreach (var posting in partition.Postings(term))
            {
                var document = partition.PassageDocuments[posting.Passage];
                ref readonly var row = ref partition.Rows[document];
                if (!row.IsLive)
                {
                    continue;
                }

                Touch(document, posting.Frequency, own, first, touched, ref count);
                Touch(row.Previous, posting.Frequency, own, first, touched, ref count);
                Touch(row.Next, posting.Frequency, own, first, touched, ref count);
            }
        }

        return count;
    }

    private static void Touch(int document, int frequency, Span<float> own, int first, Span<int> touched, ref int count)
    {
        if (document == DocumentRow.None)
        {
            return;
        }

        ref var sum = ref own[document];
        if (sum == 0)
        {
            touched[count++] = first + document;
        }

        sum += frequency;
    }
}
