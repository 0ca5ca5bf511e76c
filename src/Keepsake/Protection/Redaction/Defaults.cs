namespace Keepsake.Protection.Redaction;

/// <summary>Reads what a setting falls back to: <c>getenv("DB_PASSWORD", "X")</c>, <c>process.env.TOKEN || "X"</c>, <c>${DB_PASSWORD:-X}</c>.</summary>
internal static class Defaults
{
    private const int MaxExpression = 96;
    private const int MaxCall = 24;

    private static readonly PhraseSet Environments = new("getenv", "environ", "process.env", "env[", "env(", "env.fetch", "getproperty", "config(", "getvariable");

    private static readonly string[] Alternatives = [" or ", " || ", " ?? ", " ?: "];
    private static readonly string[] AlternativesAndDefaults = [.. Alternatives, "\", ", "', "];

    /// <summary>Judges the second argument of a call that reads the environment.</summary>
    /// <param name="text">The text.</param>
    /// <param name="nameStart">Where the name begins that is asked for.</param>
    /// <param name="value">The second argument.</param>
    public static bool IsArgument(ReadOnlySpan<char> text, int nameStart, LabelledValue value)
    {
        var content = text[value.Start..value.End];
        return value.IsQuoted && Environments.IsIn(text[Math.Max(0, nameStart - MaxCall)..nameStart]) && Is(content);
    }

    /// <summary>Reads what stands after the colon of <c>${NAME:-X}</c>, as a shell writes it, or of <c>${NAME:X}</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="colon">The colon.</param>
    /// <param name="value">What stands there.</param>
    /// <param name="hit">The default.</param>
    public static bool TryReadExpansion(ReadOnlySpan<char> text, int colon, LabelledValue value, out Hit hit)
    {
        var start = value.Start + (!value.IsQuoted && text[value.Start] is '-' or '=' ? 1 : 0);
        var content = text[start..value.End];
        hit = new Hit(start, value.End, "password");
        return value.Start <= colon + 3 && text[value.Start] is not ('?' or '+') && value.End < text.Length && text[value.End] is '}' or '"' or '\''
            && (Is(content) || (SecretValue.IsMachineMade(content) && SecretValue.IsChosenPassword(content)));
    }

    /// <summary>Reads what follows <c>or</c>, <c>||</c>, <c>??</c> or <c>?:</c> behind a variable of the environment, or its name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">What is read from the environment.</param>
    /// <param name="hit">The default.</param>
    public static bool TryRead(ReadOnlySpan<char> text, LabelledValue value, out Hit hit)
    {
        hit = default;
        if (value.IsQuoted)
        {
            return false;
        }

        var expression = text[value.Start..Math.Min(text.Length, value.Start + MaxExpression)];
        var length = expression.IndexOfAny('\n', ';');
        expression = length < 0 ? expression : expression[..length];
        if (!Environments.IsIn(expression[..Math.Min(expression.Length, MaxCall)]))
        {
            return false;
        }

        // What follows the name in config("…", "…") may be another name.
        foreach (var otherwise in expression.StartsWith("config", StringComparison.OrdinalIgnoreCase) ? Alternatives : AlternativesAndDefaults)
        {
            if (expression.IndexOf(otherwise, StringComparison.Ordinal) is > 0 and var at)
            {
                var found = LabelledValue.TryRead(text, value.Start + at + otherwise.Length, ValueStyle.Code, out var given) && given.IsQuoted;
                hit = new Hit(given.Start, given.End, "password");
                return found && Is(text[given.Start..given.End]);
            }
        }

        return false;
    }

    private static bool Is(ReadOnlySpan<char> content) => ChosenPassword.IsWord(content) || WeakPasswords.IsUsed(content);
}
