using System.Runtime.Versioning;

namespace Keepsake;

/// <summary>The folder that holds the data: where it is, who may read it, and which process owns it.</summary>
public sealed class DataFolder
{
    /// <summary>The file whose lock makes a process the owner.</summary>
    public const string LockName = "keepsake.lock";

    /// <summary>The socket at which the owner listens, where its path is not too long.</summary>
    internal const string SocketName = "keepsake.sock";

    // What .NET gives as HResult: the errno of the system, or Windows' own.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int NoSpace = 28;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsNoSpace = unchecked((int)0x80070070);

    // Their locks and their fsync do not promise what a database needs.
    private static readonly string[] NetworkFileSystems =
        ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "ncpfs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "davfs"];

    private DataFolder(string path) => Path = path;

    /// <summary>Gets the folder's full path.</summary>
    public string Path { get; }

    /// <summary>Gets where the data is when nothing is said: the same for every process of a user, whatever its working directory.</summary>
    public static string DefaultPath
    {
        get
        {
            if (Environment.GetEnvironmentVariable("KEEPSAKE__DATA") is { Length: > 0 } configured)
            {
                return configured;
            }

            if (OperatingSystem.IsWindows())
            {
                return System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Keepsake");
            }

            // Relative values are to be ignored by the rules of that variable.
            var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { } xdg && System.IO.Path.IsPathRooted(xdg)
                ? xdg
                : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share");
            return System.IO.Path.Combine(data, "keepsake");
        }
    }

    /// <summary>Takes a folder as the data folder; creates it when it is missing.</summary>
    /// <param name="path">The folder; <see langword="null"/>: <see cref="DefaultPath"/>.</param>
    /// <exception cref="MemoryException">
    /// <see cref="MemoryErrorCode.InvalidRequest"/>: the path is empty, or on a network file system; <see cref="MemoryErrorCode.Forbidden"/>: others may read it, or
    /// a pipe or a device is in the place of a file of it;
    /// <see cref="MemoryErrorCode.Unavailable"/>: it cannot be created.
    /// </exception>
    public static DataFolder Open(string? path = null)
    {
        if (path is "")
        {
            throw MemoryException.Invalid("The path of the data folder is empty. Name a folder, or leave it out for your own.");
        }

        var folder = System.IO.Path.GetFullPath(path ?? DefaultPath);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                RefuseIfLoose(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MemoryException(
                MemoryErrorCode.Unavailable, "The data folder cannot be created or read. Check its path and permissions, or name another with --data.", e);
        }

        RefuseIfRemote(new DriveInfo(folder).DriveFormat);
        return new(folder);
    }

    /// <summary>Becomes the owner of the folder, if nobody is.</summary>
    /// <returns>The lock, released when it is disposed or the process ends; <see langword="null"/>: another process owns the folder.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.ReadOnly"/> or <see cref="MemoryErrorCode.StorageFull"/>: the folder cannot be written.</exception>
    public IDisposable? TryLock()
    {
        try
        {
            return PrivateFile.Open(System.IO.Path.Combine(Path, LockName), FileMode.OpenOrCreate);
        }
        catch (IOException e) when (e.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    /// <summary>What it means that a file of the folder cannot be made or written.</summary>
    internal static MemoryException Unwritable(Exception cause) => cause.HResult is NoSpace or WindowsNoSpace
        ? new(MemoryErrorCode.StorageFull, "The disk is full. Free some space and try again.", cause)
        : new(
            MemoryErrorCode.ReadOnly,
            "The data folder takes no writes. Check its permissions and its file system, or name another with --data.",
            cause);

    /// <summary>Refuses a kind of file system that is not on this machine.</summary>
    internal static void RefuseIfRemote(string fileSystem)
    {
        if (NetworkFileSystems.Contains(fileSystem, StringComparer.OrdinalIgnoreCase))
        {
            throw MemoryException.Invalid(
                $"The data folder is on a network file system ({fileSystem}), whose locks cannot be relied on. Name a local folder with --data.");
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void RefuseIfLoose(string folder)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(folder) & Others) != 0)
        {
            throw new MemoryException(
                MemoryErrorCode.Forbidden, $"Others may read the data folder. Mend it with: chmod 700 '{folder}'");
        }

        foreach (var file in Directory.EnumerateFiles(folder, "keepsake.*"))
        {
            if ((ModeOf(file) & Others) != 0)
            {
                throw new MemoryException(
                    MemoryErrorCode.Forbidden, $"Others may read a file of the data folder. Mend it with: chmod 600 '{folder}'/keepsake.*");
            }

            if (System.IO.Path.GetFileName(file) != SocketName)
            {
                PlainFile.RefusePipe(file);
            }
        }
    }

    // The owner makes and removes files meanwhile.
    [UnsupportedOSPlatform("windows")]
    private static UnixFileMode ModeOf(string file)
    {
        try
        {
            return File.GetUnixFileMode(file);
        }
        catch (FileNotFoundException)
        {
            return UnixFileMode.None;
        }
    }
}
