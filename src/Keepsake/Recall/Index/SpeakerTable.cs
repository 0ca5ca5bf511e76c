namespace Keepsake.Recall.Index;

/// <summary>Gives each speaker a number.</summary>
/// <remarks>Speakers are few; their names are kept for the life of the index.</remarks>
internal sealed class SpeakerTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Column<string> _names = new();

    /// <summary>The names by number.</summary>
    public ReadOnlySpan<string> Names => _names.Items;

    /// <summary>A speaker's number, given now where it has none. No name: <see cref="DocumentRow.None"/>.</summary>
    public int FindOrAdd(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return DocumentRow.None;
        }

        if (!_numbers.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _numbers.Add(name, number);
            _names.Add(name);
        }

        return number;
    }
}
