using System.Runtime.InteropServices;

namespace Keepsake;

/// <summary>Makes names durable: a file that was renamed is under its new name after a power cut only once its folder has been written.</summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;

    /// <summary>Writes a folder's list of names to the disk. Where the system does not know that, its renames are durable by themselves.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0 || Sync(descriptor) != 0)
        {
            throw new IOException("A folder could not be written to the disk.");
        }

        _ = Close(descriptor);
    }

    /// <summary>Renames a file within its folder, durably.</summary>
    public static void Rename(string from, string to)
    {
        File.Move(from, to, overwrite: true);
        Flush(Path.GetDirectoryName(to)!);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
