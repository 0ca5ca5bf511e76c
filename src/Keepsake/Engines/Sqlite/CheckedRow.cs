namespace Keepsake.Engines.Sqlite;

/// <summary>A row as a check of all rows finds it.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Store">Its store's number; of a damaged row what its column says.</param>
/// <param name="Path">Its namespace; <see langword="null"/>: it has none, or none can be read.</param>
/// <param name="IsLive">Whether it is not deleted.</param>
/// <param name="Id">Its item's id; <see langword="null"/>: none can be read.</param>
/// <param name="IsIntact">Whether it passed its check.</param>
/// <param name="IsShredded">Whether a key that it is sealed with has been destroyed: it is what it was, and nobody can read it.</param>
internal readonly record struct CheckedRow(long Seq, long Store, string? Path, bool IsLive, string? Id, bool IsIntact, bool IsShredded = false)
{
    /// <summary>The condition that a row lies in a scope, whose path is <c>$3</c>.</summary>
    public const string InScope = "($3 = '' OR path = $3 OR (path > $3 || '/' AND path < $3 || '0'))";
}
