using Keepsake.Recall.Index;
using Keepsake.Recall.Legs;

namespace Keepsake.Recall;

/// <summary>One thing said so often that its repetitions are most of what a search finds, and what others say is not even a candidate.</summary>
/// <remarks>A search that knows a flood leaves it out, but for the few that stand for it.</remarks>
internal sealed class Flood
{
    /// <summary>From so many repetitions among the candidates on. A leg brings three times as many.</summary>
    public const int MinRepetitions = Search.MaxPassagesOfLeg / 3;

    private readonly List<Likeness> _said = [];
    private readonly HashSet<(Segment Segment, int Document)> _standing = [];

    /// <summary>Finds the floods among the candidates.</summary>
    /// <param name="search">The search.</param>
    /// <param name="order">The candidates, best first.</param>
    /// <param name="limit">How many of them are the answer.</param>
    /// <returns>They and those that the search knew already; <see langword="null"/>: there is none that it did not know.</returns>
    public static Flood? Among(Search search, ReadOnlySpan<int> order, int limit)
    {
        Flood? flood = null;
        foreach (var candidate in order[..Math.Min(limit, order.Length)])
        {
            var own = search.LikenessOf(candidate);
            if (!own.HasVectors || flood?.Says(own) == true)
            {
                continue;
            }

            // In the order of rank, so that the best stand for it.
            List<int> alike = [];
            foreach (var other in order)
            {
                if (own.To(search.LikenessOf(other), Likeness.Repetition))
                {
                    alike.Add(other);
                }
            }

            if (alike.Count >= MinRepetitions)
            {
                flood ??= new(search.Scope.Flood);
                flood._said.Add(own);
                flood._standing.UnionWith(alike.Take(Diversity.MaxAlike).Select(c => KeyOf(search.Scope, search.PlaceOf(c))));
            }
        }

        return flood;
    }

    /// <summary>Whether a document is of the flood and does not stand for it.</summary>
    public bool Holds(Segment segment, int document) => Says(new Likeness(segment, document)) && !_standing.Contains((segment, document));

    private Flood(Flood? known)
    {
        if (known is not null)
        {
            _said.AddRange(known._said);
            _standing.UnionWith(known._standing);
        }
    }

    private bool Says(Likeness entry) => _said.Exists(said => entry.To(said, Likeness.OfFlood));

    private static (Segment Segment, int Document) KeyOf(SearchScope scope, Place place) => (scope.Views[place.View].Segment, place.Document);
}
