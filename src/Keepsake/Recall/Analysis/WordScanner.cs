namespace Keepsake.Recall.Analysis;

/// <summary>Finds where words, the parts of identifiers and clitics begin and end.</summary>
internal static class WordScanner
{
    /// <summary>Where the word that starts at <paramref name="start"/> ends.</summary>
    public static int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        var startsWithDigit = char.IsAsciiDigit(text[start]);
        var at = start;
        while (at < text.Length)
        {
            if (CharacterKinds.Of(text[at..], out var width) is CharacterKind.Letter or CharacterKind.Digit or CharacterKind.Underscore)
            {
                at += width;
            }
            else if (JoinsLetters(text, at) || (startsWithDigit && JoinsDigits(text, start, at)))
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    /// <summary>Where the identifier's part that starts at <paramref name="start"/> ends.</summary>
    public static int EndOfPart(ReadOnlySpan<char> word, int start)
    {
        for (var i = start + 1; i < word.Length; i++)
        {
            var boundary = word[i] == '_'
                || word[i - 1] == '_'
                || (char.IsAsciiLetterUpper(word[i]) && char.IsAsciiLetterLower(word[i - 1]))
                // "HTTPServer": the last capital of a run begins the next part.
                || (char.IsAsciiLetterLower(word[i]) && i - 1 > start && char.IsAsciiLetterUpper(word[i - 1]) && char.IsAsciiLetterUpper(word[i - 2]));
            if (boundary)
            {
                return char.IsAsciiLetterLower(word[i]) && word[i - 1] != '_' ? i - 1 : i;
            }
        }

        return word.Length;
    }

    /// <summary>Drops <c>'s</c>, <c>'ll</c> and the like from a word's end.</summary>
    /// <param name="word">A word, which may hold apostrophes.</param>
    /// <param name="isNegation">Whether it is an auxiliary with <c>n't</c>, which says as little as the auxiliary.</param>
    public static ReadOnlySpan<char> WithoutClitic(ReadOnlySpan<char> word, out bool isNegation)
    {
        var at = word.IndexOfAny('\'', '’');
        isNegation = at > 0 && at + 2 == word.Length && (word[at + 1] | ' ') == 't' && (word[at - 1] | ' ') == 'n';
        if (at < 0)
        {
            return word;
        }

        // "O'Brien" and "l'hiver": what follows the apostrophe carries the meaning, being longer than any clitic.
        return word.Length - at - 1 <= 2 ? word[..at] : word[(at + 1)..];
    }

    /// <summary>Whether the dot at <paramref name="at"/> begins a name, as in <c>.NET</c> or <c>.env</c>.</summary>
    public static bool StartsDottedName(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsAsciiLetter(text[at + 1])
        && (at == 0 || char.IsWhiteSpace(text[at - 1]) || text[at - 1] is '(' or '[' or '"' or '\'' or '`' or '/');

    private static bool JoinsLetters(ReadOnlySpan<char> text, int at) =>
        text[at] is '\'' or '’' && at > 0 && at + 1 < text.Length && char.IsLetter(text[at - 1]) && char.IsLetter(text[at + 1]);

    // "3.14", "10.0.401" and "1,000", while "10,20" is two numbers.
    private static bool JoinsDigits(ReadOnlySpan<char> text, int start, int at)
    {
        if (at + 1 >= text.Length || !char.IsAsciiDigit(text[at - 1]) || !char.IsAsciiDigit(text[at + 1]))
        {
            return false;
        }

        return text[at] == '.'
            || (text[at] == ',' && at - start <= 11
                && at + 3 < text.Length && char.IsAsciiDigit(text[at + 2]) && char.IsAsciiDigit(text[at + 3])
                && (at + 4 == text.Length || !char.IsAsciiDigit(text[at + 4])));
    }
}
