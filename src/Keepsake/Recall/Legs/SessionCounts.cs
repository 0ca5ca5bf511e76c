using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>In how many passages of each candidate's session each term of a question is. What stands alone is its own session.</summary>
internal sealed class SessionCounts
{
    private readonly int _terms;
    private readonly float[] _counts;
    private readonly int[] _sessionOf;
    private readonly float[] _lengths;

    /// <summary>Counts.</summary>
    /// <param name="search">The search.</param>
    /// <param name="sessions">Where the sessions are.</param>
    /// <param name="views">The segments.</param>
    /// <param name="candidates">The documents.</param>
    public SessionCounts(Search search, SessionParts sessions, SegmentView[] views, long[] candidates)
    {
        _terms = search.Terms.Length;
        _sessionOf = new int[candidates.Length];
        Dictionary<SessionParts.Part[], int> numbers = new(ReferenceEqualityComparer.Instance);
        List<SessionParts.Part[]> found = [];
        for (var i = 0; i < candidates.Length; i++)
        {
            var parts = sessions.Of(candidates[i]);
            if (parts.Length == 0)
            {
                var (view, document) = Candidates.Split(candidates[i]);
                _sessionOf[i] = found.Count;
                found.Add([new(view, document, document + 1, views[view].Segment.Rows[document].Length)]);
            }
            else if (!numbers.TryGetValue(parts, out _sessionOf[i]))
            {
                numbers.Add(parts, _sessionOf[i] = found.Count);
                found.Add(parts);
            }
        }

        _counts = new float[found.Count * _terms];
        _lengths = [.. found.Select(parts => (float)parts.Sum(part => part.Length))];
        for (var t = 0; t < _terms; t++)
        {
            CountTerm(search.Terms[t].Term, t, views, found);
        }
    }

    /// <summary>In how many passages of a candidate's session each term is.</summary>
    public ReadOnlySpan<float> Of(int candidate) => _counts.AsSpan(_sessionOf[candidate] * _terms, _terms);

    /// <summary>The terms in a candidate's session.</summary>
    public float LengthOf(int candidate) => _lengths[_sessionOf[candidate]];

    private void CountTerm(ulong term, int t, SegmentView[] views, List<SessionParts.Part[]> found)
    {
        var lists = new (int From, int To)[views.Length];
        for (var v = 0; v < views.Length; v++)
        {
            lists[v] = views[v].Segment.Postings.Find(term);
        }

        for (var s = 0; s < found.Count; s++)
        {
            foreach (var part in found[s])
            {
                var segment = views[part.View].Segment;
                var (from, to) = lists[part.View];
                if (from < to)
                {
                    var first = segment.Postings.Seek(from, to, segment.FirstPassage(part.First));
                    _counts[(s * _terms) + t] += segment.Postings.Seek(first, to, segment.FirstPassage(part.End)) - first;
                }
            }
        }
    }
}
