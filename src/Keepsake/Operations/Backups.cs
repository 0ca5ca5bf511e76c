using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Keepsake.Engines.Sqlite;
using Keepsake.Protection;

namespace Keepsake.Operations;

/// <summary>The backups of a data folder: files of its own folder <c>backups</c>, each with a manifest once it has been verified.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="time">Dates backups.</param>
internal sealed partial class Backups(string folder, TimeProvider time) : IDisposable
{
    public const string FolderName = "backups";

    /// <summary>Most backups of a data folder. Remove old ones beyond them.</summary>
    public const int MaxBackups = 1_000;

    private const string Data = ".db";
    private const string Manifest = ".json";
    private const string Making = "-making";

    private readonly SemaphoreSlim _making = new(1);
    private readonly KeysFolder _keys = new(folder);

    private string Folder => Path.Combine(folder, FolderName);

    /// <summary>Makes a backup of all stores as they are at one moment, and verifies it.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: the database cannot be copied whole; <see cref="MemoryErrorCode.StorageFull"/>;
    /// <see cref="MemoryErrorCode.Conflict"/>: there are too many.</exception>
    public async Task<BackupInfo> CreateAsync(IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            PrivateFile.CreateFolder(Folder);
            BackupFile.RefuseIfLoose(new DirectoryInfo(Folder));
            RemoveUnfinished();
            if (Names().Count() >= MaxBackups)
            {
                throw new MemoryException(MemoryErrorCode.Conflict, $"There are {MaxBackups} backups, the most there can be. Remove old ones from the folder '{FolderName}'.");
            }

            var createdAt = time.GetUtcNow();

            // Not by the user's calendar: names are compared to tell the newest.
            var name = string.Create(
                CultureInfo.InvariantCulture, $"{createdAt:yyyyMMdd'T'HHmmss'Z'}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
            try
            {
                return await MakeAsync(name, createdAt, progress, cancellationToken);
            }
            catch
            {
                RemoveUnfinished();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolder.Unwritable(e);
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>Lists the backups, the newest first. What is not whole, or has been altered since, is none.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>: others may look into the folder, and so none of them is to be trusted.</exception>
    public IReadOnlyList<BackupInfo> List()
    {
        if (!Directory.Exists(Folder))
        {
            return [];
        }

        BackupFile.RefuseIfLoose(new DirectoryInfo(Folder));
        List<BackupInfo> found = [];
        foreach (var name in Names().OrderDescending(StringComparer.Ordinal).Take(MaxBackups))
        {
            try
            {
                found.Add(Read(name));
            }
            catch (MemoryException)
            {
                // Verifying or restoring it by its name says why; the command line names those that are left out.
            }
        }

        return found;
    }

    /// <summary>Verifies a backup: its manifest, its hash, its tables, every row.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>, <see cref="MemoryErrorCode.Corrupt"/>, <see cref="MemoryErrorCode.Forbidden"/>,
    /// <see cref="MemoryErrorCode.NotSupported"/>: it is of a newer program.</exception>
    public async Task<BackupInfo> VerifyAsync(string name, IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        var info = Read(name);
        RefuseIfNewer(info);
        var file = FileOf(name, Data);
        if (!string.Equals(
            await BackupFile.HashAsync(file, share => progress?.Report(new("hashing", share)), cancellationToken), info.Sha256, StringComparison.Ordinal))
        {
            throw BackupManifest.Altered();
        }

        return await CheckAsync(file.FullName, info, progress, cancellationToken);
    }

    /// <summary>Copies a backup to a file beside the database and verifies the copy, so that what was verified is what is used.</summary>
    /// <param name="name">The backup.</param>
    /// <param name="target">The file, which is not there.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Gives up, and removes the file.</param>
    /// <inheritdoc cref="VerifyAsync"/>
    public async Task<BackupInfo> CopyAsync(string name, string target, IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        var info = Read(name);
        RefuseIfNewer(info);
        try
        {
            await BackupFile.CopyAsync(FileOf(name, Data), target, info, share => progress?.Report(new("copying", share)), cancellationToken);
            return await CheckAsync(target, info, progress, cancellationToken);
        }
        catch (Exception e)
        {
            File.Delete(target);
            throw e is IOException or UnauthorizedAccessException ? DataFolder.Unwritable(e) : e;
        }
    }

    /// <summary>What the manifest of a backup says.</summary>
    /// <inheritdoc cref="VerifyAsync"/>
    public BackupInfo Read(string name)
    {
        if (!IsName(name))
        {
            throw MemoryException.Invalid("That is no name of a backup, such as 20260131T093000Z-0198c0de. List them with: keepsake backup list");
        }

        var (manifest, data) = (FileOf(name, Manifest), FileOf(name, Data));
        if (!Exists(manifest) || !Exists(data))
        {
            throw MemoryException.NotFound("There is no backup of this name. List them with: keepsake backup list");
        }

        BackupFile.RefuseIfLoose(new DirectoryInfo(Folder));
        BackupFile.RefuseIfLoose(data);
        var info = BackupManifest.Read(name, BackupFile.Read(manifest, BackupManifest.MaxBytes));
        return data.Length == info.Bytes ? info : throw BackupManifest.Altered();
    }

    /// <summary>The file of a backup that has been verified.</summary>
    public string PathOf(string name) => FileOf(name, Data).FullName;

    /// <inheritdoc/>
    public void Dispose() => _making.Dispose();

    /// <summary>Whether a text is a name that backups are given.</summary>
    public static bool IsName(string? name) => name is not null && Name().IsMatch(name);

    /// <summary>The names of all that a data folder has manifests of, listed or not.</summary>
    public static IEnumerable<string> NamesIn(string folder) => Path.Combine(folder, FolderName) is var backups && Directory.Exists(backups)
        ? Directory.EnumerateFiles(backups, "*" + Manifest).Select(file => Path.GetFileNameWithoutExtension(file)).Where(IsName)
        : [];

    private async Task<BackupInfo> MakeAsync(string name, DateTimeOffset createdAt, IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        // SQLite would make the file as the process's umask says; it takes one that is there and empty.
        var making = FileOf(name, Data + Making);
        PrivateFile.Open(making.FullName, FileMode.CreateNew).Dispose();
        await DatabaseCopy.WriteAsync(
            Path.Combine(folder, SqliteDatabase.FileName), making.FullName, share => progress?.Report(new("copying", share)), cancellationToken);
        FailPoint.Hit("backup.copied");
        await using (var file = new FileStream(making.FullName, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            file.Flush(flushToDisk: true);
        }

        var found = await Task.Run(
            () => DatabaseCheck.Run(making.FullName, _keys, share => progress?.Report(new("verifying", share)), cancellationToken), cancellationToken);
        FailPoint.Hit("backup.verified");
        making.Refresh();
        var info = new BackupInfo
        {
            Name = name,
            CreatedAt = createdAt,
            Version = KeepsakeVersion.Text,
            Schema = found.Schema,
            Bytes = making.Length,
            Sha256 = await BackupFile.HashAsync(making, share => progress?.Report(new("hashing", share)), cancellationToken),
            DamagedRows = found.DamagedRows,
            ShreddedRows = found.ShreddedRows,
            Stores = found.Stores,
        };
        var manifest = FileOf(name, Manifest + Making).FullName;
        using (var file = PrivateFile.Open(manifest, FileMode.CreateNew))
        {
            file.Write(BackupManifest.Write(info));
            file.Flush(flushToDisk: true);
        }

        // In this order: while the file has its name and no manifest, there is one in the making beside it that tells so.
        FailPoint.Hit("backup.manifest");
        FolderSync.Rename(making.FullName, FileOf(name, Data).FullName);
        FailPoint.Hit("backup.named");
        FolderSync.Rename(manifest, FileOf(name, Manifest).FullName);
        FailPoint.Hit("backup.listed");
        return Read(name);
    }

    private async Task<BackupInfo> CheckAsync(string file, BackupInfo info, IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        var found = await Task.Run(() => DatabaseCheck.Run(file, _keys, share => progress?.Report(new("verifying", share)), cancellationToken), cancellationToken);
        // With another folder's key less is told from what was written; the file's hash has been compared all the same.
        var isAsDamaged = found.IsForeign ? found.DamagedRows <= info.DamagedRows : found.DamagedRows == info.DamagedRows;
        if (found.Schema != info.Schema || !isAsDamaged || !found.Stores.Select(Counts).SequenceEqual(info.Stores.Select(Counts)))
        {
            throw BackupManifest.Altered();
        }

        return info with { ShreddedRows = found.ShreddedRows };

        static (string, string, long, long) Counts(BackupStore store) => (store.Name, store.Id, store.Records, store.Events);
    }

    private static void RefuseIfNewer(BackupInfo info)
    {
        if (info.Schema > SqliteSchema.Latest)
        {
            throw new MemoryException(
                MemoryErrorCode.NotSupported,
                $"This backup was made by a newer Keepsake (schema {info.Schema}; this one knows up to {SqliteSchema.Latest}). Update Keepsake to use it.");
        }
    }

    // What a process that was killed left behind. Nothing else is removed: what has no manifest any more may still be of use to a person.
    private void RemoveUnfinished()
    {
        foreach (var file in Directory.EnumerateFiles(Folder, "*" + Making).ToList())
        {
            if (file.EndsWith(Manifest + Making, StringComparison.Ordinal) && !File.Exists(file[..^Making.Length]))
            {
                File.Delete(file[..^(Manifest + Making).Length] + Data);
            }

            File.Delete(file);
        }
    }

    private IEnumerable<string> Names() => NamesIn(folder);

    private FileInfo FileOf(string name, string suffix) => new(Path.Combine(Folder, name + suffix));

    // A link counts as there, whatever it leads to: it is refused with its reason.
    private static bool Exists(FileInfo file) => file.Exists || file.LinkTarget is not null;

    [GeneratedRegex(@"\A[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
