namespace Keepsake.Protection.Redaction;

/// <summary>Looks for some phrases of ASCII in a short text, capitals or not.</summary>
/// <remarks>What is judged here is a name, a value or what stands before one: for so little text a table of beginnings is faster than a search made for long ones.</remarks>
internal sealed class PhraseSet
{
    private const int Ascii = 128;

    private static readonly byte[] Small = [.. Enumerable.Range(0, Ascii).Select(code => (byte)char.ToLowerInvariant((char)code))];

    // For each two characters the phrases that begin with them, by number from 1.
    private readonly byte[] _beginnings = new byte[Ascii * Ascii];
    private readonly string[][] _phrases;

    /// <param name="phrases">Phrases of at least two characters, in small letters.</param>
    public PhraseSet(params string[] phrases)
    {
        var groups = phrases.GroupBy(phrase => phrase[..2], StringComparer.Ordinal).ToArray();
        _phrases = [[], .. groups.Select(group => group.ToArray())];
        for (var i = 0; i < groups.Length; i++)
        {
            _beginnings[(groups[i].Key[0] * Ascii) + groups[i].Key[1]] = (byte)(i + 1);
        }
    }

    /// <summary>Tells whether one of the phrases is in a text.</summary>
    public bool IsIn(ReadOnlySpan<char> text)
    {
        var previous = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var current = text[at] < Ascii ? Small[text[at]] : 0;
            var group = _beginnings[(previous * Ascii) + current];
            if (group != 0 && BeginsWithOne(_phrases[group], text[(at - 1)..]))
            {
                return true;
            }

            previous = current;
        }

        return false;
    }

    private static bool BeginsWithOne(string[] phrases, ReadOnlySpan<char> text)
    {
        foreach (var phrase in phrases)
        {
            if (text.StartsWith(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
