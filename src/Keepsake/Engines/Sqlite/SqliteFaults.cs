using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>The one place where a fault of SQLite becomes an error of ours.</summary>
internal static class SqliteFaults
{
    private const int Error = 1;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Interrupted = 9;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    // The log's index could not grow.
    private const int IoErrorSharedMemorySize = IoError | (19 << 8);

    public static MemoryException ToMemoryException(this SqliteException fault) => fault.SqliteErrorCode switch
    {
        _ when fault.IsFull() => new(MemoryErrorCode.StorageFull, "The disk is full; nothing of this write was kept. Free some space and try again.", fault),
        // Every statement is ours, so one that does not fit the tables means that they are not ours any more.
        Error or Corrupt or NotADatabase => DamagedFile(fault),
        IoError => FailingDisk(fault),
        ReadOnly => new(MemoryErrorCode.ReadOnly, "The data folder takes no writes. Check its permissions and its file system.", fault),
        CannotOpen => new(MemoryErrorCode.Unavailable, "The database file cannot be opened. Check the data folder's permissions.", fault),
        Busy or Locked => new(MemoryErrorCode.Unavailable, "Another program holds the database. Only Keepsake may open it.", fault),
        Interrupted => new(MemoryErrorCode.Unavailable, "The operation was interrupted. Try again.", fault),
        Constraint => RecordMerge.PlaceIsTaken(fault),
        _ => new(MemoryErrorCode.Unavailable, $"SQLite failed with code {fault.SqliteErrorCode}.", fault),
    };

    public static MemoryException FailingDisk(Exception cause) => new(
        MemoryErrorCode.Unavailable,
        "The disk reported an error; writing stops until Keepsake is started again.",
        cause);

    public static MemoryException DamagedFile(Exception? cause = null) => new(
        MemoryErrorCode.Corrupt,
        "The database file is damaged. Nothing wrong was returned; restore a backup or import an export into a new data folder.",
        cause);

    /// <summary>What a failure while reading or writing rows means to a caller.</summary>
    /// <returns>The error, or <see langword="null"/> when it is none of the file's.</returns>
    public static MemoryException? TryToMemoryException(this Exception failure) => failure switch
    {
        SqliteException fault => fault.ToMemoryException(),

        // A flipped bit may take a column away, or make it a time that is none.
        InvalidCastException or InvalidOperationException or ArgumentOutOfRangeException => DamagedFile(failure),
        _ => null,
    };

    /// <summary>Whether another row has what must be unique.</summary>
    public static bool IsConflict(this SqliteException fault) => fault.SqliteErrorCode == Constraint;

    /// <summary>Whether nothing may be written after this fault until the file has been opened again.</summary>
    /// <remarks>After a failed fsync the kernel may have dropped the pages: trying again would acknowledge what is not there.</remarks>
    public static bool StopsWriting(this SqliteException fault) =>
        fault.SqliteErrorCode is IoError or Corrupt or NotADatabase && !fault.IsFull();

    private static bool IsFull(this SqliteException fault) => fault.SqliteErrorCode == Full || fault.SqliteExtendedErrorCode == IoErrorSharedMemorySize;
}
