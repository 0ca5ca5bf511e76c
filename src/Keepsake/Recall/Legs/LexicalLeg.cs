using System.Buffers;
using System.Numerics;
using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Finds the passages with the highest BM25 without scoring all that hold a term of the question.</summary>
/// <remarks>
/// The passages are gone through in windows. In each, the blocks of the postings say what every term can add at most. Terms that together cannot lift
/// a passage over the worst of the best so far are not followed there, only asked about passages that others brought up; a window in which all
/// terms together cannot is skipped. This is MaxScore (Turtle and Flood, 1995) with bounds by block (Ding and Suel, SIGIR 2011). Where a filter leaves
/// few documents, those are looked up instead. Exact either way.
/// </remarks>
internal sealed class LexicalLeg
{
    private const int WindowSize = 4_096;

    // Looking a passage up in a term's postings costs about as much as going through so many of them.
    private const int PostingsALookup = 16;

    private readonly SearchScope _scope;
    private readonly LengthNorms _bm25;
    private readonly TopPassages _top;
    private readonly long _now;
    private readonly Cursor[] _cursors;
    private readonly float[] _scores;
    private readonly ulong[] _touched = new ulong[WindowSize / 64];

    private LexicalLeg(SearchScope scope, IReadOnlyList<TermQuery> terms, int limit, long now)
    {
        _scope = scope;
        _bm25 = new(scope.PassageLength);
        _top = new(limit);
        _now = now;
        _cursors = [.. terms.Where(term => term.Frequency > 0).Select(term => new Cursor(term))];
        _scores = ArrayPool<float>.Shared.Rent(WindowSize);
        Array.Clear(_scores, 0, WindowSize);
    }

    /// <summary>Finds the best passages of live documents.</summary>
    /// <param name="scope">Where to look.</param>
    /// <param name="terms">The question's terms.</param>
    /// <param name="limit">Most passages.</param>
    /// <param name="now">In UTC ticks; what has expired by then is left out.</param>
    /// <returns>In no order.</returns>
    public static TopPassages Find(SearchScope scope, IReadOnlyList<TermQuery> terms, int limit, long now)
    {
        var leg = new LexicalLeg(scope, terms, limit, now);
        for (var p = 0; leg._cursors.Length > 0 && p < scope.Parts.Length; p++)
        {
            leg.SearchPart(p);
        }

        ArrayPool<float>.Shared.Return(leg._scores);
        return leg._top;
    }

    private void SearchPart(int p)
    {
        var part = _scope.Parts[p];
        var table = part.Segment.Postings;
        foreach (var cursor in _cursors)
        {
            (cursor.At, cursor.To) = cursor.Term.Postings[p];
        }

        if (_scope.IsFiltered && _scope.MatchingIn(part) is var matching
            && (long)matching.Length * _cursors.Length * PostingsALookup <= _cursors.Sum(cursor => (long)cursor.To - cursor.At))
        {
            SearchMatching(p, table, matching.Span);
            return;
        }

        for (var window = part.FirstPassage; window < part.EndPassage;)
        {
            var end = Math.Min(window + WindowSize, part.EndPassage);
            SearchWindow(p, table, window, end);

            // On to the next window that holds any posting.
            var next = part.EndPassage;
            foreach (var cursor in _cursors)
            {
                if (cursor.At < cursor.To)
                {
                    next = Math.Min(next, PostingTable.PassageOf(table.Postings[cursor.At]));
                }
            }

            window = Math.Max(end, next);
        }
    }

    private void SearchMatching(int p, PostingTable table, ReadOnlySpan<int> documents)
    {
        var part = _scope.Parts[p];
        var lengths = part.Segment.PassageLengths;
        foreach (var cursor in _cursors)
        {
            cursor.WindowTo = cursor.To;
        }

        foreach (var document in documents)
        {
            for (int passage = part.Segment.FirstPassage(document), end = part.Segment.FirstPassage(document + 1); passage < end; passage++)
            {
                var score = 0f;
                foreach (var cursor in _cursors)
                {
                    score += ScoreOf(table, cursor, passage, lengths);
                }

                if (score > 0 && score > _top.Threshold && CanReturn(part, passage))
                {
                    _top.Offer(p, passage, score);
                }
            }
        }
    }

