using System.Collections.Concurrent;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection;
using Keepsake.Protection.Audit;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>One database file: the connection that writes, the connections that read, and the file's health.</summary>
/// <remarks>
/// The folder's lock must be held: nothing else may open the file. See <see cref="OpenMarker"/> for how a lost log is noticed.
/// </remarks>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    public const string FileName = "keepsake.db";

    /// <summary>Most connections that are kept to read.</summary>
    public const int MaxReaders = 8;

    private readonly string _file;
    private readonly OpenMarker _marker;
    private readonly SqliteSession _writing;
    private readonly WriteAheadLog _log;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly SemaphoreSlim _reading = new(MaxReaders);
    private readonly SemaphoreSlim _draining = new(1);

    private readonly DatabaseCare _care;

    private SqliteDatabase(string file, OpenMarker marker, SqliteSession writing, CommitsFile commits, bool mustCheck)
    {
        _file = file;
        _marker = marker;
        _writing = writing;
        Guard = writing.Guard;
        Health = Guard.Health;
        NextSeq = new(1 + ChangeRows.LastPosition(writing));
        Quarantine.Load(writing, Health);
        _log = new(writing, file);
        _writer = new(writing, _log);
        _care = new(this, commits, mustCheck, TimeProvider.System);
    }

    public SqliteHealth Health { get; }

    /// <summary>Gets what says which rows may be given out.</summary>
    public RowGuard Guard { get; }

    /// <summary>Gets what looks after the rows beside the work.</summary>
    public DatabaseCare Care => _care;

    /// <summary>Sets the audit log, which is committed with what it tells of.</summary>
    public AuditTrail Audit
    {
        set => _writer.Audit = value;
    }

    /// <summary>Gets the namespaces in quarantine.</summary>
    public QuarantineList Quarantine { get; } = new();

    /// <summary>Gets the counter of rows; only the writer's thread counts.</summary>
    public SequenceCounter NextSeq { get; }

    /// <summary>Opens the file of a folder, and creates or migrates it.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>, <see cref="MemoryErrorCode.NotSupported"/> for a newer
    /// schema, <see cref="MemoryErrorCode.StorageFull"/>, <see cref="MemoryErrorCode.Unavailable"/>.</exception>
    /// <param name="folder">The data folder.</param>
    /// <param name="mode">Why a person wants no writes; <see langword="null"/>: they are wanted.</param>
    public static SqliteDatabase Open(string folder, string? mode = null)
    {
        var file = Path.Combine(folder, FileName);
        var marker = new OpenMarker(folder);
        var health = new SqliteHealth { Mode = mode };
        SqliteSession? session = null;
        RowGuard? guard = null;
        try
        {
            if (mode is not null && !File.Exists(file))
            {
                throw new MemoryException(MemoryErrorCode.ReadOnly, $"{mode} There is no data yet, and none can be created.");
            }

            health.ReadOnly = marker.Begin();
            if (!File.Exists(file))
            {
                // SQLite would make it as the process's umask says.
                PrivateFile.Open(file, FileMode.CreateNew).Dispose();
            }

            var keys = new KeysFolder(folder);
            guard = new(keys, health);
            var commits = new CommitsFile(keys, guard.Key, file);
            session = new SqliteSession(file, readOnly: false, guard);
            Prepare(session, marker, health);
            return new(file, marker, session, commits, mustCheck: Begin(session, commits, keys));
        }
        catch (Exception e)
        {
            if (session is not null)
            {
                Close(session, marker, isClean: health.ReadOnly is null && TryEmptyLog(session));
            }

            guard?.Dispose();

            throw e switch
            {
                SqliteException fault => fault.ToMemoryException(),
                IOException or UnauthorizedAccessException => DataFolder.Unwritable(e),
                _ => e,
            };
        }
    }

    /// <inheritdoc cref="SqliteWriter.WriteAsync"/>
    public Task<T> WriteAsync<T>(
        Func<SqliteSession, List<MemoryChange>, T> operation,
        Func<IReadOnlyList<MemoryChange>, Task>? committed,
        CancellationToken cancellationToken) => _writer.WriteAsync(operation, committed, cancellationToken);

    /// <summary>Commits entries of the audit log, and a checkpoint where one is due.</summary>
    public Task WriteAuditAsync(IReadOnlyList<AuditEntry> entries) => _writer.WriteAsync((_, _) => true, committed: null, CancellationToken.None, entries);

    /// <summary>Runs a query on a connection that only reads, in one snapshot.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> query, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        SqliteSession? session = null;
        try
        {
            if (!_readers.TryTake(out session))
            {
                session = new(_file, readOnly: true, Guard);
            }

            session.Execute("BEGIN");
            var result = query(session);
            session.Execute("COMMIT");
            _readers.Add(session);
            session = null;
            return result;
        }
        catch (Exception e) when (e.TryToMemoryException() is { } error)
        {
            throw error;
        }
        finally
        {
            session?.Dispose();
            _reading.Release();
        }
    }

    /// <summary>Waits until every read that has begun has ended.</summary>
    public async Task DrainReadersAsync(CancellationToken cancellationToken)
    {
        // One at a time: two that each hold a part of the places would wait for one another.
        await _draining.WaitAsync(cancellationToken);
        var taken = 0;
        try
        {
            for (; taken < MaxReaders; taken++)
            {
                await _reading.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            if (taken > 0)
            {
                _reading.Release(taken);
            }

            _draining.Release();
        }
    }

    /// <summary>Takes writes again, and makes up for what opening without them left out.</summary>
    public void LeaveReadOnlyMode()
    {
        // Until the mode has ended the writer does nothing, so its connection is free.
        SqliteSchema.Migrate(_writing);
        Health.Mode = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _care.DisposeAsync();
        await _writer.DisposeAsync();
        for (var i = 0; i < MaxReaders; i++)
        {
            await _reading.WaitAsync();
        }

        foreach (var reader in _readers)
        {
            reader.Dispose();
        }

        Close(_writing, _marker, isClean: Health.ReadOnly is null);
        _log.Dispose();
        TryMirror();
        Guard.Dispose();
        _reading.Dispose();
        _draining.Dispose();
    }

    // What is known outside the database of one whose log is lost is void: a person decides what it is worth.
    private static bool Begin(SqliteSession session, CommitsFile commits, KeysFolder keys)
    {
        var health = session.Guard.Health;
        if (!health.HasFault)
        {
            return IntegrityStart.Begin(session, session.Guard, commits, mayWrite: health.Mode is null);
        }

        if (health.Mode is null)
        {
            keys.Wipe(CommitsFile.FileName);
        }

        return true;
    }

    private void TryMirror()
    {
        try
        {
            _care.Mirror(isClosed: _marker.IsLogEmpty && _care.IsSound);
        }
        catch (MemoryException)
        {
            // The next start looks at all heads.
        }
    }

    private static void Prepare(SqliteSession session, OpenMarker marker, SqliteHealth health)
    {
        session.Execute("PRAGMA secure_delete=ON");
        session.Execute("PRAGMA journal_mode=WAL");
        session.Execute("PRAGMA synchronous=FULL");
        session.Execute("PRAGMA foreign_keys=ON");

        // The indexes by id and by content are written to all over: what does not fit is read again and again, 32 MB hold those of half a million records.
        session.Execute("PRAGMA cache_size=-32768");
        session.Execute("PRAGMA journal_size_limit=67108864");
        SqliteSchema.RefuseIfNewer(session);
        if (!health.HasFault)
        {
            // Also where nothing is to be written: that may change while the file is open.
            marker.MarkOpen();
        }

        if (health.ReadOnly is null)
        {
            SqliteSchema.Migrate(session);
        }
        else if (SqliteSchema.VersionOf(session) < SqliteSchema.Latest)
        {
            throw new MemoryException(MemoryErrorCode.Corrupt, health.ReadOnly);
        }

        session.Execute("PRAGMA busy_timeout=0");
    }

    /// <summary>Closes the connection that writes. The log is removed only when it is empty and the marker was removed before it.</summary>
    private static void Close(SqliteSession session, OpenMarker marker, bool isClean)
    {
        if (isClean && marker.IsLogEmpty)
        {
            marker.Remove();
        }
        else
        {
            session.KeepLog();
        }

        session.Dispose();
    }

    private static bool TryEmptyLog(SqliteSession session)
    {
        try
        {
            return session.Number("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}

/// <summary>Counts rows. One thread at a time.</summary>
/// <param name="next">The first number.</param>
internal sealed class SequenceCounter(long next)
{
    private long _next = next;

    public long Take() => _next++;
}
