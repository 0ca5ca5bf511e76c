using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Keepsake.Protection.Redaction;

/// <summary>A part of a text as its reader sees it: escapes decoded, invisible characters gone, wide letters plain, split strings joined.</summary>
/// <remarks>Each character knows where it came from, so that what is found in the view is replaced in the text.</remarks>
internal sealed class SourceView
{
    private const int MaxJoin = 64;

    /// <summary>The characters of ASCII where something to decode may begin. Most of these are none, which costs a look each.</summary>
    public const string Escapes = "%\\&\"'=";

    private readonly StringBuilder _text = new();
    private readonly List<int> _places = [];

    private SourceView()
    {
    }

    /// <summary>Gets what is seen.</summary>
    public string Text => field ??= _text.ToString();

    /// <summary>Finds the first place from which the view differs from the text, or -1.</summary>
    public static int NextChange(ReadOnlySpan<char> text, int from)
    {
        for (; from < text.Length; from += CharBlock.Length)
        {
            for (var escapes = CharBlock.Escapes(text, from); escapes != 0; escapes &= escapes - 1)
            {
                var at = from + BitOperations.TrailingZeroCount(escapes);
                if (MayChange(text[at]) && Read(text, at, out _, out _) > 0)
                {
                    return at;
                }
            }
        }

        return -1;
    }

    /// <summary>Sees a part of a text.</summary>
    public static SourceView Of(ReadOnlySpan<char> text, int start, int end)
    {
        var view = new SourceView();
        for (var at = start; at < end;)
        {
            var length = Read(text, at, out var seen, out var more);
            if (length == 0)
            {
                view.Add(text[at], at);
                at++;
                continue;
            }

            if (seen != '\0')
            {
                view.Add(seen, at);
                if (more != '\0')
                {
                    view.Add(more, at);
                }
            }

            at += length;
        }

        view._places.Add(end);
        return view;
    }

    /// <summary>The part of the text that a part of the view came from.</summary>
    public (int Start, int End) SourceOf(int start, int end) => (_places[start], _places[end]);

    private void Add(char value, int place)
    {
        _text.Append(value);
        _places.Add(place);
    }

    // How many characters at a place stand for one (or none: NUL) that the reader sees; 0: the character is itself.
    private static int Read(ReadOnlySpan<char> text, int at, out char seen, out char more)
    {
        seen = more = '\0';
        var current = text[at];
        switch (current)
        {
            case '%':
                return Hexadecimal(text, at + 1, 2, out seen) ? 3 : 0;
            case '\\' when at + 1 < text.Length:
                return text[at + 1] switch
                {
                    'u' when Hexadecimal(text, at + 2, 4, out seen) => 6,
                    'x' when Hexadecimal(text, at + 2, 2, out seen) => 4,
                    '\n' => 2 + Indent(text, at + 2),
                    '\r' when at + 2 < text.Length && text[at + 2] == '\n' => 3 + Indent(text, at + 3),
                    _ => 0,
                };
            case '&':
                return Entity(text, at, out seen);
            case '"' or '\'' when at > 0 && char.IsAsciiLetterOrDigit(text[at - 1]):
                return Join(text, at);
            case '=' when at + 1 < text.Length && text[at + 1] == '\n' && at > 0 && char.IsAsciiLetterOrDigit(text[at - 1]):
                // Quoted-printable wraps a line like this.
                return 2;
            case < '\u0080':
                return 0;
            default:
                return Plain(text, at, out seen);
        }
    }

    // Full-width and mathematical letters are plain ones; what takes no room is not there.
    private static int Plain(ReadOnlySpan<char> text, int at, out char seen)
    {
        var current = text[at];
        seen = '\0';
        if (current is >= '\uFF01' and <= '\uFF5E')
        {
            seen = (char)(current - 0xFEE0);
            return 1;
        }

        if (Rune.DecodeFromUtf16(text[at..], out var rune, out var length) != OperationStatus.Done)
        {
            return 0;
        }

        if (rune.Value is >= 0x1D400 and <= 0x1D7FF)
        {
            var plain = rune.ToString().Normalize(NormalizationForm.FormKC);
            seen = plain.Length == 1 && plain[0] < 128 ? plain[0] : '\0';
            return seen == '\0' ? 0 : length;
        }

        // A mark counts only between letters and digits of ASCII: elsewhere it is a language's own.
        var category = Rune.GetUnicodeCategory(rune);
        return category == UnicodeCategory.Format
            || (category == UnicodeCategory.NonSpacingMark && at > 0 && text[at - 1] < 128 && at + length < text.Length && text[at + length] < 128) ? length : 0;
    }

    private static bool Hexadecimal(ReadOnlySpan<char> text, int at, int digits, out char value)
    {
        value = '\0';
        if (at + digits > text.Length
            || !int.TryParse(text.Slice(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0x20 or > 0x7E)
        {
            return false;
        }

        value = (char)code;
        return true;
    }

    private static int Entity(ReadOnlySpan<char> text, int at, out char seen)
    {
        seen = '\0';
        var rest = text[at..Math.Min(text.Length, at + 8)];
        foreach (var (name, value) in (ReadOnlySpan<(string, char)>)[("&amp;", '&'), ("&quot;", '"'), ("&apos;", '\''), ("&lt;", '<'), ("&gt;", '>'), ("&#39;", '\'')])
        {
            if (rest.StartsWith(name, StringComparison.Ordinal))
            {
                seen = value;
                return name.Length;
            }
        }

        var end = rest.StartsWith("&#x", StringComparison.OrdinalIgnoreCase) ? rest.IndexOf(';') : -1;
        return end == 5 && Hexadecimal(text, at + 3, 2, out seen) ? end + 1 : 0;
    }

    // "one" + "two" is one string, over lines too.
    private static int Join(ReadOnlySpan<char> text, int at)
    {
        var quote = text[at];
        var limit = Math.Min(text.Length, at + MaxJoin);
        var end = at + 1;
        var joints = 0;
        while (end < limit && text[end] is ' ' or '\t' or '\r' or '\n' or '+' or '.' or '\\' or '&')
        {
            joints += text[end] is '+' or '.' or '\\' or '&' ? 1 : 0;
            end++;
        }

        return joints == 1 && end < limit && text[end] == quote && end + 1 < text.Length && char.IsAsciiLetterOrDigit(text[end + 1]) ? end + 1 - at : 0;
    }

    private static int Indent(ReadOnlySpan<char> text, int at)
    {
        var end = at;
        while (end < text.Length && end - at < MaxJoin && text[end] is ' ' or '\t')
        {
            end++;
        }

        return end - at;
    }

    // Of what is not ASCII only this is looked at; all else is a language's own.
    private static bool MayChange(char value) => value < 128 || value is '\u00AD' or '\u061C' or '\u180E' or '\uFEFF' or '\uD835'
        or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u2064') or (>= '\u0300' and <= '\u036F')
        or (>= '\uFF01' and <= '\uFF5E') or (>= '\uFE00' and <= '\uFE0F');
}
