using System.Text;

namespace Keepsake.Recall.Analysis;

/// <summary>Turns text into the terms that are matched, the same way for what is stored and for what is asked.</summary>
/// <remarks>
/// <para>Words are lower-cased, stop words dropped, English suffixes stripped and <see cref="WordForms"/> made one. An identifier such as
/// <c>getUserName</c> or <c>user_name</c> gives its parts and itself; <c>C#</c>, <c>C++</c> and <c>.NET</c> stay whole;
/// <c>1,000</c> is <c>1000</c>, <c>8th</c> is <c>8</c>, <c>5pm</c> gives <c>5</c> and <c>pm</c> too. Accents are dropped. Scripts written without spaces give
/// overlapping pairs of characters. Lone surrogates and symbols separate words.</para>
/// <para>ASCII text is analysed without allocation.</para>
/// </remarks>
internal static class TextAnalyzer
{
    /// <summary>Longest term, in UTF-16 characters; of a longer word, the beginning counts.</summary>
    public const int MaxTermLength = 64;

    /// <summary>How many terms a text has, one that comes twice counted twice.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        var counter = default(Counter);
        Analyze(text, ref counter);
        return counter.Terms;
    }

    /// <summary>Gives the terms of a text to a sink, in order.</summary>
    public static void Analyze<TSink>(ReadOnlySpan<char> text, ref TSink sink)
        where TSink : struct, ITermSink
    {
        var at = 0;
        while (at < text.Length)
        {
            var kind = CharacterKinds.Of(text[at..], out var width);
            switch (kind)
            {
                case CharacterKind.Letter or CharacterKind.Digit or CharacterKind.Underscore:
                    var end = WordScanner.EndOfWord(text, at);
                    AddWord(text[at..end], FollowingSign(text, at, end), ref sink);
                    at = end;
                    break;
                case CharacterKind.Unspaced:
                    at = AddPairs(text, at, ref sink);
                    break;
                default:
                    if (text[at] == '.' && WordScanner.StartsDottedName(text, at))
                    {
                        AddDottedName(text, at, ref sink);
                    }

                    at += width;
                    break;
            }
        }
    }

    // "C#", "F#", "C++", "g++": the sign belongs to the name when nothing else follows it.
    private static string FollowingSign(ReadOnlySpan<char> text, int start, int end)
    {
        var rest = text[end..];
        var sign = rest.StartsWith("++") ? "++" : end - start == 1 && rest.StartsWith("#") ? "#" : "";
        return sign.Length > 0 && char.IsAsciiLetter(text[end - 1])
            && (sign.Length == rest.Length || !char.IsAsciiLetterOrDigit(rest[sign.Length])) ? sign : "";
    }

    private static void AddWord<TSink>(ReadOnlySpan<char> word, string sign, ref TSink sink)
        where TSink : struct, ITermSink
    {
        if (!Ascii.IsValid(word))
        {
            AddFolded(word, ref sink);
            return;
        }

        Span<char> term = stackalloc char[MaxTermLength];
        if (sign.Length > 0)
        {
            var length = Lower(word[..Math.Min(word.Length, MaxTermLength - sign.Length)], term);
            sign.CopyTo(term[length..]);
            sink.Add(term[..(length + sign.Length)]);
            if (length == 1)
            {
                return;
            }
        }

        if (char.IsAsciiDigit(word[0]))
        {
            AddNumber(word, term, ref sink);
            return;
        }

        word = WordScanner.WithoutClitic(word, out var isNegation);
        if (isNegation || word.IsEmpty)
        {
            return;
        }

        if (WordScanner.EndOfPart(word, 0) < word.Length)
        {
            AddIdentifier(word, term, ref sink);
        }
        else
        {
            AddPart(word, term, ref sink);
        }
    }

    private static void AddIdentifier<TSink>(ReadOnlySpan<char> word, Span<char> term, ref TSink sink)
        where TSink : struct, ITermSink
    {
        var whole = word.Trim('_');
        if (whole.IsEmpty)
        {
            return;
        }

        if (WordScanner.EndOfPart(whole, 0) == whole.Length)
        {
            AddPart(whole, term, ref sink);
            return;
        }

        sink.Add(term[..Lower(whole[..Math.Min(whole.Length, MaxTermLength)], term)]);
        for (var at = 0; at < whole.Length;)
        {
            var end = WordScanner.EndOfPart(whole, at);
            var part = whole[at..end].Trim('_');
            if (part.Length > 0)
            {
                AddPart(part, term, ref sink);
            }

            at = end;
        }
    }

    // A plain word of ASCII letters and digits.
    private static void AddPart<TSink>(ReadOnlySpan<char> part, Span<char> term, ref TSink sink)
        where TSink : struct, ITermSink
    {
        var length = Lower(part[..Math.Min(part.Length, MaxTermLength)], term);
        var lowered = term[..length];
        if (StopWords.Contains(lowered))
        {
            return;
        }

        if (!lowered.ContainsAnyInRange('0', '9'))
        {
            lowered = Stem(term, length);
        }

        sink.Add(lowered);
    }

    // In place: of the first letters of a term.
    private static Span<char> Stem(Span<char> term, int length) =>
        term[..WordForms.ToAmerican(term, PorterStemmer.Stem(term[..WordForms.ToBase(term, length)]))];

    private static void AddNumber<TSink>(ReadOnlySpan<char> word, Span<char> term, ref TSink sink)
        where TSink : struct, ITermSink
    {
        var digits = 0;
        var at = 0;
        for (; at < word.Length && digits < MaxTermLength && (char.IsAsciiDigit(word[at]) || word[at] is ',' or '.'); at++)
        {
            if (word[at] != ',')
            {
                term[digits++] = word[at];
            }
        }

        sink.Add(term[..digits]);
        var unit = word[at..];
        if (unit.IsEmpty || unit[0] == '_' || IsOrdinalSuffix(unit))
        {
            return;
        }

        // "5pm", "40k", "1a2b": the whole, and where it is a number with a unit, the unit.
        if (!unit.ContainsAnyInRange('0', '9') && unit.Length <= 4)
        {
            Span<char> lowered = stackalloc char[4];
            sink.Add(lowered[..Lower(unit, lowered)]);
        }

        sink.Add(term[..Lower(word[..Math.Min(word.Length, MaxTermLength)], term)]);
    }

    private static bool IsOrdinalSuffix(ReadOnlySpan<char> unit) =>
        unit.Equals("st", StringComparison.OrdinalIgnoreCase) || unit.Equals("nd", StringComparison.OrdinalIgnoreCase)
        || unit.Equals("rd", StringComparison.OrdinalIgnoreCase) || unit.Equals("th", StringComparison.OrdinalIgnoreCase);

    // Rare enough to allocate: decompose, drop the accents, and stem what has become plain English.
    private static void AddFolded<TSink>(ReadOnlySpan<char> word, ref TSink sink)
        where TSink : struct, ITermSink
    {
        word = WordScanner.WithoutClitic(word[..Math.Min(word.Length, 4 * MaxTermLength)], out var isNegation);
        if (isNegation || word.IsEmpty)
        {
            return;
        }

        if (char.IsHighSurrogate(word[^1]))
        {
            word = word[..^1];
        }

        Span<char> term = stackalloc char[MaxTermLength];
        var length = 0;
        foreach (var rune in word.ToString().Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (!CharacterKinds.IsMark(rune) && (Rune.IsLetterOrDigit(rune) || rune.Value == '_'))
            {
                var lowered = Rune.ToLowerInvariant(rune);
                if (length + lowered.Utf16SequenceLength > MaxTermLength)
                {
                    break;
                }

                length += lowered.EncodeToUtf16(term[length..]);
            }
        }

        var folded = term[..length];
        if (length > 0 && !StopWords.Contains(folded))
        {
            sink.Add(folded.ContainsAnyExceptInRange('a', 'z') ? folded : Stem(term, length));
        }
    }

    private static int AddPairs<TSink>(ReadOnlySpan<char> text, int at, ref TSink sink)
        where TSink : struct, ITermSink
    {
        var previous = -1;
        var pairs = 0;
        while (at < text.Length && CharacterKinds.Of(text[at..], out var width) == CharacterKind.Unspaced)
        {
            if (previous >= 0)
            {
                sink.Add(text[previous..(at + width)]);
                pairs++;
            }

            previous = at;
            at += width;
        }

        if (pairs == 0)
        {
            sink.Add(text[previous..at]);
        }

        return at;
    }

    private static void AddDottedName<TSink>(ReadOnlySpan<char> text, int at, ref TSink sink)
        where TSink : struct, ITermSink
    {
        Span<char> term = stackalloc char[MaxTermLength];
        var end = Math.Min(WordScanner.EndOfWord(text, at + 1), at + MaxTermLength);
        sink.Add(term[..Lower(text[at..end], term)]);
    }

    private static int Lower(ReadOnlySpan<char> ascii, Span<char> destination)
    {
        Ascii.ToLower(ascii, destination, out var written);
        return written;
    }

    private struct Counter : ITermSink
    {
        public int Terms { get; private set; }

        public void Add(scoped ReadOnlySpan<char> term) => Terms++;
    }
}
