using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>One search under way: the question as read, where to look, and what may be an answer.</summary>
internal sealed class Search
{
    /// <summary>Most passages that one leg brings. What is not among them has no more than a trace of the words, or of the meaning.</summary>
    public const int MaxPassagesOfLeg = 150;

    private readonly IReadOnlyList<Place> _places = [];

    /// <summary>Reads the question and finds the candidates.</summary>
    /// <param name="query">The question.</param>
    /// <param name="views">Where to look.</param>
    /// <param name="flood">What to leave out; <see langword="null"/>: nothing.</param>
    public Search(RecallQuery query, IReadOnlyList<SegmentView> views, Flood? flood = null)
    {
        Query = query;
        Scope = new(views, query.Scope, query.Within, query.Closed, query.Filter) { Flood = flood };
        Question = QuestionReader.Read(query.Text, Scope.Speakers, query.Now);
        Terms = [.. QuestionTerms.Read(Question).Select(term => new TermQuery(term, Scope))];
        UnknownNames = ShareOfUnknown(Question);
        Vector = query.Vector is { } vector && vector.AsSpan().ContainsAnyExcept(0f) ? new(vector) : null;
        (Candidates, _places) = FindCandidates();
    }

    /// <summary>The query.</summary>
    public RecallQuery Query { get; }

    /// <summary>Where it looks.</summary>
    public SearchScope Scope { get; }

    /// <summary>Who, when and what the question is about.</summary>
    public Question Question { get; }

    /// <summary>The question's distinct terms, those that are nowhere in the scope too. None: "what is it?" has none.</summary>
    public TermQuery[] Terms { get; }

    /// <summary>The share of the question's names that are nowhere in the scope, from 0 to 1; those of its speakers are known.</summary>
    public float UnknownNames { get; }

    /// <summary>The question's vector. <see langword="null"/>: the search is by words alone.</summary>
    public VectorQuery? Vector { get; }

    /// <summary>What may be an answer.</summary>
    public CandidateSet Candidates { get; }

    /// <summary>A candidate's id.</summary>
    public string IdOf(int candidate) => Scope.Views[_places[candidate].View].Segment.Ids[_places[candidate].Document];

    /// <summary>A candidate's place in the order of appending.</summary>
    public long OrderOf(int candidate) => Scope.Views[_places[candidate].View].Segment.Rows[_places[candidate].Document].Order;

    /// <summary>Where a candidate is in the scope.</summary>
    public Place PlaceOf(int candidate) => _places[candidate];

    /// <summary>What a candidate says, to be held against what others say.</summary>
    public Likeness LikenessOf(int candidate) => new(Scope.Views[_places[candidate].View].Segment, _places[candidate].Document);

    private float ShareOfUnknown(Question question)
    {
        var (names, unknown) = (question.NamesSpeaker ? 1 : 0, 0);
        foreach (var name in question.Names)
        {
            var terms = QuestionTerms.Read(new() { Subject = name });
            names += terms.Count > 0 ? 1 : 0;
            unknown += terms.Count > 0 && terms.TrueForAll(term => new TermQuery(term, Scope).Frequency == 0) ? 1 : 0;
        }

        return names == 0 ? 0 : (float)unknown / names;
    }

    private (CandidateSet Set, IReadOnlyList<Place> Places) FindCandidates()
    {
        var limit = Math.Max(MaxPassagesOfLeg, 2 * Query.Limit);
        var now = Query.Now.UtcTicks;

        // One after the other: the vector leg has every processor where there is much to look at, and the lexical one is done before another thread is awake.
        return CandidateReader.Read(this, LexicalLeg.Find(Scope, Terms, limit, now), Vector is null ? null : VectorLeg.Find(Scope, Vector, limit, now));
    }
}
