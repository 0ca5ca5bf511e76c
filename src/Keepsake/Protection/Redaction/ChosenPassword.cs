using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Judges passwords that people choose, <c>Summer2024!</c> or <c>letmein99</c>: the surer the place, the less one must look like it.</summary>
internal static class ChosenPassword
{
    private const int MinGivenLength = 5;
    private const int MinArgumentLength = 5;
    private const int MinWordLength = 6;
    private const int MinSentenceLength = 12;
    private const int MaxSureLength = 48;

    private static readonly SearchValues<char> Symbols = SearchValues.Create("!@#$%^&*?+~");
    private static readonly SearchValues<char> SureSymbols = SearchValues.Create("!@#$^&?");
    private static readonly SearchValues<char> Templates = SearchValues.Create(" ${<");
    private static readonly SearchValues<char> Openings = SearchValues.Create(" ${<%");
    private static readonly SearchValues<char> Punctuation = SearchValues.Create("/\\()[]{}<>=,;:|\"'`");

    /// <summary>Judges what stands where a command takes nothing but a password: words need a digit or a symbol, numbers are ports.</summary>
    public static bool IsArgument(ReadOnlySpan<char> content) =>
        content.Length >= MinArgumentLength && content[0] != '-'
        && Randomness.Of(content) is { Letters: >= 2 } measure && (measure.Digits > 0 || content.ContainsAny(Symbols))
        && !content.ContainsAny(Templates) && !IsPath(content) && SecretValue.IsChosenPassword(content);

    /// <summary>Judges what stands where nothing but a password does, be it a word: anything that is not left open.</summary>
    /// <param name="content">What stands there.</param>
    /// <param name="isQuoted">Whether it is in quotes: then a short one is no part of another word.</param>
    public static bool IsGiven(ReadOnlySpan<char> content, bool isQuoted = false) =>
        content.Length >= (isQuoted ? SecretValue.MinLength : MinGivenLength) && content[0] != '-' && !content.ContainsAny(Openings) && SecretValue.IsChosenPassword(content);

    /// <summary>Judges what a call takes after a user's name: there even the weakest word with a number is one, <c>password123</c>.</summary>
    public static bool IsLastArgument(ReadOnlySpan<char> content) => content is "secret"
        || (content.Length is >= MinWordLength and <= 32 && CharSet.Word.CountAtStart(content) == content.Length
            && char.IsAsciiLetter(content[0]) && char.IsAsciiDigit(content[^1]) && Randomness.Of(content).Letters >= 4);

    /// <summary>Judges a word of prose that is given as a password: utf8 and field1 name things.</summary>
    public static bool IsWord(ReadOnlySpan<char> content) =>
        content.Length >= MinWordLength && !content.ContainsAny(Punctuation)
        && Randomness.Of(content) is { Digits: >= 1, Letters: >= 3 } measure && (measure.Digits >= 2 || content.ContainsAny(Symbols) || Randomness.IsMixed(content))
        && IsArgument(content);

    /// <summary>Judges a word beside the word for password, as in a table: of those that may be a type's name only one with a capital.</summary>
    public static bool IsNeighbour(ReadOnlySpan<char> content) =>
        IsWord(content) && (content.ContainsAny(Symbols) || content.ContainsAnyInRange('A', 'Z') || Randomness.IsMixed(content));

    /// <summary>Judges a word that hardly anything says is a password: it must look like nothing else, as <c>kfTq7RwZ</c> and <c>Kp9!vTqe</c> do.</summary>
    public static bool IsSure(ReadOnlySpan<char> content)
    {
        if (content.Length > MaxSureLength || !IsWord(content) || Shapes.IsUuid(content) || CharSet.Hex.CountAtStart(content) == content.Length)
        {
            return false;
        }

        if (content.ContainsAny(Symbols))
        {
            // ann@corp.test is an address, a*2 and x+1 are sums, 5% is a share, and *x1* is set in bold.
            return !(content.Contains('@') && content.Contains('.')) && content.IndexOfAny(SureSymbols) > 0 && !content.Contains("](", StringComparison.Ordinal);
        }

        var measure = Randomness.Of(content);
        return measure is { Upper: > 0, Lower: > 0, Switches: > 1 } && (measure.Pairs < 4 || !measure.IsWordy) && CharSet.Word.CountAtStart(content) == content.Length;
    }

    /// <summary>Tells <c>thisismydogsname</c>: no field is called so.</summary>
    public static bool IsSentence(ReadOnlySpan<char> content) =>
        content.Length >= MinSentenceLength && content.StartsWith("thisis", StringComparison.OrdinalIgnoreCase)
        && CharSet.Word.CountAtStart(content) == content.Length && !content.Contains("example", StringComparison.OrdinalIgnoreCase);

    private static bool IsPath(ReadOnlySpan<char> content) => content[0] is '/' or '.' && Randomness.Of(content).IsWordy && content.Contains('/');
}
