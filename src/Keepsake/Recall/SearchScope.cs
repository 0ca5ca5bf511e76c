using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>What a search looks at: in each segment the stretches of documents that lie in the scope.</summary>
internal sealed class SearchScope
{
    /// <summary>Finds a scope in some segments.</summary>
    public SearchScope(IReadOnlyList<SegmentView> views, string path)
    {
        List<ScopePart> parts = [];
        HashSet<string> speakers = new(StringComparer.Ordinal);
        foreach (var view in views)
        {
            foreach (var run in view.Segment.Under(path))
            {
                Length += run.Length;
                Sessions += run.Sessions;
                foreach (var speaker in run.Speakers)
                {
                    speakers.Add(view.Segment.Speakers[speaker]);
                }

                if (parts.Count > 0 && parts[^1].View == view && parts[^1].EndDocument == run.FirstDocument)
                {
                    parts[^1] = new(view, parts[^1].FirstDocument, run.EndDocument);
                }
                else
                {
                    parts.Add(new(view, run.FirstDocument, run.EndDocument));
                }
            }
        }

        Parts = [.. parts];
        Speakers = [.. speakers];
        Documents = parts.Sum(part => part.EndDocument - part.FirstDocument);
        Passages = parts.Sum(part => part.EndPassage - part.FirstPassage);
    }

    /// <summary>The stretches.</summary>
    public ScopePart[] Parts { get; }

    /// <summary>Who speaks in them.</summary>
    public string[] Speakers { get; }

    /// <summary>How many documents they hold. This and what follows counts removed ones until their segment is merged.</summary>
    public int Documents { get; }

    /// <summary>How many passages they hold.</summary>
    public int Passages { get; }

    /// <summary>How many sessions they hold, where a document that stands alone is one.</summary>
    public int Sessions { get; }

    /// <summary>The terms in them.</summary>
    public long Length { get; }

    /// <summary>The mean number of terms in a passage.</summary>
    public float PassageLength => Math.Max(1f, (float)Length / Math.Max(1, Passages));

    /// <summary>The mean number of terms in a session.</summary>
    public float SessionLength => Math.Max(1f, (float)Length / Math.Max(1, Sessions));

    /// <summary>The mean number of terms in a document with its neighbours.</summary>
    /// <remarks>A session of n documents has n − 1 pairs of neighbours, and each counts twice.</remarks>
    public float WindowLength => Math.Max(1f, (float)Length / Math.Max(1, Documents) * (1 + (2f * (Documents - Sessions) / Math.Max(1, Documents))));
}

/// <summary>A stretch of documents of one segment.</summary>
/// <param name="View">The segment.</param>
/// <param name="FirstDocument">The first.</param>
/// <param name="EndDocument">After the last.</param>
internal readonly record struct ScopePart(SegmentView View, int FirstDocument, int EndDocument)
{
    /// <summary>The first passage of the first document.</summary>
    public int FirstPassage => View.Segment.FirstPassage(FirstDocument);

    /// <summary>After the last passage of the last document.</summary>
    public int EndPassage => View.Segment.FirstPassage(EndDocument);
}
