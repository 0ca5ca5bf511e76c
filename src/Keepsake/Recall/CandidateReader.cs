using System.Runtime.InteropServices;
using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;
using Keepsake.Recall.Signals;

namespace Keepsake.Recall;

/// <summary>Makes candidates of what the legs found: with what was said beside them, and all that signals ask about.</summary>
internal sealed class CandidateReader
{
    /// <summary>The neighbours of so many of each leg's best may be the answer themselves: what is said is often split over an exchange.</summary>
    private const int BestWithNeighbours = 100;

    private const int FetchedAhead = 6;

    // Room for what the legs bring and, of conversations, for what stands beside it.
    private const int Expected = 4 * Search.MaxPassagesOfLeg;

    private readonly Search _search;
    private readonly SessionParts _sessions;
    private readonly List<Place> _places = new(Expected);
    private readonly Dictionary<Place, int> _numbers = new(Expected);
    private readonly List<Candidate> _candidates = new(Expected);

    private CandidateReader(Search search)
    {
        _search = search;
        _sessions = new(search.Scope);
    }

    /// <summary>Reads the candidates.</summary>
    /// <param name="search">The search.</param>
    /// <param name="words">What the lexical leg found.</param>
    /// <param name="meaning">What the vector leg found; <see langword="null"/>: the question has no vector.</param>
    /// <returns>The candidates, and for each the document it stands for.</returns>
    public static (CandidateSet Set, IReadOnlyList<Place> Places) Read(Search search, TopPassages words, TopPassages? meaning)
    {
        var reader = new CandidateReader(search);
        reader.Gather(words, meaning);
        return (reader.Measure(meaning), reader._places);
    }

    private void Gather(TopPassages words, TopPassages? meaning)
    {
        if (_search.Query.AlsoConsider is { } id && _search.Scope.Find(id, _search.Query.Now.UtcTicks) is var asked && asked != Place.None)
        {
            Add(asked, canReturn: true);
        }

        foreach (var leg in meaning is null ? [words] : new[] { words, meaning })
        {
            foreach (var hit in leg.Items)
            {
                Add(PlaceOf(hit), canReturn: true);
            }
        }

        foreach (var leg in meaning is null ? [words] : new[] { words, meaning })
        {
            var least = ScoreOfBest(leg);
            foreach (var hit in leg.Items)
            {
                if (hit.Score >= least && PlaceOf(hit) is var place && Row(place).Session >= 0)
                {
                    var session = _candidates[_numbers[place]].Session;
                    AddNeighbour(session, place, -1);
                    AddNeighbour(session, place, 1);
                }
            }
        }

        foreach (var rule in StandingRules.Find(_search, _search.Query.Now.UtcTicks).Items)
        {
            Add(PlaceOf(rule), canReturn: true);
        }

        for (int i = 0, own = _candidates.Count; i < own; i++)
        {
            AddSide(i, -1);
            AddSide(i, 1);
        }
    }

    // The score of the last one whose neighbours are candidates.
    private static float ScoreOfBest(TopPassages top)
    {
        if (top.Count <= BestWithNeighbours)
        {
            return float.NegativeInfinity;
        }

        var scores = new float[top.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = top.Items[i].Score;
        }

        Array.Sort(scores);
        return scores[^BestWithNeighbours];
    }

    private Place PlaceOf(PassageHit hit)
    {
        var part = _search.Scope.Parts[hit.Part];
        return new(part.View, part.Segment.PassageDocuments[hit.Passage]);
    }

    private void AddNeighbour(int session, Place place, int step)
    {
        var beside = _sessions.Beside(session, place, step);
        if (beside != Place.None && _search.Scope.CanReturn(beside.View, beside.Document, _search.Query.Now.UtcTicks))
        {
            Add(beside, canReturn: true);
        }
    }

    private ref readonly DocumentRow Row(Place place) => ref _search.Scope.Views[place.View].Segment.Rows[place.Document];

