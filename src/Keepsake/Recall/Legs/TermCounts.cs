using Keepsake.Recall.Index;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall.Legs;

/// <summary>How often each term of a question is in each place of a search, and what its best passage is worth by them.</summary>
internal sealed class TermCounts
{
    private readonly int _terms;
    private readonly float[] _counts;

    /// <summary>Counts.</summary>
    /// <param name="search">The search.</param>
    /// <param name="views">Its segments.</param>
    /// <param name="places">The documents, rising.</param>
    public TermCounts(Search search, SegmentView[] views, long[] places)
    {
        _terms = search.Terms.Length;
        _counts = new float[places.Length * _terms];
        BestPassages = new float[places.Length];
        var bm25 = new Bm25(search.Scope.PassageLength);
        for (int from = 0, to; from < places.Length; from = to)
        {
            var view = Candidates.Split(places[from]).View;
            to = from + 1;
            while (to < places.Length && Candidates.Split(places[to]).View == view)
            {
                to++;
            }

            CountIn(views[view].Segment, search.Terms, places.AsSpan(from..to), from, bm25);
        }
    }

    /// <summary>For each place the BM25 of its best passage.</summary>
    public float[] BestPassages { get; }

    /// <summary>How often each term is in a place.</summary>
    public ReadOnlySpan<float> Of(int place) => _counts.AsSpan(place * _terms, _terms);

    // Each term's postings are gone through once, from place to place.
    private void CountIn(Segment segment, TermQuery[] terms, ReadOnlySpan<long> places, int firstPlace, Bm25 bm25)
    {
        var table = segment.Postings;
        var starts = new int[places.Length + 1];
        for (var i = 0; i < places.Length; i++)
        {
            var document = Candidates.Split(places[i]).Document;
            starts[i + 1] = starts[i] + segment.FirstPassage(document + 1) - segment.FirstPassage(document);
        }

        var passages = new float[starts[^1]];
        for (var t = 0; t < terms.Length; t++)
        {
            var (at, to) = table.Find(terms[t].Term);
            for (var i = 0; i < places.Length && at < to; i++)
            {
                var document = Candidates.Split(places[i]).Document;
                var (first, end) = (segment.FirstPassage(document), segment.FirstPassage(document + 1));
                at = table.Seek(at, to, first);
                for (; at < to && PostingTable.PassageOf(table.Postings[at]) is var passage && passage < end; at++)
                {
                    var frequency = PostingTable.FrequencyOf(table.Postings[at]);
                    _counts[((firstPlace + i) * _terms) + t] += frequency;
                    passages[starts[i] + passage - first] += terms[t].Worth * bm25.Saturation(frequency, segment.PassageLengths[passage]);
                }
            }
        }

        for (var i = 0; i < places.Length; i++)
        {
            BestPassages[firstPlace + i] = System.Numerics.Tensors.TensorPrimitives.Max<float>(passages.AsSpan(starts[i]..starts[i + 1]));
        }
    }
}
