using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keepsake.Engines.Sqlite;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection;
using Keepsake.Protection.Integrity;
using Keepsake.Protection.Sealing;
using Keepsake.Recall;
using Keepsake.Serialization;

namespace Keepsake.Operations;

/// <summary>Puts a backup in the place of a database: a verified file beside it, then a switch, with the old one kept until the new one has opened.</summary>
/// <remarks>
/// The switch happens when the stores are opened next, by who has the folder's lock. It is decided at one moment, when the verified file gets its name
/// <see cref="Decided"/>: killed before, the old data is there; killed after, whoever opens the folder next goes on. Each step can be done again.
/// Only a file whose hash is in <c>keys/</c> is put in place, and only for one is an older database taken: nobody else can make it look like a restore.
/// </remarks>
/// <param name="folder">The data folder.</param>
/// <param name="time">Dates the report.</param>
internal sealed class PendingRestore(string folder, TimeProvider time)
{
    /// <summary>The verified file that is to be the database.</summary>
    public const string Decided = SqliteDatabase.FileName + "-restore";

    /// <summary>The file in <c>keys/</c> that says which bytes are to be put in place.</summary>
    public const string HashName = "restore";

    private const string Copying = SqliteDatabase.FileName + "-restoring";
    private const string Old = SqliteDatabase.FileName + "-before";
    private const string Log = SqliteDatabase.FileName + "-wal";
    private const string OldLog = Old + "-wal";
    private const string OldSharedMemory = Old + "-shm";
    private const string SharedMemory = SqliteDatabase.FileName + "-shm";
    private const string ReportName = "restored.json";
    private const int MaxReportBytes = 64 << 10;

    private readonly KeysFolder _keys = new(folder);

    /// <summary>Gets the database that was in place, which is there until the restored one has opened.</summary>
    public string Before => At(Old);

    /// <summary>Gets what became of the last restore; <see langword="null"/>: there was none.</summary>
    public RestoreReport? Report
    {
        get
        {
            try
            {
                var file = new FileInfo(At(ReportName));
                return file is { Exists: true, Length: > 0 and <= MaxReportBytes }
                    ? JsonSerializer.Deserialize(PlainFile.ReadAllBytes(file.FullName), KeepsakeJson.Default.RestoreReport)
                    : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>Verifies a copy of a backup beside the database and decides that it is to take its place.</summary>
    public async Task<RestoreReport> DecideAsync(
        Backups backups, string name, bool withDamage, IProgress<OperationProgress>? progress, CancellationToken cancellationToken)
    {
        if (backups.Read(name) is { DamagedRows: > 0 } damaged && !withDamage)
        {
            throw new MemoryException(
                MemoryErrorCode.Corrupt,
                $"{(damaged.DamagedRows == 1 ? "1 row was" : $"{damaged.DamagedRows} rows were")} damaged already when this backup was made. Restore an older one, or this one as it is with --with-damage.");
        }

        File.Delete(At(Copying));
        var copied = await backups.CopyAsync(name, At(Copying), progress, cancellationToken);
        FailPoint.Hit("restore.copied");

        // What an earlier restore left is of no use once this one is decided.
        RemoveOld();
        var report = new RestoreReport(name, time.GetUtcNow(), RestoreReport.Pending);
        Write(report);
        _keys.Replace(HashName, Encoding.ASCII.GetBytes(copied.Sha256));
        FolderSync.Rename(At(Copying), At(Decided));
        FailPoint.Hit("restore.decided");
        return report;
    }

    /// <summary>Puts the decided file in place, or goes on with what was interrupted. The folder's lock must be held and the database closed.</summary>
    /// <returns>Whether the database is a restored one that has not opened yet: then <see cref="Keep"/> or <see cref="GoBack"/> follows.</returns>
    public bool PutInPlace()
    {
        if (File.Exists(At(Decided)))
        {
            if (IsDecidedHere())
            {
                Switch();
                return true;
            }

            File.Delete(At(Decided));
            Write(RestoreReport.KeptOld, "The file that was to be restored is not the one that was verified. Restore the backup again.");
        }

        switch (Report?.Outcome)
        {
            case RestoreReport.Pending when File.Exists(At(Old)):
                return true;
            case RestoreReport.Pending:
                Write(RestoreReport.KeptOld, "The restore was interrupted before it was decided. Begin it again.");
                break;
            case RestoreReport.KeptOld when File.Exists(At(Old)) || File.Exists(At(OldLog)) || _keys.Has(CommitsFile.BeforeName):
                PutOldBack();
                break;
            case RestoreReport.Restored:
                RemoveOld();
                break;
        }

        return false;
    }

    /// <summary>Lets go of the old data: the new has opened.</summary>
    /// <param name="shredded">How many of its rows were left out, because nobody can read them.</param>
    /// <param name="reason">What an operator should know; <see langword="null"/>: nothing.</param>
    public void Keep(long shredded, string? reason)
    {
        // Of the old database, and nobody can tell any more whether they were committed. A newer backup may need those rings.
        new DeletedRings(_keys).ForgetAll();
        Write(new RestoreReport(Report?.Backup ?? "", time.GetUtcNow(), RestoreReport.Restored, reason) { ShreddedRows = shredded });
        FailPoint.Hit("restore.reported");
        RemoveOld();
    }

    /// <summary>Puts the old data back: the new did not open.</summary>
    public void GoBack(MemoryException reason)
    {
        Write(RestoreReport.KeptOld, reason.Message);
        FailPoint.Hit("restore.refused");
        PutOldBack();
    }

    private void Switch()
    {
        // A log belongs to its database: beside another it would be written into that one.
        Move(SqliteDatabase.FileName, Old);
        FailPoint.Hit("restore.old-aside");
        Move(Log, OldLog);
        File.Delete(At(SharedMemory));
        File.Delete(At(OpenMarker.FileName));
        FailPoint.Hit("restore.log-aside");

        ExpectOlder();

        // Derived from the old data, and by their numbers they might pass for the new.
        IndexSnapshot.Delete(At("index"));
        FolderSync.Rename(At(Decided), At(SqliteDatabase.FileName));
        FailPoint.Hit("restore.in-place");
    }

    // Bytes of which a person decided that they take the place of newer ones.
    private bool IsDecidedHere()
    {
        PlainFile.RefusePipe(At(Decided));
        using var file = File.OpenRead(At(Decided));
        return _keys.Read(HashName) is { } decided && decided.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(file))));
    }

