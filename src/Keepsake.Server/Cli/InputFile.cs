using System.Globalization;
using Keepsake.Protection;
using Microsoft.Win32.SafeHandles;

namespace Keepsake.Server.Cli;

/// <summary>Looks at a file that a person names before it is opened to be read.</summary>
internal static class InputFile
{
    private const string Descriptors = "/dev/fd/";
    private const int StandardError = 2;

    /// <summary>What a shell names in place of a file, such as <c>&lt;(zcat memories.jsonl.gz)</c>: a pipe that is open already, and is read like standard input.</summary>
    /// <returns>The pipe, or <see langword="null"/>: it is something else, which would have to be opened.</returns>
    public static Stream? Inherited(string path) =>
        path.StartsWith(Descriptors, StringComparison.Ordinal)
        && int.TryParse(path.AsSpan(Descriptors.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number > StandardError
        && FileFacts.IsPipeOrDevice(path)
            ? new FileStream(new SafeFileHandle(number, ownsHandle: false), FileAccess.Read, bufferSize: 0)
            : null;

    /// <summary>Refuses a file that is to be written in a folder that is not there.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>.</exception>
    public static void CheckFolderOf(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw MemoryException.NotFound($"There is no folder '{Path.GetDirectoryName(path)}' to write '{Path.GetFileName(path)}' in. Make it first, or name another.");
        }
    }

    /// <summary>Refuses what is no file that can be read from its start to its end.</summary>
    /// <param name="path">What was named.</param>
    /// <param name="insteadOfFolder">What to name in place of a folder.</param>
    /// <param name="insteadOfPipe">What to do where it is a pipe, a socket or a device.</param>
    /// <param name="insteadOfNothing">What would have worked where there is nothing; empty: a file that is there, as anybody guesses.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: there is nothing; <see cref="MemoryErrorCode.InvalidRequest"/>: it is no file.</exception>
    public static void Check(string path, string insteadOfFolder, string insteadOfPipe, string insteadOfNothing = "")
    {
        if (Directory.Exists(path))
        {
            throw MemoryException.Invalid($"'{path}' is a folder. {insteadOfFolder}");
        }

        if (!File.Exists(path))
        {
            throw MemoryException.NotFound($"There is no file '{path}'. {insteadOfNothing}".TrimEnd());
        }

        if (FileFacts.IsPipeOrDevice(path))
        {
            throw MemoryException.Invalid($"'{path}' is a pipe, a socket or a device. {insteadOfPipe}");
        }
    }
}
