using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>What may be an answer: what the legs found, with what stands beside the best of it in its session; and all that signals ask about them.</summary>
/// <remarks>
/// Candidates and their neighbours are <em>places</em>: a document of a segment with its counts. A candidate is one of the places.
/// </remarks>
internal sealed class Candidates
{
    /// <summary>No neighbour.</summary>
    public const int None = -1;

    /// <summary>The neighbours of so many of each leg's best are candidates themselves: what is said is often split over an exchange.</summary>
    private const int BestWithNeighbours = 100;

    private readonly Search _search;
    private readonly SegmentView[] _views;
    private readonly SessionParts _sessions;
    private readonly long[] _places;
    private readonly int[] _candidates;
    private readonly int[] _previous;
    private readonly int[] _next;

    /// <summary>Gathers the candidates and measures them.</summary>
    public Candidates(Search search, TopPassages words, TopPassages? meaning)
    {
        _search = search;
        _views = [.. search.Scope.Parts.Select(part => part.View).Distinct()];
        _sessions = new(_views);
        var found = Documents(search.Scope, words.Items).Concat(meaning is null ? [] : Documents(search.Scope, meaning.Items));
        var best = Documents(search.Scope, Best(words)).Concat(meaning is null ? [] : Documents(search.Scope, Best(meaning)));
        long[] candidates = [.. found.Concat(best.SelectMany(Neighbours)).Where(CanReturn).Distinct().Order()];
        (long Previous, long Next)[] beside = [.. candidates.Select(place => (_sessions.Beside(place, -1), _sessions.Beside(place, 1)))];
        _places = [.. candidates.Concat(beside.SelectMany(b => new[] { b.Previous, b.Next })).Where(place => place != None).Distinct().Order()];
        _candidates = [.. candidates.Select(PlaceOf)];
        _previous = [.. beside.Select(b => PlaceOf(b.Previous))];
        _next = [.. beside.Select(b => PlaceOf(b.Next))];
        Counts = new(search, _views, _places);
        SessionCounts = new(search, _sessions, _views, candidates);
        Similarities = search.Vector is null ? [] : MeasureSimilarities(search.Vector);
        HasVectors = meaning is { Count: > 0 };
    }

    /// <summary>How many there are.</summary>
    public int Count => _candidates.Length;

    /// <summary>How often each term of the question is in each place.</summary>
    public TermCounts Counts { get; }

    /// <summary>In how much of each candidate's session each term of the question is.</summary>
    public SessionCounts SessionCounts { get; }

    /// <summary>Each place's cosine with the question: the mean of its best passage's and of the whole's; what would be negative is 0. Empty: the question has no vector.</summary>
    public float[] Similarities { get; }

    /// <summary>Whether anything in the scope has a vector.</summary>
    public bool HasVectors { get; }

    /// <summary>The place of a candidate.</summary>
    public int PlaceOf(int candidate) => _candidates[candidate];

    /// <summary>The place before a candidate in its session, or <see cref="None"/>.</summary>
    public int PreviousOf(int candidate) => _previous[candidate];

    /// <summary>The place after a candidate in its session, or <see cref="None"/>.</summary>
    public int NextOf(int candidate) => _next[candidate];

    /// <summary>What is known of a candidate beside words and vectors.</summary>
    public ref readonly DocumentRow RowOf(int candidate) => ref RowOfPlace(_candidates[candidate]);

    /// <summary>What is known of a place.</summary>
    public ref readonly DocumentRow RowOfPlace(int place)
    {
        var (view, document) = Split(_places[place]);
        return ref _views[view].Segment.Rows[document];
    }

    /// <summary>A candidate's speaker, or <see langword="null"/>.</summary>
    public string? SpeakerOf(int candidate)
    {
        var (view, document) = Split(_places[_candidates[candidate]]);
        var segment = _views[view].Segment;
        return segment.Rows[document].Speaker is >= 0 and var speaker ? segment.Speakers[speaker] : null;
    }

    /// <summary>A candidate's id.</summary>
    public string IdOf(int candidate)
    {
        var (view, document) = Split(_places[_candidates[candidate]]);
        return _views[view].Segment.Ids[document];
    }

    /// <summary>One number for a document of a view.</summary>
    internal static long Join(int view, int document) => ((long)view << 32) | (uint)document;

    /// <summary>The view and the document of a number.</summary>
    internal static (int View, int Document) Split(long place) => ((int)(place >> 32), (int)place);

    private static PassageHit[] Best(TopPassages top)
    {
        var hits = top.Items.ToArray();
        Array.Sort(hits, (a, b) => b.Score.CompareTo(a.Score));
        return hits[..Math.Min(hits.Length, BestWithNeighbours)];
    }

    private IEnumerable<long> Documents(SearchScope scope, ReadOnlySpan<PassageHit> hits)
    {
        var documents = new long[hits.Length];
        for (var i = 0; i < hits.Length; i++)
        {
            var view = scope.Parts[hits[i].Part].View;
            documents[i] = Join(Array.IndexOf(_views, view), view.Segment.PassageDocuments[hits[i].Passage]);
        }

        return documents;
    }

    private IEnumerable<long> Neighbours(long place) => [.. new[] { _sessions.Beside(place, -1), _sessions.Beside(place, 1) }.Where(p => p != None)];

    private bool CanReturn(long place)
    {
        var (view, document) = Split(place);
        return _views[view].IsLive(document) && _views[view].Segment.Rows[document].ExpiresAt > _search.Query.Now.UtcTicks;
    }

    private int PlaceOf(long document) => document == None ? None : Array.BinarySearch(_places, document);

    private float[] MeasureSimilarities(VectorQuery query)
    {
        var similarities = new float[_places.Length];
        for (var i = 0; i < _places.Length; i++)
        {
            var (view, document) = Split(_places[i]);
            var segment = _views[view].Segment;
            if (segment.Vectors.Dimensions != query.Dimensions)
            {
                continue;
            }

            // The whole is the direction of the passages' sum, so its cosine is the sum of their cosines by the length of their sum.
            var (best, sum) = (0f, 0f);
            for (var p = segment.FirstPassage(document); p < segment.FirstPassage(document + 1); p++)
            {
                var cosine = segment.Vectors.Cosine(query, p);
                best = Math.Max(best, cosine);
                sum += cosine;
            }

            var length = segment.Rows[document].VectorSum;
            similarities[i] = length > 0 ? Math.Max(0, (best + (sum / length)) / 2) : 0;
        }

        return similarities;
    }
}