    // What is put in place may have had fewer commits than what was there. Its heads are looked at when it is opened.
    private void ExpectOlder()
    {
        if (_keys.Read(CommitsFile.FileName) is not { } known)
        {
            return;
        }

        if (!_keys.Has(CommitsFile.BeforeName))
        {
            _keys.Replace(CommitsFile.BeforeName, known);
        }

        using var key = IntegrityKey.Of(_keys);
        new CommitsFile(_keys, key, At(SqliteDatabase.FileName)).Write(0, isClosed: false);
    }

    // The database first: as long as the old one is aside, the log in place is that of the new.
    private void PutOldBack()
    {
        if (_keys.Read(CommitsFile.BeforeName) is { } known)
        {
            _keys.Replace(CommitsFile.FileName, known);
        }

        File.Delete(At(OldSharedMemory));
        if (File.Exists(At(Old)))
        {
            foreach (var file in (string[])[Log, SharedMemory, OpenMarker.FileName])
            {
                File.Delete(At(file));
            }

            Move(Old, SqliteDatabase.FileName);
        }

        Move(OldLog, Log);
        IndexSnapshot.Delete(At("index"));
        ForgetDecision();
    }

    private void RemoveOld()
    {
        foreach (var file in (string[])[Old, OldLog, OldSharedMemory])
        {
            File.Delete(At(file));
        }

        ForgetDecision();
    }

    private void ForgetDecision()
    {
        foreach (var name in (string[])[HashName, CommitsFile.BeforeName])
        {
            if (_keys.Has(name))
            {
                _keys.Remove(name);
            }
        }
    }

    private void Move(string from, string to)
    {
        // Not there any more: an earlier try moved it.
        if (File.Exists(At(from)))
        {
            FolderSync.Rename(At(from), At(to));
        }
    }

    private void Write(string outcome, string? reason = null) => Write(new RestoreReport(Report?.Backup ?? "", time.GetUtcNow(), outcome, reason));

    private void Write(RestoreReport report)
    {
        var next = At(ReportName + ".next");
        using (var file = PrivateFile.Open(next, FileMode.Create))
        {
            JsonSerializer.Serialize(file, report, KeepsakeJson.Default.RestoreReport);
            file.Flush(flushToDisk: true);
        }

        FolderSync.Rename(next, At(ReportName));
    }

    private string At(string file) => Path.Combine(folder, file);
}
