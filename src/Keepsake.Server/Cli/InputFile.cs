using Keepsake.Protection;

namespace Keepsake.Server.Cli;

/// <summary>Looks at a file that a person names before it is opened to be read.</summary>
internal static class InputFile
{
    /// <summary>Refuses what is no file that can be read from its start to its end.</summary>
    /// <param name="path">What was named.</param>
    /// <param name="insteadOfFolder">What to name in place of a folder.</param>
    /// <param name="insteadOfPipe">What to do where it is a pipe, a socket or a device.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: there is nothing; <see cref="MemoryErrorCode.InvalidRequest"/>: it is no file.</exception>
    public static void Check(string path, string insteadOfFolder, string insteadOfPipe)
    {
        if (Directory.Exists(path))
        {
            throw MemoryException.Invalid($"'{path}' is a folder. {insteadOfFolder}");
        }

        if (!File.Exists(path))
        {
            throw MemoryException.NotFound($"There is no file '{path}'.");
        }

        if (FileFacts.IsPipeOrDevice(path))
        {
            throw MemoryException.Invalid($"'{path}' is a pipe, a socket or a device. {insteadOfPipe}");
        }
    }
}
