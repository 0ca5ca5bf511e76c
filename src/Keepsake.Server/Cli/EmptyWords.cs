using System.CommandLine;
using System.CommandLine.Parsing;

namespace Keepsake.Server.Cli;

/// <summary>Refuses an empty path or name, wherever a verb takes one: what a script makes of a variable that is not set.</summary>
internal static class EmptyWords
{
    // By what the help calls them, so that a verb of tomorrow is checked too. An empty text or namespace has a meaning of its own.
    private static readonly string[] Refused = ["FILE", "FOLDER", "DIR", "NAME", "EXPORT", "BACKUP"];

    /// <summary>Has a command and those under it refuse them.</summary>
    public static void RefuseIn(Command command)
    {
        foreach (var argument in command.Arguments.Where(argument => IsRefused(argument.Name)))
        {
            argument.Validators.Add(result => Check(result, argument.Name));
        }

        foreach (var option in command.Options.Where(option => IsRefused(option.HelpName)))
        {
            option.Validators.Add(result => Check(result, option.Name));
        }

        foreach (var verb in command.Subcommands)
        {
            RefuseIn(verb);
        }
    }

    private static bool IsRefused(string? name) => name?.Split('|').Intersect(Refused, StringComparer.Ordinal).Any() is true;

    private static void Check(SymbolResult result, string name)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
        {
            result.AddError($"{name} is empty; say which one");
        }
    }
}
