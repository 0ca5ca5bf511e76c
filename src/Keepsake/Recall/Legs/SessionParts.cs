using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Where the sessions of a search are: one that goes on for long may lie in several segments.</summary>
internal sealed class SessionParts(SearchScope scope)
{
    private static readonly Part[] OneDocument = [];

    private readonly Dictionary<ulong, int> _sessions = [];
    private readonly List<Session> _all = new(2 * Search.MaxPassagesOfLeg);

    /// <summary>All sessions asked about so far, by number. What stands alone is its own.</summary>
    public IReadOnlyList<Session> All => _all;

    /// <summary>The number of a document's session; asked once for what stands alone.</summary>
    public int NumberOf(Place place)
    {
        var segment = scope.Views[place.View].Segment;
        ref readonly var row = ref segment.Rows[place.Document];
        if (row.Session < 0)
        {
            _all.Add(new(OneDocument, row.Length));
            return _all.Count - 1;
        }

        var key = segment.Sessions.Keys[row.Session];
        if (!_sessions.TryGetValue(key, out var number))
        {
            List<Part> parts = new(1);
            var length = 0;
            for (var v = 0; v < scope.Views.Length; v++)
            {
                var sessions = scope.Views[v].Segment.Sessions;
                if ((v == place.View ? row.Session : sessions.Find(key)) is >= 0 and var found)
                {
                    parts.Add(new(v, sessions.First[found], sessions.End[found]));
                    length += sessions.Lengths[found];
                }
            }

            _sessions.Add(key, number = _all.Count);
            _all.Add(new([.. parts], length));
        }

        return number;
    }

    /// <summary>The nearest live document before or after another in its session, by the order of appending.</summary>
    /// <param name="session">The session's number.</param>
    /// <param name="place">The document.</param>
    /// <param name="step">-1 for the one before, 1 for the one after.</param>
    /// <returns>Its place, or <see cref="Place.None"/>.</returns>
    public Place Beside(int session, Place place, int step)
    {
        var order = scope.Views[place.View].Segment.Rows[place.Document].Order;
        var nearest = Place.None;
        var nearestOrder = step < 0 ? long.MinValue : long.MaxValue;
        foreach (var part in _all[session].Parts)
        {
            var rows = scope.Views[part.View].Segment.Rows;
            var at = part.View == place.View ? place.Document + step
                : step < 0 ? FirstFrom(rows, part, order) - 1
                : FirstFrom(rows, part, order + 1);
            while (at >= part.First && at < part.End && !scope.Views[part.View].IsLive(at))
            {
                at += step;
            }

            if (at >= part.First && at < part.End && (step < 0 ? rows[at].Order > nearestOrder : rows[at].Order < nearestOrder))
            {
                (nearest, nearestOrder) = (new(part.View, at), rows[at].Order);
            }
        }

        return nearest;
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

    /// <summary>A session.</summary>
    /// <param name="Parts">Where it is; empty: it is one document that stands alone.</param>
    /// <param name="Length">The terms in it.</param>
    internal readonly record struct Session(Part[] Parts, int Length);

    /// <summary>The documents of a session in one segment.</summary>
    /// <param name="View">The segment's number in the search.</param>
    /// <param name="First">The first document.</param>
    /// <param name="End">After the last.</param>
    internal readonly record struct Part(int View, int First, int End);
}
