namespace Keepsake;

/// <summary>Opens files that are never anybody else's, not even between being made and being restricted.</summary>
internal static class PrivateFile
{
    /// <summary>Opens a file to write, shared with nobody; one that is made is readable and writable by its owner only.</summary>
    public static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(path, options);
    }
}
