namespace Keepsake.Recall.Legs;

/// <summary>A document of a search: of which of its segments, and which one there.</summary>
/// <param name="View">The segment's number in <see cref="SearchScope.Views"/>.</param>
/// <param name="Document">The document.</param>
internal readonly record struct Place(int View, int Document)
{
    /// <summary>No place.</summary>
    public static readonly Place None = new(-1, -1);

    /// <inheritdoc/>
    public override int GetHashCode() => (View << 24) ^ Document;
}
