using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace Keepsake.Server.Cli;

/// <summary>Says what is wrong with a command line, and what would have worked.</summary>
internal static partial class Mistake
{
    // Two edits are a slip of the fingers; three turn most verbs into another.
    // As many verbs as fit into a sentence; the others' help lists them.
    private const int MaxNamed = 8;

    /// <summary>Explains the first mistake in one or two sentences.</summary>
    public static string Explain(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return $"{Problem(parsed, command).TrimEnd('.')}. Try '{Names(command)} --help'.";
    }

    /// <summary>The first word that looks like an option and was taken for an argument, which a misspelt one would be; <see langword="null"/>: none.</summary>
    public static string? UnknownOption(ParseResult parsed)
    {
        // What stands behind "--" is what it says; the value of an option too.
        var ended = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .FirstOrDefault(token => OptionPattern().IsMatch(token.Value) && ended.Contains(token))?.Value;
    }

    [GeneratedRegex("^--[a-z][a-z0-9-]*(=.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex OptionPattern();

    private static string Problem(ParseResult parsed, Command command)
    {
        IReadOnlyList<string> words = UnknownOption(parsed) is { } option ? [option] : parsed.UnmatchedTokens;
        if (command.Subcommands.Count > 0)
        {
            return words.Count == 0 ? "Say what to do: a verb is missing" : UnknownVerb(words[0], command);
        }

        if (words.Count > 0)
        {
            return words[0].StartsWith("--", StringComparison.Ordinal)
                ? $"'{words[0]}' is not an option of '{Names(command)}'; after '--' it is a text"
                : $"'{words[0]}' is one word too many; put quotes around a text of several words";
        }

        return parsed.Errors[0].Message
            .Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal)
            .Replace("as expected type 'System.Nullable`1[System.Double]'", "as a number", StringComparison.Ordinal)
            .Replace("as expected type 'System.Nullable`1[System.Int32]'", "as a whole number", StringComparison.Ordinal)
            .Replace("as expected type 'System.Double'", "as a number", StringComparison.Ordinal);
    }

    private static string UnknownVerb(string word, Command command)
    {
        var nearest = command.Subcommands.Select(c => c.Name).MinBy(name => Misspelling.Slips(name, word))!;
        return Misspelling.Of(nearest, word) ? $"'{word}' is not a verb; did you mean '{nearest}'"
            : command.Subcommands.Count <= MaxNamed ? $"'{word}' is not a verb; use {Joined([.. command.Subcommands.Select(c => c.Name)])}"
            : $"'{word}' is not a verb";
    }

    private static string Joined(string[] names) => names is [.. var others, var last] && others.Length > 0 ? $"{string.Join(", ", others)} or {last}" : names[0];

    private static string Names(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Names(parent)} {command.Name}" : command.Name;
}
