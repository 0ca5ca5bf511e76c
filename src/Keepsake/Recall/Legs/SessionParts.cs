using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Where the sessions of candidates are: one that goes on for long may lie in several segments.</summary>
internal sealed class SessionParts(SegmentView[] views)
{
    private readonly Dictionary<ulong, Part[]> _parts = [];

    /// <summary>The parts of a document's session; empty: it stands alone.</summary>
    public Part[] Of(long place)
    {
        var (v, document) = Candidates.Split(place);
        var segment = views[v].Segment;
        if (segment.Rows[document].Session is not (>= 0 and var session))
        {
            return [];
        }

        var key = segment.Sessions.Keys[session];
        if (!_parts.TryGetValue(key, out var parts))
        {
            List<Part> found = new(1);
            for (var i = 0; i < views.Length; i++)
            {
                var sessions = views[i].Segment.Sessions;
                if ((i == v ? session : sessions.Find(key)) is >= 0 and var number)
                {
                    found.Add(new(i, sessions.First[number], sessions.End[number], sessions.Lengths[number]));
                }
            }

            _parts.Add(key, parts = [.. found]);
        }

        return parts;
    }

    /// <summary>The nearest live document before or after another in its session, by the order of appending.</summary>
    /// <param name="place">The document.</param>
    /// <param name="step">-1 for the one before, 1 for the one after.</param>
    /// <returns>Its place, or <see cref="Candidates.None"/>.</returns>
    public long Beside(long place, int step)
    {
        var parts = Of(place);
        var (own, document) = Candidates.Split(place);
        var order = parts.Length > 0 ? views[own].Segment.Rows[document].Order : 0;
        var nearest = (Place: (long)Candidates.None, Order: step < 0 ? long.MinValue : long.MaxValue);
        foreach (var part in parts)
        {
            var rows = views[part.View].Segment.Rows;
            var at = part.View == own ? document + step : step < 0 ? FirstFrom(rows, part, order) - 1 : FirstFrom(rows, part, order + 1);
            while (at >= part.First && at < part.End && !views[part.View].IsLive(at))
            {
                at += step;
            }

            if (at >= part.First && at < part.End && (step < 0 ? rows[at].Order > nearest.Order : rows[at].Order < nearest.Order))
            {
                nearest = (Candidates.Join(part.View, at), rows[at].Order);
            }
        }

        return nearest.Place;
    }

    private static int FirstFrom(DocumentRow[] rows, Part part, long order)
    {
        int low = part.First, high = part.End;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            (low, high) = rows[middle].Order < order ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The documents of a session in one segment.</summary>
    /// <param name="View">The segment's number in the search.</param>
    /// <param name="First">The first document.</param>
    /// <param name="End">After the last.</param>
    /// <param name="Length">The terms in them.</param>
    public readonly record struct Part(int View, int First, int End, int Length);
}
