using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>A set of ASCII characters: one bit each, so that a test is a shift. Make them once; making one is slow.</summary>
internal readonly struct CharSet
{
    public static readonly CharSet Digits = Of("0123456789");
    public static readonly CharSet LowerHex = Of("0123456789abcdef");
    public static readonly CharSet UpperHex = Of("0123456789ABCDEF");
    public static readonly CharSet Hex = Of("0123456789abcdefABCDEF");
    public static readonly CharSet Letters = Of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    public static readonly CharSet LowerAndDigits = Of("abcdefghijklmnopqrstuvwxyz0123456789");
    public static readonly CharSet UpperAndDigits = Of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    public static readonly CharSet Base32 = Of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    public static readonly CharSet Word = Letters + Digits;
    public static readonly CharSet Base64 = Word + Of("+/=");
    public static readonly CharSet Base64Url = Word + Of("_-");
    public static readonly CharSet Run = Word + Of("_-+/");
    public static readonly CharSet Name = Word + Of("_-.$");
    public static readonly CharSet Loose = Base64Url + Of("=.");
    public static readonly CharSet Password = Word + Of("!#$%&()*+,-./:;=?[\\]^_{|}~@");
    public static readonly CharSet UserInfo = Word + Of("!#$%&*+,-.:;=?^_~");
    public static readonly CharSet UrlPath = Base64Url + Of("/@%.=");

    private readonly ulong _low;
    private readonly ulong _high;

    private readonly SearchValues<char> _members;

    private CharSet(ulong low, ulong high)
    {
        (_low, _high) = (low, high);
        var set = this;
        _members = SearchValues.Create([.. Enumerable.Range(0, 128).Select(code => (char)code).Where(set.Contains)]);
    }

    public static CharSet operator +(CharSet left, CharSet right) => new(left._low | right._low, left._high | right._high);

    public static CharSet Of(string members)
    {
        ulong low = 0, high = 0;
        foreach (var member in members)
        {
            if (member < 64)
            {
                low |= 1UL << member;
            }
            else
            {
                high |= 1UL << (member - 64);
            }
        }

        return new CharSet(low, high);
    }

    public bool Contains(char value) =>
        value < 64 ? ((_low >> value) & 1) != 0 : value < 128 && ((_high >> (value - 64)) & 1) != 0;

    /// <summary>Counts the members that a text ends with.</summary>
    public int CountAtEnd(ReadOnlySpan<char> text) => text.Length - 1 - text.LastIndexOfAnyExcept(_members);

    /// <summary>Counts the members that a text begins with.</summary>
    public int CountAtStart(ReadOnlySpan<char> text)
    {
        // Most runs are short; the long ones are what a hostile text is made of, and there the vector search pays.
        var shortEnd = Math.Min(text.Length, 12);
        for (var at = 0; at < shortEnd; at++)
        {
            if (!Contains(text[at]))
            {
                return at;
            }
        }

        var end = text[shortEnd..].IndexOfAnyExcept(_members);
        return end < 0 ? text.Length : shortEnd + end;
    }
}
