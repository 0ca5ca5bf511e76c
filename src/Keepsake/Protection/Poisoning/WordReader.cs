using System.Buffers;
using System.Globalization;
using System.Text;

namespace Keepsake.Protection.Poisoning;

/// <summary>Reads the words of a text as a reader understands them: small letters without accents, without invisible characters, with look-alikes of
/// other scripts and digits for letters put back, single letters with spaces between them joined.</summary>
internal struct WordReader
{
    /// <summary>Longest word that is read; of a longer one, this much.</summary>
    public const int MaxWord = 40;

    /// <summary>Longest stretch that counts as an address.</summary>
    private const int MaxAddress = 2_000;

    private static readonly SearchValues<char> AddressEnds = SearchValues.Create(" \t\r\n\"'<>()|");

    // Cyrillic and Greek letters, and the Latin ones that they look like.
    private const string Foreign = "асеіјорѕухԁһԛԝзвкмнтгαειοκνρτυχωγβη";
    private const string Latin = "aceijopsyxdhqw3bkmhtraeiokvptuxwybn";

    // What plain words are made of, an apostrophe apart.
    private static readonly SearchValues<char> SmallAscii = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly string _text;
    private readonly bool _hasAddresses;
    private int _at;

    /// <summary>Begins to read a text.</summary>
    public WordReader(string text)
    {
        _text = Plain(text);
        _hasAddresses = _text.Contains('@', StringComparison.Ordinal) || _text.Contains("://", StringComparison.Ordinal);
    }

    /// <summary>Gets what <see cref="Next"/> read.</summary>
    public WordKind Kind { get; private set; }

    /// <summary>Reads the next word, address or mark.</summary>
    /// <param name="word">Room for <see cref="MaxWord"/> characters.</param>
    /// <param name="length">How many of them the word has; 0 for a mark.</param>
    /// <returns>Whether there was one.</returns>
    public bool Next(scoped Span<char> word, out int length)
    {
        length = 0;
        var breaks = 0;
        while (_at < _text.Length && !char.IsLetterOrDigit(_text[_at]))
        {
            var c = _text[_at++];
            breaks = c == '\n' ? breaks + 1 : char.IsWhiteSpace(c) ? breaks : 0;
            if (c is ',' or ':' or ';' or '，' or '、' or '：' or '-' && IsSpaceAt(_at))
            {
                Kind = WordKind.Comma;
                return true;
            }

            if (breaks == 2 || c is '。' or '！' or '？' || (c is '.' or '!' or '?' && (IsSpaceAt(_at) || _at == _text.Length)))
            {
                Kind = WordKind.Stop;
                return true;
            }
        }

        if (_at == _text.Length)
        {
            return false;
        }

        if (IsAddress(out var end))
        {
            (_at, Kind) = (end, WordKind.Address);
            return true;
        }

        Kind = IsUnspaced(_text[_at]) ? WordKind.Unspaced : WordKind.Word;
        if (Kind == WordKind.Unspaced)
        {
            // Its words have no spaces between them: the caller looks for those it knows from here on.
            length = Math.Min(MaxUnspaced, _text.Length - _at);
            _text.AsSpan(_at, length).CopyTo(word);
            _at++;
            return true;
        }

        ReadWord(word, ref length);
        if (length == 1)
        {
            JoinLetters(word, ref length);
        }

        Mend(word[..length]);
        return true;
    }

    /// <summary>Goes on after a word of a script without spaces.</summary>
    /// <param name="length">The word's length.</param>
    public void Skip(int length) => _at += length - 1;

    /// <summary>Longest word of a script without spaces.</summary>
    private const int MaxUnspaced = 6;

