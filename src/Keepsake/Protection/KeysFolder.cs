using System.Runtime.Versioning;

namespace Keepsake.Protection;

/// <summary>The folder <c>keys/</c> of a data folder: small files that are replaced as a whole, readable by their owner only, and in no backup.</summary>
/// <remarks>A file is either the old one or the new one, whenever the process or the machine ends.</remarks>
/// <param name="dataFolder">The data folder.</param>
internal sealed class KeysFolder(string dataFolder)
{
    public const string Name = "keys";

    /// <summary>Most bytes of a file that is read as a key.</summary>
    public const int MaxKeyFileBytes = 64 << 10;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private readonly string _path = Path.Combine(dataFolder, Name);

    public string this[string name] => Path.Combine(_path, name);

    public bool Has(string name) => File.Exists(this[name]);

    /// <summary>Reads a file of the folder.</summary>
    /// <returns>Its bytes, or <see langword="null"/>: it is not there.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>: others may read it, it is another user's, or a link.</exception>
    public byte[]? Read(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        RefuseIfLoose(this[name], $"{Name}/{name}");
        try
        {
            return File.ReadAllBytes(this[name]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MemoryException(MemoryErrorCode.Unavailable, $"{Name}/{name} cannot be read. Check its permissions, and start Keepsake again.", e);
        }
    }

    /// <summary>Puts a file in place, durably.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.StorageFull"/> or <see cref="MemoryErrorCode.ReadOnly"/>: it could not be written, and the old one stays.</exception>
    public void Replace(string name, ReadOnlySpan<byte> bytes)
    {
        try
        {
            PrivateFile.CreateFolder(_path);
            var next = this[name + ".next"];
            using (var stream = PrivateFile.Open(next, FileMode.Create))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            FailPoint.Hit("keys.replace");
            File.Move(next, this[name], overwrite: true);
            FlushFolder();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unwritable(e);
        }
    }

    /// <summary>Puts a file in place, and overwrites the one that was there, as far as a file system allows.</summary>
    public void ReplaceAndWipe(string name, ReadOnlySpan<byte> bytes)
    {
        PlainFile.RefusePipe(this[name]);
        using var old = Has(name) ? new FileStream(this[name], FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete) : null;
        Replace(name, bytes);
        if (old is not null)
        {
            Overwrite(old);
        }
    }

    /// <summary>Adds to the end of a file, durably.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.StorageFull"/> or <see cref="MemoryErrorCode.ReadOnly"/>: it could not be added; nothing was.</exception>
    public void Append(string name, ReadOnlySpan<byte> bytes)
    {
        PlainFile.RefusePipe(this[name]);
        try
        {
            // Shared with readers, such as a backup that is verified.
            using var stream = new FileStream(this[name], FileMode.Open, FileAccess.Write, FileShare.Read);
            var length = stream.Seek(0, SeekOrigin.End);
            try
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                stream.SetLength(length);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unwritable(e);
        }
    }

    /// <summary>The names of the files that fit a pattern, in ordinal order.</summary>
    public IReadOnlyList<string> Names(string pattern) => Directory.Exists(_path)
        ? [.. Directory.EnumerateFiles(_path, pattern).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Removes a file that is no secret.</summary>
    public void Remove(string name)
    {
        File.Delete(this[name]);
        FlushFolder();
    }

    /// <summary>Overwrites a file and removes it.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.ReadOnly"/>: it could not be removed.</exception>
    public void Wipe(string name)
    {
        if (!Has(name))
        {
            return;
        }

        PlainFile.RefusePipe(this[name]);
        try
        {
            // Shared: who reads it meanwhile, such as a backup that is verified, does not keep it here.
            using (var stream = new FileStream(this[name], FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            {
                Overwrite(stream);
            }

            Remove(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unwritable(e);
        }
    }

    /// <summary>Refuses a file that others may read, that is another user's, that is a link in the place of a key, or that is no file but a pipe or a device.</summary>
    /// <param name="file">The file.</param>
    /// <param name="shown">How it is named to a person.</param>
    /// <param name="mayBeLink">Whether a link is allowed: secrets that an orchestrator mounts are links.</param>
    internal static void RefuseIfLoose(string file, string shown, bool mayBeLink = false)
    {
        if (!mayBeLink && new FileInfo(file).LinkTarget is not null)
        {
            throw new MemoryException(MemoryErrorCode.Forbidden, $"{shown} is a link. Put the file itself there.");
        }

        if (OperatingSystem.IsWindows())
        {
            return;
        }

        RefuseOthers(file, shown);
    }

    [UnsupportedOSPlatform("windows")]
    private static void RefuseOthers(string file, string shown)
    {
        if (FileFacts.IsPipeOrDevice(file))
        {
            throw new MemoryException(MemoryErrorCode.Forbidden, $"{shown} is a pipe, a socket or a device. Put a file there.");
        }

        if ((File.GetUnixFileMode(file) & Others) != 0)
        {
            throw new MemoryException(MemoryErrorCode.Forbidden, $"Others may read or change {shown}. Mend it with: chmod 600 {shown}");
        }

        if (OperatingSystem.IsLinux() && FileFacts.OwnerOf(file) is { } owner && owner != FileFacts.Self && owner != FileFacts.Root)
        {
            throw new MemoryException(MemoryErrorCode.Forbidden, $"{shown} belongs to another user. Make it yours with: chown \"$USER\" {shown}");
        }
    }

    private static void Overwrite(FileStream stream)
    {
        stream.Position = 0;
        var zeros = new byte[4_096];
        for (var left = stream.Length; left > 0; left -= zeros.Length)
        {
            stream.Write(zeros.AsSpan(0, (int)Math.Min(left, zeros.Length)));
        }

        stream.Flush(flushToDisk: true);
    }

    // A renamed file is there after a power cut only when its folder has reached the disk.
    private void FlushFolder() => FolderSync.Flush(_path);
}
