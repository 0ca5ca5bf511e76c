using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Knows the shapes of identifiers that look random and are no secrets.</summary>
internal static class Shapes
{
    private static readonly SearchValues<char> DigitsAndDots = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> ConstantCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    public static bool IsUuid(ReadOnlySpan<char> text) => Guid.TryParseExact(text, "D", out _);

    /// <summary>Tells whether a text is hexadecimal, of one case, of a length that hashes have: MD5, SHA-1, SHA-2.</summary>
    public static bool IsHash(ReadOnlySpan<char> text) =>
        text.Length is 32 or 40 or 48 or 56 or 64 or 96 or 128
        && (CharSet.LowerHex.CountAtStart(text) == text.Length || CharSet.UpperHex.CountAtStart(text) == text.Length);

    /// <summary>Tells whether a text is a ULID: 26 characters of Crockford's base 32, of which the first holds three bits.</summary>
    public static bool IsUlid(ReadOnlySpan<char> text) =>
        text.Length == 26 && text[0] is >= '0' and <= '7' && CharSet.UpperAndDigits.CountAtStart(text) == 26 && !text.ContainsAny("ILOU");

    /// <summary>Tells whether a text is a name that a compiler mangled: <c>_ZN4Lerc6DecodeEPKhi</c>.</summary>
    public static bool IsMangled(ReadOnlySpan<char> text)
    {
        text = text.TrimStart('_');
        return text.Length > 4 && text[0] == 'Z' && (char.IsAsciiLetterUpper(text[1]) || char.IsAsciiDigit(text[1])) && text[2..].IndexOfAnyInRange('0', '9') >= 0
            && text.IndexOf('E') > 0 && text.IndexOfAny('+', '/', '-') < 0;
    }

    /// <summary>Tells whether a text is digits and dots: a version, an address, an object identifier, a date.</summary>
    public static bool IsDotted(ReadOnlySpan<char> text) => text.IndexOf('.') > 0 && text.IndexOfAnyExcept(DigitsAndDots) < 0;

    /// <summary>Tells whether a text is the name of a constant, perhaps with a number added: <c>WINHTTP_ERROR_BASE+184</c>.</summary>
    public static bool IsConstantName(ReadOnlySpan<char> text)
    {
        var plus = text.IndexOfAny('+', '-');
        var name = plus > 0 ? text[..plus] : text;
        return name.Contains('_') && char.IsAsciiLetterUpper(name[0]) && (plus < 0 || text[(plus + 1)..].IndexOfAnyExceptInRange('0', '9') < 0)
            && name.IndexOfAnyExcept(ConstantCharacters) < 0 && Randomness.Of(name) is { IsWordy: true, Switches: <= 3 };
    }
}
