namespace Keepsake.Protection.Redaction;

/// <summary>Walks the words of a name from the last to the first, in small letters: <c>clientAPIKey2</c> is key, api, client.</summary>
internal ref struct LabelWords(ReadOnlySpan<char> name, Span<char> buffer)
{
    /// <summary>How much of a word is looked at, from its end.</summary>
    public const int MaxWordLength = 24;

    private readonly ReadOnlySpan<char> _name = name;
    private readonly Span<char> _buffer = buffer;
    private int _end = name.Length;

    /// <summary>The word reached, or its end when it is long.</summary>
    public ReadOnlySpan<char> Current { get; private set; } = [];

    public bool MovePrevious()
    {
        while (_end > 0 && !char.IsAsciiLetter(_name[_end - 1]))
        {
            _end--;
        }

        if (_end == 0)
        {
            Current = [];
            return false;
        }

        var start = _end - 1;
        var isUpper = char.IsAsciiLetterUpper(_name[start]);
        while (start > 0 && char.IsAsciiLetter(_name[start - 1]) && char.IsAsciiLetterUpper(_name[start - 1]) == isUpper)
        {
            start--;
        }

        // Small letters belong to the capital before them.
        if (!isUpper && start > 0 && char.IsAsciiLetterUpper(_name[start - 1]))
        {
            start--;
        }

        // Of a longer word the end says what it is: administratorloginpassword.
        var from = Math.Max(start, _end - MaxWordLength);
        for (var i = from; i < _end; i++)
        {
            _buffer[i - from] = (char)(_name[i] | 0x20);
        }

        Current = _buffer[..(_end - from)];
        _end = start;
        return true;
    }
}
