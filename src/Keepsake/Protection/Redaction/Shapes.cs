using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>Knows the shapes of identifiers that look random and are no secrets.</summary>
internal static class Shapes
{
    private const byte Sequence = 0x30;
    private const byte ObjectIdentifier = 0x06;
    private const byte BitString = 0x03;

    private static readonly SearchValues<char> DigitsAndDots = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> PasswordSigns = SearchValues.Create("!@#$%^&*?+~");
    private static readonly SearchValues<char> ConstantCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    public static bool IsUuid(ReadOnlySpan<char> text) => Guid.TryParseExact(text, "D", out _);

    /// <summary>Tells whether a string mixes symbols as no text and no template does: one bracket closes another kind, and there are others in plenty.</summary>
    public static bool IsSymbolMix(ReadOnlySpan<char> text)
    {
        const int MinMixLength = 16;
        const int MinKinds = 4;
        const int MaxDepth = 32;
        if (text.Length < MinMixLength || text.ContainsAny(" \\"))
        {
            return false;
        }

        Span<char> open = stackalloc char[MaxDepth];
        int depth = 0, kinds = 0;
        var isCrossed = false;
        foreach (var value in text)
        {
            if (value is '(' or '[' or '{' && depth < MaxDepth)
            {
                open[depth++] = value switch { '(' => ')', '[' => ']', _ => '}' };
            }
            else if (value is ')' or ']' or '}' && depth > 0)
            {
                isCrossed |= open[--depth] != value;
            }
            else if ("$#@!%&~=;,:<>_-".AsSpan().IndexOf(value) is >= 0 and var kind)
            {
                kinds |= 1 << kind;
            }
        }

        return isCrossed && System.Numerics.BitOperations.PopCount((uint)kinds) >= MinKinds;
    }

    /// <summary>Tells a long row of all kinds of characters, as WordPress makes its salts: nothing that people write has so many signs among letters that are no words.</summary>
    public static bool IsNoise(ReadOnlySpan<char> text)
    {
        const int MinNoiseLength = 48;
        const int MinSigns = 12;
        return text.Length >= MinNoiseLength && Randomness.Of(text) is { Upper: >= 4, Lower: >= 4, Digits: >= 2 } measure && !ReadsLikeWords(measure, text.Length)
            && SignsIn(text) >= MinSigns;
    }

    /// <summary>Tells a shorter row of that kind without a space, as generators of passwords make them.</summary>
    public static bool IsScrambled(ReadOnlySpan<char> text)
    {
        const int MinScrambledLength = 16;
        const int MinSigns = 5;
        return text.Length >= MinScrambledLength && Randomness.Of(text) is { Upper: >= 2, Lower: >= 2, Digits: >= 1 } measure && !ReadsLikeWords(measure, text.Length)
            && !text.ContainsAny(" \\<>") && !text.Contains("${", StringComparison.Ordinal) && SignsIn(text) >= MinSigns;
    }

    /// <summary>Tells a password of signs alone, <c>@#!%&amp;$</c>: no two that a language puts together stand in it, and hardly one comes twice.</summary>
    public static bool IsSigns(ReadOnlySpan<char> text)
    {
        const int MinSignsLength = 5;
        const int MinKindsOfSigns = 4;
        return text.Length >= MinSignsLength && text.IndexOfAnyExcept(PasswordSigns) < 0 && SignsIn(text) >= MinKindsOfSigns && SignsIn(text) * 2 > text.Length;
    }

    /// <summary>Tells the key of a product, five groups of five capitals and digits: <c>ABCDE-12345-…</c>.</summary>
    public static bool IsProductKey(ReadOnlySpan<char> text)
    {
        const int Group = 5;
        const int ProductKeyLength = 29;
        if (text.Length != ProductKeyLength)
        {
            return false;
        }

        for (var at = 0; at < text.Length; at++)
        {
            if (at % (Group + 1) == Group ? text[at] != '-' : !CharSet.UpperAndDigits.Contains(text[at]))
            {
                return false;
            }
        }

        return true;
    }

    // A few pairs of letters may be common ones by chance; where words are, there are many.
    private static bool ReadsLikeWords(Measure measure, int length) => measure.IsWordy && measure.Pairs * 3 >= length;

    private static int SignsIn(ReadOnlySpan<char> text)
    {
        var signs = 0UL;
        foreach (var value in text)
        {
            signs |= value is > ' ' and < '\u007F' && !char.IsAsciiLetterOrDigit(value) ? 1UL << (value & 63) : 0;
        }

        return System.Numerics.BitOperations.PopCount(signs);
    }

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
        // D's begin with _D and a length, Rust's with _R and what is named.
        if (text.Length > 6 && text[0] == '_' && ((text[1] == 'D' && char.IsAsciiDigit(text[2])) || (text[1] == 'R' && text[2] is 'N' or 'I' or 'M' or 'X' or 'Y' or 'C')))
        {
            return true;
        }

        text = text.TrimStart('_');
        return text.Length > 4 && text[0] == 'Z' && (char.IsAsciiLetterUpper(text[1]) || char.IsAsciiDigit(text[1])) && text[2..].IndexOfAnyInRange('0', '9') >= 0
            && text.IndexOf('E') > 0 && text.IndexOfAny('+', '/', '-') < 0;
    }

    /// <summary>Tells whether a text is a hash as Git's tools write it: <c>g</c> and a commit, as in <c>v2.1-7-g13c5154</c>, or Gerrit's <c>I</c> and forty digits.</summary>
    public static bool IsGitHash(ReadOnlySpan<char> text) =>
        ((text.Length >= 8 && text[0] == 'g') || (text.Length == 41 && text[0] == 'I')) && CharSet.LowerHex.CountAtStart(text[1..]) == text.Length - 1;

    /// <summary>Tells whether base64 begins a certificate or a public key: in its outermost sequence stands another, and no bit of a private key.</summary>
    public static bool IsPublicDer(ReadOnlySpan<char> run)
    {
        Span<byte> der = stackalloc byte[48];
        var taken = run[..Math.Min(run.Length - (run.Length % 4), 64)];
        if (!run.StartsWith("M", StringComparison.Ordinal) || !EncodedText.TryDecode(taken, der, out var length) || length < 12 || der[0] != Sequence)
        {
            return false;
        }

        var inner = AfterLength(der, 1);
        if (der[inner] != Sequence)
        {
            return false;
        }

        // A certificate's own sequence begins with a version or a number. An algorithm is followed by a bit string where the key is public.
        var content = AfterLength(der, inner + 1);
        var next = content + der[inner + 1];
        return der[content] != ObjectIdentifier || (next < length && der[next] == BitString);
    }

    // A length above 127 says first in how many bytes it is.
    private static int AfterLength(ReadOnlySpan<byte> der, int at) => at + 1 + (der[at] > 127 ? Math.Min(der[at] & 127, 4) : 0);

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
