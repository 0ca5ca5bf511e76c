using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

namespace Keepsake.Engines.Sqlite;

/// <summary>The database's log: when it is copied into the file, so that it stays short, and how, so that writes do not wait for that.</summary>
/// <remarks>
/// <para>To copy a log safely the disk must have the copy before the log begins anew, and a disk takes its time for pages from all over a file. So between writes the pages are only
/// handed to the system, and a thread of its own waits until the disk has them. A reader that began before holds the log meanwhile: SQLite does not begin it anew, and what a power
/// cut takes out of the file is still there. What was written in that time is little; it is copied the ordinary way, and the log is emptied.</para>
/// <para>Only the thread that writes uses it.</para>
/// </remarks>
/// <param name="session">The connection that writes. Its guard's health learns of a disk that fails.</param>
/// <param name="databaseFile">The database's path.</param>
/// <param name="flush">Waits until the disk has what a file was given; <see langword="null"/>: the system's way.</param>
internal sealed class WriteAheadLog(SqliteSession session, string databaseFile, Action<SafeFileHandle>? flush = null) : IDisposable
{
    /// <summary>Bytes beyond which the log is copied between writes.</summary>
    public const int LongBytes = 16 << 20;

    /// <summary>How often that is begun at most: while someone reads for long, the log cannot be emptied.</summary>
    private static readonly TimeSpan BetweenCopies = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the log keeps what was erased, while there is no rest from writing.</summary>
    private static readonly TimeSpan KeepsErased = TimeSpan.FromSeconds(20);

    private readonly Action<SafeFileHandle> _flush = flush ?? RandomAccess.FlushToDisk;
    private readonly FileInfo _log = new(databaseFile + "-wal");
    private bool _hasPages = true;
    private long _copiedAt = Stopwatch.GetTimestamp();

    private SqliteSession? _holder;
    private SafeFileHandle? _database;
    private Thread? _flushing;
    private IOException? _failure;

    private SqliteHealth Health => session.Guard.Health;

    /// <summary>Notes that the log has become longer.</summary>
    public void Grew() => _hasPages = true;

    /// <summary>Copies the log when it has become long, or keeps for long what was erased.</summary>
    public void CopyWhenLong()
    {
        if (_flushing is { IsAlive: true } || !_hasPages || Health.ReadOnly is not null)
        {
            return;
        }

        var since = Stopwatch.GetElapsedTime(_copiedAt);
        if (_flushing is not null || (since >= KeepsErased && session.Guard.Heads.HasErased))
        {
            Empty();
        }
        else if (since >= BetweenCopies && IsLong())
        {
            Copy();
        }
    }

    /// <summary>Copies all of the log into the database, waits until the disk has it, and empties the log.</summary>
    /// <remarks>While somebody reads what it holds, it is left as it is.</remarks>
    public void Empty()
    {
        Settle();
        if (!_hasPages || Health.ReadOnly is not null)
        {
            return;
        }

        _copiedAt = Stopwatch.GetTimestamp();
        try
        {
            // The answer is 1 while a reader holds the log: what it does not hold was copied, and the rest is tried again.
            _hasPages = session.Number("PRAGMA wal_checkpoint(TRUNCATE)") != 0;
            session.Guard.Heads.HasErased &= _hasPages;
        }
        catch (SqliteException fault)
        {
            Note(fault);
        }
    }

    /// <summary>Closes what it holds. The connection that writes is to be closed before: to close a file lets go of SQLite's locks on it.</summary>
    public void Dispose()
    {
        Settle();
        _database?.Dispose();
    }

    private bool IsLong()
    {
        _log.Refresh();
        return _log.Exists && _log.Length > LongBytes;
    }

    private void Copy()
    {
        if (!TryHold())
        {
            Empty();
            return;
        }

        _copiedAt = Stopwatch.GetTimestamp();
        try
        {
            session.Execute("PRAGMA synchronous=OFF");
            try
            {
                session.Execute("PRAGMA wal_checkpoint(PASSIVE)");
            }
            finally
            {
                session.Execute("PRAGMA synchronous=FULL");
            }
        }
        catch (SqliteException fault)
        {
            // What was handed over stays to be waited for.
            Note(fault);
        }

        _flushing = new(Flush) { IsBackground = true, Name = "Keepsake log" };
        _flushing.Start();
    }

    // What is read first begins the snapshot. Pages that were not copied yet make it one of the log.
    private bool TryHold()
    {
        try
        {
            _database ??= File.OpenHandle(databaseFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            _holder ??= new(databaseFile, readOnly: true);
            _holder.Execute("BEGIN");
            _holder.Number("SELECT count(*) FROM stores");
            return true;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            // Such as a process that has all the files open that it may have.
            LetGo();
            return false;
        }
    }

    private void LetGo()
    {
        _holder?.Dispose();
        _holder = null;
    }

    private void Flush()
    {
        try
        {
            _flush(_database!);
        }
        catch (IOException e)
        {
            _failure = e;
        }
    }

    // The log is let go only when the disk has all that was copied out of it, or when it will never be emptied again.
    private void Settle()
    {
        if (_flushing is null)
        {
            return;
        }

        _flushing.Join();
        _flushing = null;
        if (_failure is not null)
        {
            Health.ReadOnly = SqliteFaults.FailingDisk(_failure).Message;
        }

        LetGo();
    }

    // A full disk keeps the log as it is: it is complete, and is copied when there is space. A disk that failed may have dropped what it was given.
    private void Note(SqliteException fault)
    {
        if (fault.StopsWriting())
        {
            Health.ReadOnly = fault.ToMemoryException().Message;
        }
    }
}
