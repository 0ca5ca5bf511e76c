using System.Buffers;

namespace Keepsake.Protection.Redaction;

/// <summary>A value as it stands after its name: without its quotes, if it has any.</summary>
/// <param name="Start">Where the value begins, after an opening quote.</param>
/// <param name="End">Where it ends, before a closing quote.</param>
/// <param name="Quote">The quote, or NUL for a bare value.</param>
internal readonly record struct LabelledValue(int Start, int End, char Quote)
{
    /// <summary>Longest value that is read. A longer one is cut there, which still hides its name's secret from any use.</summary>
    public const int MaxLength = 4_096;

    private const int MaxBareLength = 1_024;

    private const int MaxGap = 64;

    // What ends a bare value: white space, quotes, and what languages put after a value.
    private static readonly SearchValues<char> BareEnds = SearchValues.Create(" \t\r\n\"'`;,)]}<>|\\");
    private static readonly SearchValues<char> ShellEnds = SearchValues.Create(" \t\r\n\"'`\\");
    private static readonly SearchValues<char> QueryEnds = SearchValues.Create(" \t\r\n\"'`<>\\&#,;)]}|");

    private static readonly SearchValues<char> WordsAndSpaces = SearchValues.Create("abcdefghijklmnopqrstuvwxyz ");

    public bool IsQuoted => Quote != '\0';

    /// <summary>Reads the value that follows a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">The first character after the separator.</param>
    /// <param name="style">What may stand before the value and what ends it.</param>
    /// <param name="value">The value.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryRead(ReadOnlySpan<char> text, int from, ValueStyle style, out LabelledValue value)
    {
        value = default;
        var at = from;
        var limit = Math.Min(text.Length, from + MaxGap);
        while (at < limit && (text[at] is ' ' or '\t' or '*' || (style == ValueStyle.Markup && text[at] is '\r' or '\n')))
        {
            at++;
        }

        // b"…", r'…', @"…", $"…", N'…'
        if (at + 1 < text.Length && text[at + 1] is '"' or '\'' && text[at] is 'b' or 'r' or 'u' or 'f' or '@' or '$' or 'N')
        {
            at++;
        }

        var escapes = 0;
        while (at < text.Length && escapes < 3 && text[at] == '\\' && text[at..].IndexOfAny('"', '\'') is >= 0 and <= 3)
        {
            at++;
            escapes++;
        }

        if (at >= text.Length)
        {
            return false;
        }

        var rest = text[at..Math.Min(text.Length, at + MaxLength)];
        if (rest[0] is '"' or '\'' or '`')
        {
            var length = QuotedLength(rest[1..], rest[0], escapes > 0);
            value = new LabelledValue(at + 1, at + 1 + length, rest[0]);
            return length > 0;
        }

        rest = rest[..Math.Min(rest.Length, MaxBareLength)];
        if (style == ValueStyle.Words)
        {
            var words = rest.IndexOfAnyExcept(WordsAndSpaces);
            rest = words < 0 ? rest : rest[..words];
            value = new LabelledValue(at, at + rest.TrimEnd(' ').Length, '\0');
            return rest.Length > 0;
        }

        var end = rest.IndexOfAny(style switch { ValueStyle.Shell => ShellEnds, ValueStyle.Query => QueryEnds, _ => BareEnds });
        end = end < 0 ? rest.Length : end;
        if (end > 1 && rest[end - 1] == '.' && rest[end - 2] != '.')
        {
            end--;
        }

        value = new LabelledValue(at, at + end, '\0');
        return end > 0;
    }

    private static int QuotedLength(ReadOnlySpan<char> rest, char quote, bool isEscaped)
    {
        for (var at = 0; at < rest.Length; at++)
        {
            var step = rest[at..].IndexOfAny(quote, '\\', '\n');
            if (step < 0)
            {
                return rest.Length;
            }

            at += step;
            if (rest[at] == quote || rest[at] == '\n')
            {
                return at;
            }

            // In a string within a string, a backslash before the quote ends the inner one; else it hides the next character.
            if (isEscaped && at + 1 < rest.Length && (rest[at + 1] == quote || rest[at + 1] == '\\'))
            {
                return at;
            }

            at++;
        }

        return rest.Length;
    }
}

/// <summary>Where a value stands, which says what ends it when it has no quotes.</summary>
internal enum ValueStyle
{
    /// <summary>In code, JSON, YAML, an ini file or prose.</summary>
    Code,

    /// <summary>In a shell, a command or an environment file: nothing but white space and quotes end it.</summary>
    Shell,

    /// <summary>In the query of a URL: an ampersand ends it.</summary>
    Query,

    /// <summary>Words with spaces between them.</summary>
    Words,

    /// <summary>Between tags: it may begin on the next line.</summary>
    Markup,
}
