using Keepsake.Recall.Index;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall.Legs;

/// <summary>How often each term of a question is in each passage and in each session of some candidates.</summary>
internal sealed class TermCounts
{
    // Of a session that goes on for ever it is enough to know how many of its passages hold a term.
    private const int MaxCountedPostings = 4_096;

    private readonly int _terms;

    /// <summary>Counts.</summary>
    /// <param name="search">The search.</param>
    /// <param name="sessions">The sessions by number.</param>
    /// <param name="places">The candidates' documents.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="passages">How many passages they have.</param>
    public TermCounts(
        Search search, IReadOnlyList<SessionParts.Session> sessions, IReadOnlyList<Place> places, Candidate[] candidates, int passages)
    {
        _terms = search.Terms.Length;
        PassageLengths = new int[passages];
        InPassages = new float[passages * _terms];
        InSessions = new float[sessions.Count * _terms];
        int[] inOrder = [.. Enumerable.Range(0, places.Count)];
        Array.Sort((ulong[])[.. places.Select(place => ((ulong)place.View << 32) | (uint)place.Document)], inOrder);
        foreach (var i in inOrder)
        {
            var segment = search.Scope.Views[places[i].View].Segment;
            var first = segment.FirstPassage(places[i].Document);
            for (var p = 0; p < candidates[i].PassageCount; p++)
            {
                PassageLengths[candidates[i].FirstPassage + p] = segment.PassageLengths[first + p];
            }
        }

        for (var t = 0; t < _terms; t++)
        {
            var lists = new (int From, int To)[search.Scope.Views.Length];
            for (var v = 0; v < lists.Length; v++)
            {
                lists[v] = search.Scope.Views[v].Segment.Postings.Find(search.Terms[t].Term);
            }

            CountSessions(search.Scope, t, lists, sessions);
            CountPassages(search.Scope, t, lists, places, inOrder, candidates, sessions);
        }
    }

    /// <summary>The number of terms in each passage.</summary>
    public int[] PassageLengths { get; }

    /// <summary>How often each term is in each passage, passage by passage.</summary>
    public float[] InPassages { get; }

    /// <summary>How often each term is in each session, session by session.</summary>
    public float[] InSessions { get; }

    // A term's postings are gone through once, from document to document.
    private void CountPassages(
        SearchScope scope, int t, (int From, int To)[] lists, IReadOnlyList<Place> places, int[] inOrder, Candidate[] candidates,
        IReadOnlyList<SessionParts.Session> sessions)
    {
        foreach (var i in inOrder)
        {
            ref var list = ref lists[places[i].View];
            if (list.From == list.To)
            {
                continue;
            }

            var segment = scope.Views[places[i].View].Segment;
            var table = segment.Postings;
            var first = segment.FirstPassage(places[i].Document);
            var at = table.Seek(list.From, list.To, first);
            list.From = at;
            for (; at < list.To && PostingTable.PassageOf(table.Postings[at]) - first is var p && p < candidates[i].PassageCount; at++)
            {
                var frequency = PostingTable.FrequencyOf(table.Postings[at]);
                InPassages[((candidates[i].FirstPassage + p) * _terms) + t] = frequency;
                if (sessions[candidates[i].Session].Parts.Length == 0)
                {
                    InSessions[(candidates[i].Session * _terms) + t] += frequency;
                }
            }
        }
    }

    private void CountSessions(SearchScope scope, int t, (int From, int To)[] lists, IReadOnlyList<SessionParts.Session> sessions)
    {
        for (var session = 0; session < sessions.Count; session++)
        {
            foreach (var part in sessions[session].Parts)
            {
                var (from, to) = lists[part.View];
                if (from < to)
                {
                    var segment = scope.Views[part.View].Segment;
                    var first = segment.Postings.Seek(from, to, segment.FirstPassage(part.First));
                    var end = segment.Postings.Seek(first, to, segment.FirstPassage(part.End));
                    InSessions[(session * _terms) + t] += Occurrences(segment.Postings, first, end);
                }
            }
        }
    }

    private static int Occurrences(PostingTable table, int from, int to)
    {
        if (to - from > MaxCountedPostings)
        {
            return to - from;
        }

        var sum = 0;
        foreach (var posting in table.Postings.AsSpan(from..to))
        {
            sum += PostingTable.FrequencyOf(posting);
        }

        return sum;
    }
}
