using Keepsake.Engines.Sqlite;
using Keepsake.Protection;

namespace Keepsake.Operations;

/// <summary>Keeps the manifest of a backup true while its file is replaced by one in which something was redacted.</summary>
/// <remarks>
/// The new manifest is written before the file is replaced and takes its place after. A process killed between the two leaves both, and the next
/// <see cref="OfAsync"/> finishes what it began.
/// </remarks>
internal sealed class BackupRewrite
{
    private const string Manifest = ".json";
    private const string Next = ".json-next";

    private readonly string _file;
    private readonly BackupInfo? _backup;

    private BackupRewrite(string file, BackupInfo? backup) => (_file, _backup) = (file, backup);

    /// <summary>Looks whether a database is that of a backup.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: it is, and was altered since it was made.</exception>
    public static async Task<BackupRewrite> OfAsync(string file, CancellationToken cancellationToken)
    {
        var (manifest, next) = (Path.ChangeExtension(file, Manifest), Path.ChangeExtension(file, Next));
        if (!File.Exists(manifest))
        {
            return new(file, null);
        }

        var hash = await BackupFile.HashAsync(new(file), _ => { }, cancellationToken);
        if (File.Exists(next))
        {
            if (IsOf(Read(next), hash))
            {
                FolderSync.Rename(next, manifest);
            }
            else
            {
                File.Delete(next);
            }
        }

        return Read(manifest) is { } backup && IsOf(backup, hash) ? new(file, backup) : throw BackupManifest.Altered();
    }

    /// <summary>Verifies what is to take the backup's place, and writes what the manifest is to say.</summary>
    public async Task AnnounceAsync(string part, KeysFolder keys, CancellationToken cancellationToken)
    {
        if (_backup is null)
        {
            return;
        }

        var found = await Task.Run(() => DatabaseCheck.Run(part, keys, _ => { }, cancellationToken), cancellationToken);
        var info = new FileInfo(part);
        var next = _backup with
        {
            Bytes = info.Length,
            Sha256 = await BackupFile.HashAsync(info, _ => { }, cancellationToken),
            DamagedRows = found.DamagedRows,
            ShreddedRows = found.ShreddedRows,
            Stores = found.Stores,
        };
        using var stream = PrivateFile.Open(Path.ChangeExtension(_file, Next), FileMode.Create);
        stream.Write(BackupManifest.Write(next));
        stream.Flush(flushToDisk: true);
        FailPoint.Hit("scan.announced");
    }

    /// <summary>The file has been replaced.</summary>
    public void Finish()
    {
        FailPoint.Hit("scan.replaced");
        if (_backup is not null)
        {
            FolderSync.Rename(Path.ChangeExtension(_file, Next), Path.ChangeExtension(_file, Manifest));
        }
    }

    private static bool IsOf(BackupInfo? backup, string hash) => string.Equals(backup?.Sha256, hash, StringComparison.Ordinal);

    private static BackupInfo? Read(string manifest)
    {
        try
        {
            return BackupManifest.Read(Path.GetFileNameWithoutExtension(manifest), BackupFile.Read(new(manifest), BackupManifest.MaxBytes));
        }
        catch (MemoryException e) when (e.Code is MemoryErrorCode.Corrupt)
        {
            // Half written, or altered.
            return null;
        }
    }
}
