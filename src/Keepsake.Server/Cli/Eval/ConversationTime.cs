using System.Globalization;

namespace Keepsake.Server.Cli.Eval;

/// <summary>Reads the times that conversation collections write.</summary>
internal static class ConversationTime
{
    private static readonly string[] Formats =
    [
        "h:mm tt 'on' d MMMM, yyyy",
        "MMMM-dd-yyyy",
        "MMMM d, yyyy",
        "d MMMM yyyy",
        "yyyy/MM/dd (ddd) HH:mm",
    ];

    /// <summary>Reads a time, as UTC where it names no zone.</summary>
    /// <returns>The time, or <see langword="null"/> when nothing is known or the text is no time.</returns>
    public static DateTimeOffset? Parse(string? text)
    {
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, Styles, out var exact) ? exact
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out var other) ? other
            : null;
    }
}
