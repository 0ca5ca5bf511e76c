using System.Buffers;
using System.Globalization;
using System.Text;

namespace Keepsake.Server.Cli;

/// <summary>Makes text from elsewhere fit for one line and harmless to a terminal: memories may hold anything.</summary>
internal static class PlainText
{
    // Marks that make text read in another order than it is written, and line separators.
    private const string Misleading = "\u061C\u200E\u200F\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";

    // Controls that a terminal obeys: C0, DEL and C1.
    private static readonly string Controls = string.Concat(Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(char.IsControl));

    private static readonly SearchValues<char> Unsafe = SearchValues.Create(Controls + Misleading);

    private static readonly SearchValues<char> UnsafeOrEscape = SearchValues.Create(Controls + Misleading + '\\');

    /// <summary>A field of a line for programs, reversible: <c>\t</c>, <c>\n</c>, <c>\r</c>, <c>\\</c>, and <c>\uXXXX</c> for other controls.</summary>
    public static string Field(string? text)
    {
        if (text is null || !text.AsSpan().ContainsAny(UnsafeOrEscape))
        {
            return text ?? "";
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\t' => escaped.Append("\\t"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\\' => escaped.Append("\\\\"),
                _ when Unsafe.Contains(c) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>Text as a person is shown it: white space in one run, other controls as U+FFFD.</summary>
    public static string Shown(string? text)
    {
        if (text is null || !text.AsSpan().ContainsAny(Unsafe))
        {
            return text ?? "";
        }

        var shown = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\t' or '\n' or '\r' or '\u2028' or '\u2029')
            {
                if (shown.Length > 0 && shown[^1] != ' ')
                {
                    shown.Append(' ');
                }
            }
            else
            {
                shown.Append(Unsafe.Contains(c) ? '\uFFFD' : c);
            }
        }

        return shown.ToString();
    }

    /// <summary>The beginning of a text, cut between characters, with an ellipsis where something is missing.</summary>
    public static string Shortened(string? text, int maxLength)
    {
        var shown = Shown(text);
        if (shown.Length <= maxLength)
        {
            return shown;
        }

        var end = char.IsHighSurrogate(shown[maxLength - 2]) ? maxLength - 2 : maxLength - 1;
        return string.Concat(shown.AsSpan(0, end).TrimEnd(), "…");
    }
}
