using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Keepsake.Server.Cli;

/// <summary>The usual help, and then examples of the verb.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool Terminating => usual.Terminating;

    public override bool ClearsParseErrors => usual.ClearsParseErrors;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var examples = Examples.Of(parseResult.CommandResult.Command);
        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        output.Flush();
        return ExitCode.Done;
    }
}

/// <summary>The examples that belong to a verb.</summary>
internal static class Examples
{
    private static readonly ConditionalWeakTable<Command, string[]> All = [];

    /// <summary>Gives a verb its examples.</summary>
    public static Command WithExamples(this Command verb, params string[] examples)
    {
        All.Add(verb, examples);
        return verb;
    }

    public static IReadOnlyList<string> Of(Command verb) => All.TryGetValue(verb, out var examples) ? examples : [];
}
