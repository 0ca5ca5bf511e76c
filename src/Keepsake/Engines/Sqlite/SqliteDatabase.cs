using System.Collections.Concurrent;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>One database file: the connection that writes, the connections that read, and the file's health.</summary>
/// <remarks>
/// The folder's lock must be held: nothing else may open the file. A marker file beside it, written before the first
/// commit and removed after a clean close has emptied the log, tells a log that was lost from one that is not needed.
/// </remarks>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    public const string FileName = "keepsake.db";
    public const string MarkerName = "keepsake.db-open";

    /// <summary>Most connections that are kept to read.</summary>
    public const int MaxReaders = 8;

    private const string LogLost = "log lost";

    private readonly string _file;
    private readonly string _marker;
    private readonly SqliteSession _writing;
    private readonly SqliteWriter _writer;
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly SemaphoreSlim _reading = new(MaxReaders);

    private SqliteDatabase(string file, string marker, SqliteSession writing, SqliteHealth health)
    {
        _file = file;
        _marker = marker;
        _writing = writing;
        Health = health;
        NextSeq = new(1 + Math.Max(writing.Number("SELECT max(seq) FROM records"), writing.Number("SELECT max(seq) FROM events")));
        _writer = new(writing, health, file + "-wal");
    }

    public SqliteHealth Health { get; }

    /// <summary>Gets the counter of rows; only the writer's thread counts.</summary>
    public SequenceCounter NextSeq { get; }

    /// <summary>Opens the file of a folder, and creates or migrates it.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>, <see cref="MemoryErrorCode.NotSupported"/> for a newer
    /// schema, <see cref="MemoryErrorCode.StorageFull"/>, <see cref="MemoryErrorCode.Unavailable"/>.</exception>
    public static SqliteDatabase Open(string folder)
    {
        var file = Path.Combine(folder, FileName);
        var marker = Path.Combine(folder, MarkerName);
        var health = new SqliteHealth();
        if (IsLogLost(file, marker))
        {
            // Opening makes an empty log, so the loss is written down before it.
            WriteMarker(marker, LogLost);
            health.ReadOnly =
                $"The last run was cut off and its log ({FileName}-wal) is missing, so acknowledged writes may be lost. Put the file back "
                + $"beside {FileName}, or remove {MarkerName} to go on without it. Until then the store is read-only.";
        }

        SqliteSession? session = null;
        try
        {
            session = new SqliteSession(file, readOnly: false);
            RestrictToOwner(file);
            session.Execute("PRAGMA secure_delete=ON");
            session.Execute("PRAGMA journal_mode=WAL");
            session.Execute("PRAGMA synchronous=FULL");
            session.Execute("PRAGMA foreign_keys=ON");
            session.Execute("PRAGMA journal_size_limit=67108864");
            _ = SqliteSchema.VersionOf(session);
            if (health.ReadOnly is null)
            {
                WriteMarker(marker, "");
                SqliteSchema.Migrate(session);
            }

            session.Execute("PRAGMA busy_timeout=0");
            return new(file, marker, session, health);
        }
        catch (SqliteException fault)
        {
            session?.Dispose();
            throw fault.ToMemoryException();
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="SqliteWriter.WriteAsync"/>
    public Task<T> WriteAsync<T>(
        Func<SqliteSession, List<MemoryChange>, T> operation,
        Action<IReadOnlyList<MemoryChange>>? committed,
        CancellationToken cancellationToken) => _writer.WriteAsync(operation, committed, cancellationToken);

    /// <summary>Runs a query on a connection that only reads, in one snapshot.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteSession, T> query, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        SqliteSession? session = null;
        try
        {
            if (!_readers.TryTake(out session))
            {
                session = new(_file, readOnly: true);
            }

            var result = query(session);
            _readers.Add(session);
            session = null;
            return result;
        }
        catch (SqliteException fault)
        {
            throw fault.ToMemoryException();
        }
        finally
        {
            session?.Dispose();
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        for (var i = 0; i < MaxReaders; i++)
        {
            await _reading.WaitAsync();
        }

        foreach (var reader in _readers)
        {
            reader.Dispose();
        }

        // The log is empty in the file's own words, so from here on its absence means nothing.
        if (Health.ReadOnly is null && new FileInfo(_file + "-wal") is not { Exists: true, Length: > 0 })
        {
            File.Delete(_marker);
        }

        _writing.Dispose();
        _reading.Dispose();
    }

    private static bool IsLogLost(string file, string marker)
    {
        if (!File.Exists(marker) || !File.Exists(file))
        {
            return false;
        }

        var log = new FileInfo(file + "-wal");
        return !log.Exists || (log.Length == 0 && File.ReadAllText(marker) == LogLost);
    }

    private static void WriteMarker(string marker, string content)
    {
        using var file = new FileStream(marker, FileMode.Create, FileAccess.Write);
        RestrictToOwner(marker);
        file.Write(Encoding.ASCII.GetBytes(content));
        file.Flush(flushToDisk: true);
    }

    private static void RestrictToOwner(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
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
