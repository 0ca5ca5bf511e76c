using System.Security.Cryptography;
using System.Text;

namespace Keepsake.Server.Ownership;

/// <summary>Where the owner of a data folder listens for the other processes of its user.</summary>
internal static class SocketPath
{
    public const string FileName = DataFolder.SocketName;

    /// <summary>Names the socket, when it lies elsewhere.</summary>
    public const string NoteName = "keepsake.socket";

    /// <summary>Longest path that the system takes, in bytes.</summary>
    public const int MaxBytes = 107;

    /// <summary>The socket of a data folder: in it, or, where that path is too long, in the user's runtime folder, noted in the data folder.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: no path is short enough.</exception>
    public static string Of(DataFolder folder)
    {
        var inside = Path.Combine(folder.Path, FileName);
        if (Encoding.UTF8.GetByteCount(inside) <= MaxBytes)
        {
            return inside;
        }

        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Path)))[..16];
        var outside = Path.Combine(RuntimeFolder(), $"keepsake-{name}.sock");
        if (Encoding.UTF8.GetByteCount(outside) > MaxBytes)
        {
            throw new MemoryException(
                MemoryErrorCode.Unavailable, $"The data folder's path is too long for a socket ({MaxBytes} bytes). Name a shorter one with --data.");
        }

        Note(Path.Combine(folder.Path, NoteName), outside);
        return outside;
    }

    private static string RuntimeFolder()
    {
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime))
        {
            return runtime;
        }

        var own = Path.Combine(Path.GetTempPath(), $"keepsake-{Environment.UserName}");
        if (OperatingSystem.IsWindows())
        {
            return Directory.CreateDirectory(own).FullName;
        }

        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(own, Private);

        // Whoever made it first could listen in our place.
        return File.GetUnixFileMode(own) == Private
            ? own
            : throw new MemoryException(MemoryErrorCode.Forbidden, "The folder for the socket is open to others. Set XDG_RUNTIME_DIR to one that is yours.");
    }

    private static void Note(string file, string path)
    {
        if (File.Exists(file) && PlainFile.ReadAllText(file) == path)
        {
            return;
        }

        PlainFile.RefusePipe(file);
        File.WriteAllText(file, path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