    private void ReadWord(scoped Span<char> word, ref int length)
    {
        // All of most words; what is left is read letter by letter.
        var rest = _text.AsSpan(_at);
        var plain = rest.IndexOfAnyExcept(SmallAscii);
        plain = plain < 0 ? rest.Length : plain;
        length = Math.Min(plain, MaxWord);
        rest[..length].CopyTo(word);
        _at += plain;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '\'' or '’') && !IsUnspaced(_text[_at]))
        {
            if (_text[_at] is not ('\'' or '’') && length < MaxWord)
            {
                word[length++] = _text[_at];
            }

            _at++;
        }
    }

    // "i g n o r e  a l l": three letters or more, each after one space; two spaces end the word.
    private void JoinLetters(scoped Span<char> word, ref int length)
    {
        var at = _at;
        var joined = length;
        while (at + 1 < _text.Length && _text[at] == ' ' && char.IsLetter(_text[at + 1]) && (at + 2 == _text.Length || !char.IsLetterOrDigit(_text[at + 2])) && joined < MaxWord)
        {
            word[joined++] = _text[at + 1];
            at += 2;
        }

        if (joined >= 3)
        {
            (_at, length) = (at, joined);
        }
    }

    // An e-mail address, or what begins with a scheme.
    private readonly bool IsAddress(out int end)
    {
        end = _at;
        if (!_hasAddresses)
        {
            return false;
        }

        var rest = _text.AsSpan(_at, Math.Min(_text.Length - _at, MaxAddress));
        var space = rest.IndexOfAny(AddressEnds);
        var token = space < 0 ? rest : rest[..space];
        var scheme = token.IndexOf("://", StringComparison.Ordinal);
        var at = token.IndexOf('@');
        if (scheme is > 0 and < 10 || (at is > 0 and < 65 && token[(at + 1)..].Contains('.')))
        {
            end = _at + token.TrimEnd(".,;:!?").Length;
            return true;
        }

        return false;
    }

    private readonly bool IsSpaceAt(int at) => at < _text.Length && char.IsWhiteSpace(_text[at]);

    private static bool IsUnspaced(char c) => c is (>= '\u3040' and <= '\u30FF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7AF');

    private static void Mend(Span<char> word)
    {
        if (!word.ContainsAnyExceptInRange('a', 'z'))
        {
            return;
        }

        var (hasLatin, hasForeign, hasDigit) = (false, false, false);
        foreach (var c in word)
        {
            hasLatin |= char.IsAsciiLetter(c);
            hasForeign |= c is >= '\u0370' and <= '\u052F';
            hasDigit |= char.IsAsciiDigit(c);
        }

        if (!hasLatin || !(hasForeign || hasDigit))
        {
            return;
        }

        for (var i = 0; i < word.Length; i++)
        {
            var foreign = hasForeign ? Foreign.IndexOf(word[i], StringComparison.Ordinal) : -1;
            word[i] = foreign >= 0 ? Latin[foreign] : word[i] switch
            {
                '0' => 'o',
                '1' => 'i',
                '3' => 'e',
                '4' => 'a',
                '5' => 's',
                '7' => 't',
                var c => c,
            };
        }
    }

    /// <summary>A text in small letters, without accents and invisible characters.</summary>
    public static string Plain(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        // Half a surrogate pair has no normal form.
        var whole = text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? string.Concat(text.EnumerateRunes()) : text;
        var plain = new StringBuilder(text.Length);
        foreach (var c in whole.Normalize(NormalizationForm.FormKD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.Surrogate))
            {
                plain.Append(char.ToLowerInvariant(c));
            }
        }

        // Hangul is taken apart by that, and put together again.
        return plain.ToString().Normalize(NormalizationForm.FormC);
    }
}

/// <summary>What a <see cref="WordReader"/> read.</summary>
internal enum WordKind
{
    /// <summary>A word.</summary>
    Word,

    /// <summary>The beginning of what may be a word of a script without spaces, and what follows.</summary>
    Unspaced,

    /// <summary>A web or mail address.</summary>
    Address,

    /// <summary>A comma, a colon, a semicolon or a dash.</summary>
    Comma,

    /// <summary>The end of a sentence or paragraph.</summary>
    Stop,
}
