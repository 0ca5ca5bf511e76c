namespace Keepsake.Server.Cli;

/// <summary>A text on the command line, or <c>-</c> for standard input.</summary>
internal static class TextArgument
{
    /// <summary>Reads the text.</summary>
    /// <param name="run">The run.</param>
    /// <param name="argument">The text, or <c>-</c>.</param>
    /// <param name="maxLength">Most characters from standard input.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<string> ReadAsync(CliRun run, string argument, int maxLength, CancellationToken cancellationToken)
    {
        if (argument != "-")
        {
            return argument;
        }

        if (run.Terminal.IsInPerson)
        {
            run.Outlet.Note("type the text, then Ctrl-D on a line of its own");
        }

        return await run.Terminal.ReadTextAsync(maxLength, cancellationToken);
    }
}
