using System.Security.Cryptography;

namespace Keepsake.Operations;

/// <summary>Opens and copies files of backups: regular ones that nobody else can write, never what a link leads to.</summary>
internal static class BackupFile
{
    private const int BufferSize = 1 << 20;

    private const UnixFileMode OfOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Refuses a file or folder that is a link, that others may look into, or that is no file but a pipe or a device.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>.</exception>
    public static void RefuseIfLoose(FileSystemInfo info)
    {
        if (info.LinkTarget is not null || info.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            throw new MemoryException(MemoryErrorCode.Forbidden, "A backup's file or folder is a link. Backups are used from where they were made.");
        }

        if (!OperatingSystem.IsWindows() && (info.UnixFileMode & OfOthers) != 0)
        {
            throw new MemoryException(
                MemoryErrorCode.Forbidden,
                "Others may read a backup's file or folder. Mend it, in the data folder, with: chmod 700 backups && chmod 600 backups/*");
        }

        PlainFile.RefusePipe(info.FullName);
    }

    /// <summary>Reads a file as a whole.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>; <see cref="MemoryErrorCode.Corrupt"/>: it is empty, or longer than it may be.</exception>
    public static byte[] Read(FileInfo file, int maxBytes)
    {
        RefuseIfLoose(file);

        if (file.Length is 0 || file.Length > maxBytes)
        {
            throw BackupManifest.Altered();
        }

        return File.ReadAllBytes(file.FullName);
    }

    /// <summary>Copies a file of a known length and hash into a new one of our own, and flushes that to the disk.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>; <see cref="MemoryErrorCode.Corrupt"/>: length or hash is another.</exception>
    public static async Task CopyAsync(FileInfo from, string to, BackupInfo expected, Action<double> progress, CancellationToken cancellationToken)
    {
        RefuseIfLoose(from);
        if (from.Length != expected.Bytes)
        {
            throw BackupManifest.Altered();
        }

        await using var source = new FileStream(from.FullName, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        await using var target = PrivateFile.Open(to, FileMode.CreateNew);
        if (!string.Equals(await HashAsync(source, target, expected.Bytes, progress, cancellationToken), expected.Sha256, StringComparison.Ordinal))
        {
            throw BackupManifest.Altered();
        }

        target.Flush(flushToDisk: true);
    }

    /// <summary>The SHA-256 of a file of a known length, in hex digits.</summary>
    public static async Task<string> HashAsync(FileInfo file, Action<double> progress, CancellationToken cancellationToken)
    {
        RefuseIfLoose(file);
        await using var source = new FileStream(file.FullName, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        return await HashAsync(source, Stream.Null, file.Length, progress, cancellationToken);
    }

    private static async Task<string> HashAsync(Stream source, Stream target, long length, Action<double> progress, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferSize];
        var done = 0L;
        while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            // What has grown since it was looked at is not copied to the end of the disk.
            if ((done += read) > length)
            {
                throw BackupManifest.Altered();
            }

            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            progress((double)done / Math.Max(1, length));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
