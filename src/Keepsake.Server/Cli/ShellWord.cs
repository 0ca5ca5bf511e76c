namespace Keepsake.Server.Cli;

/// <summary>Writes a file's name into a command that a person may copy.</summary>
internal static class ShellWord
{
    /// <summary>The name as it is, or in quotes where a shell would take it for more than one word.</summary>
    public static string Of(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':')
        ? name
        : $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