    private int Add(Place place, bool canReturn)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, place, out var exists);
        if (exists)
        {
            return number;
        }

        number = _places.Count;
        _places.Add(place);
        var segment = _search.Scope.Views[place.View].Segment;
        ref readonly var row = ref segment.Rows[place.Document];
        _candidates.Add(new()
        {
            CanReturn = canReturn,
            PassageCount = segment.FirstPassage(place.Document + 1) - row.FirstPassage,
            Length = row.Length,
            Session = _sessions.NumberOf(place),
            Previous = Candidate.None,
            Next = Candidate.None,
            Speaker = _search.Scope.SpeakerNumber(segment, row.Speaker),
            FirstPersonShare = row.FirstPersonShare,
            QuestionShare = row.QuestionShare,
            Traits = row.Traits,
            OccurredAt = new DateTimeOffset(row.OccurredAt, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(row.OffsetMinutes)),
            LastRecalledAt = row.LastRecalledAt,
            Tier = row.Tier,
            Importance = row.Importance,
        });
        return number;
    }

    // As far as any signal looks.
    private void AddSide(int from, int step)
    {
        var distance = 0;
        for (var i = 0; i < Surroundings.MaxOnOneSide && Row(_places[from]).Session >= 0; i++)
        {
            var known = step < 0 ? _candidates[from].Previous : _candidates[from].Next;
            if (known == Candidate.None)
            {
                var place = _sessions.Beside(_candidates[from].Session, _places[from], step);
                if (place == Place.None)
                {
                    return;
                }

                known = Add(place, canReturn: false);
                var candidates = CollectionsMarshal.AsSpan(_candidates);
                if (step < 0)
                {
                    (candidates[from].Previous, candidates[known].Next) = (known, from);
                }
                else
                {
                    (candidates[from].Next, candidates[known].Previous) = (known, from);
                }
            }

            distance += _candidates[known].Length;
            if (Surroundings.Weight(distance, 0) == 0)
            {
                return;
            }

            from = known;
        }
    }

    private CandidateSet Measure(TopPassages? meaning)
    {
        var candidates = _candidates.ToArray();
        var passages = 0;
        for (var i = 0; i < candidates.Length; i++)
        {
            candidates[i].FirstPassage = passages;
            passages += candidates[i].PassageCount;
        }

        var counts = new TermCounts(_search, _sessions.All, _places, candidates, passages);
        var hasSimilarity = _search.Vector is not null && meaning is { Count: > 0 };
        if (hasSimilarity)
        {
            Compare(candidates, CommonDirection.Of(_search.Scope, _search.Vector!));
        }

        return new()
        {
            Question = _search.Question,
            Now = _search.Query.Now,
            Candidates = candidates,
            Worth = [.. _search.Terms.Select(term => term.Worth)],
            WorthOfUnknown = Bm25.InverseFrequency(0, _search.Scope.Passages),
            UnknownNames = _search.UnknownNames,
            IsIdentifier = TermsOf(_search.Question.Identifiers),
            Passages = _search.Scope.MatchingPassages(enough: Evidence.ManyPassages),
            AveragePassage = _search.Scope.PassageLength,
            AverageSession = _search.Scope.SessionLength,
            PassageLengths = counts.PassageLengths,
            Occurrences = counts.InPassages,
            SessionLengths = [.. _sessions.All.Select(session => session.Length)],
            SessionOccurrences = counts.InSessions,
            HasSimilarity = hasSimilarity,
        };
    }

    private void Prefetch(int candidate)
    {
        if (candidate < _places.Count)
        {
            var segment = _search.Scope.Views[_places[candidate].View].Segment;
            segment.Vectors.Prefetch(segment.FirstPassage(_places[candidate].Document), whole: true);
        }
    }

    // For each of the question's terms, whether it is of one of these words.
    private bool[] TermsOf(IReadOnlyList<string> words)
    {
        HashSet<ulong> terms = [.. words.SelectMany(word => QuestionTerms.Read(new() { Subject = word }))];
        return terms.Count == 0 ? [] : [.. _search.Terms.Select(term => terms.Contains(term.Term))];
    }

    private void Compare(Candidate[] candidates, CommonDirection common)
    {
        for (var i = 0; i < candidates.Length; i++)
        {
            Prefetch(i + FetchedAhead);
            var segment = _search.Scope.Views[_places[i].View].Segment;
            if (segment.Vectors.Dimensions == _search.Vector!.Dimensions && segment.Rows[_places[i].Document].VectorSum > 0)
            {
                Compare(ref candidates[i], segment, _places[i].Document, common);
            }
        }
    }

    private static void Compare(ref Candidate candidate, Segment segment, int document, CommonDirection common)
    {
        var (best, sum) = (float.NegativeInfinity, 0f);
        var (bestApart, sumAlong) = (float.NegativeInfinity, 0f);
        for (var p = segment.FirstPassage(document); p < segment.FirstPassage(document + 1); p++)
        {
            var (cosine, along) = common.Compare(segment.Vectors, p);
            best = Math.Max(best, cosine);
            bestApart = Math.Max(bestApart, common.Without(cosine, along));
            (sum, sumAlong) = (sum + cosine, sumAlong + along);
        }

        // The whole is the direction of the passages' sum, so its cosine is the sum of their cosines by the length of their sum.
        var length = segment.Rows[document].VectorSum;
        candidate.Similarity = Math.Max(0, (best + (sum / length)) / 2);

        // What is near at all is not nothing, though it is no nearer than all the others.
        var apart = (bestApart + common.Without(sum / length, sumAlong / length)) / 2;
        candidate.SimilarityApart = Math.Max(candidate.Similarity > 0 ? float.Epsilon : 0, apart);
    }
}
