using System.Diagnostics;
using Keepsake.Engines.Sqlite;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection;
using Keepsake.Tests.Support;
using Microsoft.Win32.SafeHandles;

namespace Keepsake.Tests.Durability;

/// <summary>What the power takes while the log is copied into the database, and what a disk does that fails then.</summary>
public sealed class WriteAheadLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteHealth _health = new();
    private readonly ManualResetEventSlim _diskAnswers = new();
    private readonly SqliteSession _session;
    private readonly RowGuard _guard;
    private readonly WriteAheadLog _log;
    private Exception? _failure;
    private int _flushes;
    private int _rows;

    public WriteAheadLogTests()
    {
        _guard = new(new KeysFolder(_folder.Path), _health);
        _session = new(_folder["test.db"], readOnly: false, _guard);
        _session.Execute("PRAGMA journal_mode=WAL");
        _session.Execute("PRAGMA synchronous=FULL");
        _session.Execute("CREATE TABLE stores (number INTEGER PRIMARY KEY, body BLOB)");
        _session.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        _log = new(_session, _folder["test.db"], Flush);
    }

    public void Dispose()
    {
        _diskAnswers.Set();
        _session.Dispose();
        _log.Dispose();
        _guard.Dispose();
        _diskAnswers.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_the_disk_has_not_got_is_still_in_the_log()
    {
        // What is on the disk for certain: no page that was handed over since has to be there.
        File.Copy(_folder["test.db"], _folder["disk.db"]);
        await WriteUntilAsync(() => _flushes == 1);
        Assert.True(new FileInfo(_folder["test.db"]).Length > WriteAheadLog.LongBytes / 2, "Nothing was copied.");

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(_rows, RowsAfterPowerCut());
            Write();
        }

        _diskAnswers.Set();
        await WriteUntilAsync(() => LogBytes() == 0);
        Assert.Equal(_rows, RowsIn(_folder["test.db"]));
    }

    [Fact]
    public async Task A_log_stays_short_though_writes_never_rest()
    {
        _diskAnswers.Set();
        for (var i = 0; i < 3; i++)
        {
            await WriteUntilAsync(() => LogBytes() > WriteAheadLog.LongBytes);
            await WriteUntilAsync(() => LogBytes() == 0);
        }

        Assert.True(_flushes >= 3);
        Assert.Equal(_rows, RowsIn(_folder["test.db"]));
    }

    [Fact]
    public async Task A_log_that_someone_reads_is_emptied_when_they_have_read()
    {
        _diskAnswers.Set();
        Write();
        using (var reader = new SqliteSession(_folder["test.db"], readOnly: true))
        {
            reader.Execute("BEGIN");
            Assert.Equal(1, reader.Number("SELECT count(*) FROM stores"));
            await WriteUntilAsync(() => _flushes >= 2);
            _log.Empty();
            Assert.True(LogBytes() > WriteAheadLog.LongBytes);
            Assert.Equal(1, reader.Number("SELECT count(*) FROM stores"));
        }

        _log.Empty();
        Assert.Equal(0, LogBytes());
        Assert.Equal(_rows, RowsIn(_folder["test.db"]));
    }

    [Fact]
    public async Task A_disk_that_fails_ends_writing_and_keeps_the_log()
    {
        File.Copy(_folder["test.db"], _folder["disk.db"]);
        _failure = new IOException("Input/output error");
        _diskAnswers.Set();

        await WriteUntilAsync(() => _health.ReadOnly is not null);
        Assert.Contains("disk reported an error", _health.ReadOnly, StringComparison.Ordinal);
        _log.Empty();
        _log.CopyWhenLong();

        Assert.Equal(_rows, RowsAfterPowerCut());
        Assert.Equal(1, _flushes);
    }

    [Fact]
    public async Task What_was_erased_leaves_the_log_when_writing_rests()
    {
        await WriteUntilAsync(() => _flushes == 1);
        _guard.Heads.HasErased = true;

        _diskAnswers.Set();
        _log.Empty();

        Assert.Equal(0, LogBytes());
        Assert.False(_guard.Heads.HasErased);
    }

    private void Flush(SafeFileHandle database)
    {
        Interlocked.Increment(ref _flushes);
        _diskAnswers.Wait(TestContext.Current.CancellationToken);
        if (_failure is not null)
        {
            throw _failure;
        }

        RandomAccess.FlushToDisk(database);
    }

    private async Task WriteUntilAsync(Func<bool> ended)
    {
        for (var waiting = Stopwatch.StartNew(); !ended(); await Task.Yield())
        {
            Assert.True(waiting.Elapsed < TimeSpan.FromMinutes(1), "What was waited for did not come.");
            Write();
        }
    }

    private void Write()
    {
        _session.Execute("INSERT INTO stores (body) VALUES (randomblob(500000))");
        _rows++;
        _log.Grew();
        _log.CopyWhenLong();
    }

    private long LogBytes() => new FileInfo(_folder["test.db-wal"]).Length;

    // The file as it was when the disk last had all of it, and the log, of which every commit waits for the disk.
    private long RowsAfterPowerCut()
    {
        File.Copy(_folder["disk.db"], _folder["cut.db"], overwrite: true);
        File.Copy(_folder["test.db-wal"], _folder["cut.db-wal"], overwrite: true);
        File.Delete(_folder["cut.db-shm"]);
        return RowsIn(_folder["cut.db"]);
    }

    private static long RowsIn(string file)
    {
        using var session = new SqliteSession(file, readOnly: false);
        session.KeepLog();
        Assert.Equal(1, session.Number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"));
        return session.Number("SELECT count(*) FROM stores");
    }
}