    private void SearchWindow(int p, PostingTable table, int window, int end)
    {
        foreach (var cursor in _cursors)
        {
            cursor.WindowTo = cursor.At < cursor.To ? table.Seek(cursor.At, cursor.To, end) : cursor.At;
            if (cursor.WindowTo > cursor.At)
            {
                var (frequency, length) = table.Bound(cursor.At, cursor.WindowTo);
                cursor.Bound = cursor.Term.Worth * _bm25.Saturation(frequency, length);
            }
            else
            {
                cursor.Bound = 0;
            }
        }

        Array.Sort(_cursors, static (a, b) => a.Bound.CompareTo(b.Bound));
        var optional = 0;
        var optionalBound = 0f;
        while (optional < _cursors.Length && optionalBound + _cursors[optional].Bound <= _top.Threshold)
        {
            optionalBound += _cursors[optional++].Bound;
        }

        if (optional < _cursors.Length)
        {
            var lengths = _scope.Parts[p].Segment.PassageLengths;
            for (var c = optional; c < _cursors.Length; c++)
            {
                Accumulate(table, _cursors[c], window, lengths);
            }

            Collect(p, table, window, optional, optionalBound, lengths);
        }

        foreach (var cursor in _cursors)
        {
            cursor.At = cursor.WindowTo;
        }
    }

    private void Accumulate(PostingTable table, Cursor cursor, int window, byte[] lengths)
    {
        var scores = _scores;
        var worth = cursor.Term.Worth;
        foreach (var posting in table.Postings.AsSpan(cursor.At..cursor.WindowTo))
        {
            var passage = PostingTable.PassageOf(posting);
            var place = passage - window;
            scores[place] += worth * _bm25.Saturation(PostingTable.FrequencyOf(posting), lengths[passage]);
            _touched[place >> 6] |= 1UL << place;
        }
    }

    private void Collect(int p, PostingTable table, int window, int optional, float optionalBound, byte[] lengths)
    {
        for (var word = 0; word < _touched.Length; word++)
        {
            for (var bits = _touched[word]; bits != 0; bits &= bits - 1)
            {
                var place = (word << 6) + BitOperations.TrailingZeroCount(bits);
                var score = _scores[place];
                _scores[place] = 0;
                if (_scope.IsFiltered && !Matches(_scope.Parts[p], window + place))
                {
                    continue;
                }

                var left = optionalBound;
                for (var c = optional - 1; c >= 0 && score + left > _top.Threshold; c--)
                {
                    left -= _cursors[c].Bound;
                    score += ScoreOf(table, _cursors[c], window + place, lengths);
                }

                if (score > _top.Threshold && CanReturn(_scope.Parts[p], window + place))
                {
                    _top.Offer(p, window + place, score);
                }
            }

            _touched[word] = 0;
        }
    }

    private float ScoreOf(PostingTable table, Cursor cursor, int passage, byte[] lengths)
    {
        // Passages are asked about in rising order, so the cursor never goes back.
        cursor.At = table.Seek(cursor.At, cursor.WindowTo, passage);
        return cursor.At < cursor.WindowTo && table.Postings[cursor.At] is var posting && PostingTable.PassageOf(posting) == passage
            ? cursor.Term.Worth * _bm25.Saturation(PostingTable.FrequencyOf(posting), lengths[passage])
            : 0;
    }

    private bool Matches(in ScopePart part, int passage) => _scope.Matches(part.View, part.Segment.PassageDocuments[passage]);

    private bool CanReturn(in ScopePart part, int passage) => _scope.CanReturn(part.View, part.Segment.PassageDocuments[passage], _now);

    private sealed class Cursor(TermQuery term)
    {
        public TermQuery Term => term;

        public int At { get; set; }

        public int To { get; set; }

        public int WindowTo { get; set; }

        public float Bound { get; set; }
    }
}
