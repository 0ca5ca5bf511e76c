namespace Keepsake.Recall.Index;

/// <summary>Gives each distinct term a number, shared by all partitions, and takes it back when no partition holds the term.</summary>
internal sealed class TermDictionary
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly Column<string> _terms = new();
    private readonly Column<int> _holders = new();
    private readonly Stack<int> _free = new();

    /// <summary>Makes an empty dictionary.</summary>
    public TermDictionary() => _bySpan = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>How many terms there are.</summary>
    public int Count => _numbers.Count;

    /// <summary>A term's number, or -1 when nothing holds it.</summary>
    public int Find(ReadOnlySpan<char> term) => _bySpan.TryGetValue(term, out var number) ? number : -1;

    /// <summary>A term's number, given now where it has none.</summary>
    public int FindOrAdd(ReadOnlySpan<char> term)
    {
        if (_bySpan.TryGetValue(term, out var number))
        {
            return number;
        }

        var text = term.ToString();
        if (_free.TryPop(out number))
        {
            _terms[number] = text;
        }
        else
        {
            number = _terms.Count;
            _terms.Add(text);
            _holders.Add(0);
        }

        _numbers.Add(text, number);
        return number;
    }

    /// <summary>A partition begins to hold a term.</summary>
    public void Hold(int number) => _holders[number]++;

    /// <summary>A partition no longer holds a term. The last to say so frees the number.</summary>
    public void Release(int number)
    {
        if (--_holders[number] == 0)
        {
            _numbers.Remove(_terms[number]);
            _terms[number] = "";
            _free.Push(number);
        }
    }
}
