using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;

namespace Keepsake.Recall;

/// <summary>One search under way: the question as read, where to look, and what the two legs found.</summary>
internal sealed class Search
{
    /// <summary>Most passages that one leg brings. What is not among them has no more than a trace of the words, or of the meaning.</summary>
    public const int MaxPassagesOfLeg = 300;

    // From here on the legs are worth a thread each.
    private const int MinPassagesToSplit = 20_000;

    private readonly string[] _asked;

    /// <summary>Reads the question and finds the candidates.</summary>
    public Search(RecallQuery query, IReadOnlyList<SegmentView> views)
    {
        Query = query;
        Scope = new(views, query.Scope);
        Question = QuestionReader.Read(query.Text, Scope.Speakers);
        _asked = [.. Scope.Speakers.Where((_, i) => Question.Speakers.Length > 0 && Question.Speakers[i])];
        Terms = [.. QuestionTerms.Read(query.Text, Question).Select(term => new TermQuery(term, Scope))];
        Vector = query.Vector is { } vector && vector.AsSpan().ContainsAnyExcept(0f) ? new(vector) : null;
        Candidates = FindCandidates();
    }

    /// <summary>The query.</summary>
    public RecallQuery Query { get; }

    /// <summary>Where it looks.</summary>
    public SearchScope Scope { get; }

    /// <summary>Who and when the question is about.</summary>
    public Question Question { get; }

    /// <summary>The question's distinct terms, those that are nowhere in the scope too. None: "what is it?" has none.</summary>
    public TermQuery[] Terms { get; }

    /// <summary>The question's vector. <see langword="null"/>: the search is by words alone.</summary>
    public VectorQuery? Vector { get; }

    /// <summary>What may be an answer.</summary>
    public Candidates Candidates { get; }

    /// <summary>Whether someone the question is about has said anything in the scope.</summary>
    public bool AsksOfSpeaker => _asked.Length > 0;

    /// <summary>Whether the question is about what a candidate's speaker said.</summary>
    public bool Asks(int candidate) => Candidates.SpeakerOf(candidate) is { } speaker && Array.IndexOf(_asked, speaker) >= 0;

    private Candidates FindCandidates()
    {
        var limit = Math.Max(MaxPassagesOfLeg, 2 * Query.Limit);
        var now = Query.Now.UtcTicks;
        if (Vector is null || Scope.Passages < MinPassagesToSplit || Environment.ProcessorCount == 1)
        {
            return new(this, LexicalLeg.Find(Scope, Terms, limit, now), Vector is null ? null : VectorLeg.Find(Scope, Vector, limit, now));
        }

        // The caller takes part, so that many searches at a time do not wait for each other's threads.
        TopPassages? words = null;
        TopPassages? meaning = null;
        Parallel.Invoke(() => words = LexicalLeg.Find(Scope, Terms, limit, now), () => meaning = VectorLeg.Find(Scope, Vector, limit, now));
        return new(this, words!, meaning);
    }
}
