namespace Keepsake.Recall.Index;

/// <summary>A growing array whose items are reached by reference.</summary>
internal sealed class Column<T>
{
    // By half rather than twice: a column is long-lived, and what it does not use is lost to everything else.
    private const int FirstCapacity = 4;

    private T[] _items = [];

    /// <summary>How many items there are.</summary>
    public int Count { get; private set; }

    /// <summary>The items, in the order added.</summary>
    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    /// <summary>One item, to read or to change.</summary>
    public ref T this[int index] => ref _items.AsSpan(0, Count)[index];

    /// <summary>Adds an item.</summary>
    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Math.Max(FirstCapacity, Count + (Count / 2)));
        }

        _items[Count++] = item;
    }
}
