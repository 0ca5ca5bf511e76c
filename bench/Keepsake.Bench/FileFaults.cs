using System.Text;
using System.Text.Json;

namespace Keepsake.Bench;

/// <summary>Says in one line what is wrong with a file that was named, in place of a stack trace.</summary>
internal static class FileFaults
{
    private const int Failed = 1;

    /// <summary>Runs a benchmark.</summary>
    /// <returns>Its exit status, or 1 where a file could not be read.</returns>
    public static async Task<int> ExplainedAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (Explanation(e) is not null)
        {
            await Console.Error.WriteLineAsync($"bench: {Explanation(e)} Run it without a verb to see what each takes.");
            return Failed;
        }
    }

    // What is in a file is not repeated: it may be somebody's conversations.
    private static string? Explanation(Exception e) => e switch
    {
        FileNotFoundException { FileName: { } name } => $"there is no file '{name}'.",
        DirectoryNotFoundException or UnauthorizedAccessException => e.Message,
        JsonException => "a file is not the JSON that is expected of it.",
        DecoderFallbackException => "a file is not UTF-8.",
        MemoryException or IOException or InvalidDataException => e.Message,
        _ => null,
    };
}
