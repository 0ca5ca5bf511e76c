using System.Text.Json.Serialization;

namespace Keepsake;

/// <summary>Which part of a list is wanted.</summary>
public sealed record PageRequest
{
    /// <summary>Most items on a page.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Items on a page when nothing is said.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Asks for a page.</summary>
    /// <param name="limit">Most items, 1 to <see cref="MaxLimit"/>.</param>
    /// <param name="cursor">Where the last page ended (<see cref="Page{T}.NextCursor"/>); <see langword="null"/>: from the start.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: the limit is out of range.</exception>
    public PageRequest(int limit = DefaultLimit, string? cursor = null)
    {
        Limit = limit is >= 1 and <= MaxLimit ? limit : throw MemoryException.Invalid($"limit is {limit}; use 1 to {MaxLimit}.");
        Cursor = string.IsNullOrEmpty(cursor) ? null : cursor;
    }

    /// <summary>Gets the most items on the page.</summary>
    public int Limit { get; }

    /// <summary>Gets where to go on; <see langword="null"/>: from the start.</summary>
    public string? Cursor { get; }
}

/// <summary>One part of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The items, in the list's order.</param>
/// <param name="NextCursor">Where the next page starts; <see langword="null"/> at the end.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? NextCursor)
{
    /// <summary>Gets the namespaces of the question that are in quarantine, so that what lies in them is not on this page; <see langword="null"/>: none. Only lists of records have it.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }
}
