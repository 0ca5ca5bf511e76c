using System.Text;

namespace Keepsake.Engines.Sqlite;

/// <summary>A file beside the database that is there while it is open: it tells a log that was lost from one that is not needed.</summary>
/// <remarks>
/// Written before the first commit, and removed after a clean close has emptied the log and before the log itself is removed. So where
/// it is found at the next start, the log must be there too, and the database must have its first page.
/// </remarks>
/// <param name="folder">The data folder.</param>
internal sealed class OpenMarker(string folder)
{
    public const string FileName = "keepsake.db-open";

    // Bytes of the smallest page. SQLite takes a shorter file for a new one.
    private const int SmallestDatabase = 512;

    private const string Open = "open";
    private const string BeingMade = "new";
    private const string LogLost = "log lost";

    private readonly string _marker = Path.Combine(folder, FileName);
    private readonly string _database = Path.Combine(folder, SqliteDatabase.FileName);
    private readonly string _log = Path.Combine(folder, SqliteDatabase.FileName + "-wal");

    /// <summary>Gets whether the log is missing or empty.</summary>
    public bool IsLogEmpty => LengthOf(_log) is null or 0;

    /// <summary>Looks at what the last run left, before anything is opened, because opening makes the files that are missing.</summary>
    /// <returns>Why the store can only be read; <see langword="null"/>: it can be written.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: the database itself is gone or was cut off.</exception>
    public string? Begin()
    {
        var content = File.Exists(_marker) ? PlainFile.ReadAllText(_marker) : null;
        if (LengthOf(_database) is not >= SmallestDatabase)
        {
            RefuseIfLost(content);
            Write(BeingMade);
            return null;
        }

        // Opening makes an empty log, so that one was lost is written down before it. A marker without content was cut off while being written.
        if (content is not (null or BeingMade) && (LengthOf(_log) is not { } length || (length == 0 && content == LogLost)))
        {
            Write(LogLost);
            return $"The last run was cut off and its log ({SqliteDatabase.FileName}-wal) is missing, so acknowledged writes may be lost. End "
                + $"Keepsake, then put the file back beside {SqliteDatabase.FileName}, or remove {FileName} to go on without it. Until then the "
                + "store is read-only.";
        }

        return null;
    }

    /// <summary>Says that from now on the log counts.</summary>
    public void MarkOpen() => Write(Open);

    /// <summary>Says that the log is empty, so that from now on its absence means nothing.</summary>
    public void Remove() => File.Delete(_marker);

    private void RefuseIfLost(string? content)
    {
        var isThere = File.Exists(_database);
        var what = isThere ? "is cut off" : "is missing";
        if (LengthOf(_log) > 0)
        {
            throw Lost($"{SqliteDatabase.FileName} {what}, though its log ({SqliteDatabase.FileName}-wal) is there. Put the file back beside its log.");
        }

        if (isThere ? content is null or Open or LogLost : content is Open or LogLost)
        {
            throw Lost(
                $"{SqliteDatabase.FileName} {what}. Put it back, or import an export into a new data folder. To begin anew here, remove "
                + $"{SqliteDatabase.FileName} and {FileName}.");
        }

        static MemoryException Lost(string message) => new(MemoryErrorCode.Corrupt, message);
    }

    private void Write(string content)
    {
        if (File.Exists(_marker) && PlainFile.ReadAllText(_marker) == content)
        {
            return;
        }

        using var file = PrivateFile.Open(_marker, FileMode.Create);
        file.Write(Encoding.ASCII.GetBytes(content));
        file.Flush(flushToDisk: true);
    }

    private static long? LengthOf(string file) => new FileInfo(file) is { Exists: true } there ? there.Length : null;
}
