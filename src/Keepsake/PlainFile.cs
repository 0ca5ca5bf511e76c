using Keepsake.Protection;

namespace Keepsake;

/// <summary>Reads small files of the data folder and of transfers, and never a pipe, a socket or a device in the place of one.</summary>
internal static class PlainFile
{
    /// <summary>Refuses a pipe, a socket or a device where a file belongs: opening a pipe waits for ever, and hears no interruption.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>; the message has the name without its folder.</exception>
    public static void RefusePipe(string path)
    {
        if (FileFacts.IsPipeOrDevice(path))
        {
            throw new MemoryException(
                MemoryErrorCode.Forbidden, $"'{Path.GetFileName(path)}' is a pipe, a socket or a device, and a file belongs in its place. Remove it, or put the file back.");
        }
    }

    /// <summary>Reads a whole file.</summary>
    /// <inheritdoc cref="RefusePipe"/>
    public static byte[] ReadAllBytes(string path)
    {
        RefusePipe(path);
        return File.ReadAllBytes(path);
    }

    /// <summary>Reads a whole file of UTF-8.</summary>
    /// <inheritdoc cref="RefusePipe"/>
    public static string ReadAllText(string path)
    {
        RefusePipe(path);
        return File.ReadAllText(path);
    }
}
