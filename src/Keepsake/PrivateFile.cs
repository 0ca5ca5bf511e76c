namespace Keepsake;

/// <summary>Opens files that are never anybody else's, not even between being made and being restricted.</summary>
internal static class PrivateFile
{
    /// <summary>Opens a file to write, shared with nobody; one that is made is readable and writable by its owner only.</summary>
    /// <inheritdoc cref="PlainFile.RefusePipe"/>
    public static FileStream Open(string path, FileMode mode)
    {
        // One that must be new is refused by the system, whatever is there.
        if (mode != FileMode.CreateNew)
        {
            PlainFile.RefusePipe(path);
        }

        var options = new FileStreamOptions { Mode = mode, Access = mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(path, options);
    }

    /// <summary>Makes a folder that only its owner can look into, unless it is there.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
