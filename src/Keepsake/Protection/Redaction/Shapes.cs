namespace Keepsake.Protection.Redaction;

/// <summary>Knows the shapes of identifiers that look random and are no secrets.</summary>
internal static class Shapes
{
    public static bool IsUuid(ReadOnlySpan<char> text) => Guid.TryParseExact(text, "D", out _);

    /// <summary>Tells whether a text is hexadecimal, of one case, of a length that hashes have: MD5, SHA-1, SHA-2.</summary>
    public static bool IsHash(ReadOnlySpan<char> text) =>
        text.Length is 32 or 40 or 48 or 56 or 64 or 96 or 128
        && (CharSet.LowerHex.CountAtStart(text) == text.Length || CharSet.UpperHex.CountAtStart(text) == text.Length);

    /// <summary>Tells whether a text is a ULID: 26 characters of Crockford's base 32, of which the first holds three bits.</summary>
    public static bool IsUlid(ReadOnlySpan<char> text) =>
        text.Length == 26 && text[0] is >= '0' and <= '7' && CharSet.UpperAndDigits.CountAtStart(text) == 26 && !text.ContainsAny("ILOU");
}
