using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;

namespace Keepsake.Recall;

/// <summary>What a search looks at: in each segment the stretches of documents that lie in the scope.</summary>
internal sealed class SearchScope
{
    private readonly Dictionary<string, int> _speakers = new(StringComparer.Ordinal);
    private readonly DocumentSet[]? _matching;

    /// <summary>Finds a scope in some segments.</summary>
    /// <param name="views">The segments.</param>
    /// <param name="path">The namespace, with all under it.</param>
    /// <param name="within">The parts of it that count, none under another; <see langword="null"/>: all of it.</param>
    /// <param name="closed">Namespaces that are left out, each with all under it; <see langword="null"/>: none.</param>
    /// <param name="filter">What metadata a document must have to be in an answer; <see langword="null"/>: any.</param>
    public SearchScope(
        IReadOnlyList<SegmentView> views,
        string path,
        IReadOnlyList<string>? within = null,
        IReadOnlyList<MemoryNamespace>? closed = null,
        MetadataFilter? filter = null)
    {
        List<ScopePart> parts = [];
        List<SegmentView> inScope = [];
        foreach (var view in views)
        {
            foreach (var run in Runs(view.Segment, path, within))
            {
                if (closed is { Count: > 0 } && closed.Any(@namespace => MemoryNamespace.ContainsPath(@namespace.Path, run.Path)))
                {
                    continue;
                }

                Length += run.Length;
                Sessions += run.Sessions;
                foreach (var speaker in run.Speakers)
                {
                    _speakers.TryAdd(view.Segment.Speakers[speaker], _speakers.Count);
                }

                if (inScope.Count == 0 || inScope[^1] != view)
                {
                    inScope.Add(view);
                }

                if (parts.Count > 0 && parts[^1].View == inScope.Count - 1 && parts[^1].EndDocument == run.FirstDocument)
                {
                    parts[^1] = parts[^1] with { EndDocument = run.EndDocument };
                }
                else
                {
                    parts.Add(new(inScope.Count - 1, view.Segment, run.FirstDocument, run.EndDocument));
                }
            }
        }

        Views = [.. inScope];
        Parts = [.. parts];
        Documents = parts.Sum(part => part.EndDocument - part.FirstDocument);
        Passages = parts.Sum(part => part.EndPassage - part.FirstPassage);
        _matching = filter is null ? null : [.. inScope.Select(view => new DocumentSet(view.Segment.Metadata.Find(filter.Hashes), view.Segment.Count))];
    }

    /// <summary>What is said too often and left out; <see langword="null"/>: nothing.</summary>
    public Flood? Flood { get; init; }

    /// <summary>The segments that hold any of it.</summary>
    public SegmentView[] Views { get; }

    /// <summary>The stretches.</summary>
    public ScopePart[] Parts { get; }

    /// <summary>Who speaks in it, by number.</summary>
    public string[] Speakers => [.. _speakers.Keys];

    /// <summary>How many documents it holds. This and what follows counts removed ones until their segment is merged.</summary>
    public int Documents { get; }

    /// <summary>How many passages it holds.</summary>
    public int Passages { get; }

    /// <summary>Whether only some of its documents can be in an answer: those that match a filter. What surrounds them and how rare a word is, is told by all.</summary>
    public bool IsFiltered => _matching is not null;

    /// <summary>How many sessions it holds, where a document that stands alone is one.</summary>
    public int Sessions { get; }

    /// <summary>The terms in it.</summary>
    public long Length { get; }

    /// <summary>The mean number of terms in a passage.</summary>
    public float PassageLength => Math.Max(1f, (float)Length / Math.Max(1, Passages));

    /// <summary>The mean number of terms in a session.</summary>
    public float SessionLength => Math.Max(1f, (float)Length / Math.Max(1, Sessions));

    /// <summary>The number in <see cref="Speakers"/> of one of a segment's speakers, or <see cref="DocumentRow.None"/>.</summary>
    public int SpeakerNumber(Segment segment, int speaker) =>
        speaker >= 0 && _speakers.TryGetValue(segment.Speakers[speaker], out var number) ? number : DocumentRow.None;

    /// <summary>Where an entry is, or <see cref="Place.None"/> when it is not in the scope or cannot be in an answer.</summary>
    public Place Find(string id, long now)
    {
        Span<byte> form = stackalloc byte[IdTable.MaxForm];
        form = form[..IdTable.Encode(id, form)];
        foreach (var part in Parts)
        {
            if (part.Segment.Ids.Find(form) is var document && document >= part.FirstDocument && document < part.EndDocument && CanReturn(part.View, document, now))
            {
                return new(part.View, document);
            }
        }

        return Place.None;
    }

    /// <summary>Whether a document matches the filter.</summary>
    /// <param name="view">The number of its segment in <see cref="Views"/>.</param>
    /// <param name="document">The document.</param>
    public bool Matches(int view, int document) => _matching is null || _matching[view].Contains(document);

    /// <summary>The documents of a part that match the filter, in order; for a filtered scope only.</summary>
    public ReadOnlyMemory<int> MatchingIn(in ScopePart part) => _matching![part.View].Within(part.FirstDocument, part.EndDocument);

    /// <summary>How many passages match the filter, or <paramref name="enough"/> or more when those are as good.</summary>
    public int MatchingPassages(int enough)
    {
        if (_matching is null)
        {
            return Passages;
        }

        var passages = 0;
        foreach (var part in Parts)
        {
            foreach (var document in MatchingIn(part).Span)
            {
                if (passages >= enough)
                {
                    return passages;
                }

                passages += part.Segment.FirstPassage(document + 1) - part.Segment.FirstPassage(document);
            }
        }

        return passages;
    }

    // In the order of documents: the parts are stretches of that order, and what stands side by side is joined.
    private static IEnumerable<NamespaceRun> Runs(Segment segment, string path, IReadOnlyList<string>? within) => within is null
        ? segment.Under(path)
        : within.SelectMany(segment.Under).OrderBy(run => run.FirstDocument);

    /// <summary>Whether a document can be in an answer: it matches the filter and is neither removed nor expired, nor of a flood.</summary>
    /// <param name="view">The number of its segment in <see cref="Views"/>.</param>
    /// <param name="document">The document.</param>
    /// <param name="now">In UTC ticks.</param>
    public bool CanReturn(int view, int document, long now) =>
        Matches(view, document) && Views[view].IsLive(document) && Views[view].Segment.Rows[document].ExpiresAt > now && Flood?.Holds(Views[view].Segment, document) != true;
}

/// <summary>A stretch of documents of one segment.</summary>
/// <param name="View">The segment's number in <see cref="SearchScope.Views"/>.</param>
/// <param name="Segment">The segment.</param>
/// <param name="FirstDocument">The first.</param>
/// <param name="EndDocument">After the last.</param>
internal readonly record struct ScopePart(int View, Segment Segment, int FirstDocument, int EndDocument)
{
    /// <summary>The first passage of the first document.</summary>
    public int FirstPassage => Segment.FirstPassage(FirstDocument);

    /// <summary>After the last passage of the last document.</summary>
    public int EndPassage => Segment.FirstPassage(EndDocument);
}
