using System.Globalization;
using System.Threading.Channels;
using Keepsake.Access;
using Keepsake.Engines.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keepsake.Protection.Audit;

/// <summary>The audit log of a data folder: takes entries that no write carries, commits them within a second, and reads them back.</summary>
internal sealed partial class AuditLog : IAsyncDisposable
{
    /// <summary>Most entries that wait; beyond them callers wait, because none is dropped.</summary>
    public const int MaxWaiting = 16_384;

    /// <summary>Most entries in one commit, which other writes share.</summary>
    public const int MaxCommit = 512;

    /// <summary>Most entries that one listing looks at; its cursor leads on.</summary>
    public const int MaxLookedAt = 100_000;

    // Well within the second that is promised.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(1);

    // Reads are committed up to a second later than they happened, so the order of times is a little off.
    private static readonly TimeSpan Disorder = TimeSpan.FromSeconds(5);

    private readonly Channel<AuditEntry> _waiting = Channel.CreateBounded<AuditEntry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly SqliteDatabase _database;
    private readonly AuditTrail _trail;
    private readonly AuditKeys _keys;
    private readonly ReadOnlyAuditFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _flushing = new(1);
    private readonly SemaphoreSlim _namingTurn = new(1);
    private readonly Task _work;
    private readonly Task _naming;
    private readonly Task _checkpoints;

    public AuditLog(SqliteDatabase database, string folder, TimeProvider time, ILogger? logger, long maxEntries = AuditTrail.MaxEntries)
    {
        _database = database;
        _keys = new(folder);
        _trail = new(_keys, time, maxEntries);
        _file = new(folder, time);
        _time = time;
        _logger = logger ?? NullLogger.Instance;
        database.Audit = _trail;

        // The work outlives the call that opens the stores, so nothing of that call flows into it.
        using (ExecutionContext.SuppressFlow())
        {
            _work = Task.Run(RunAsync);
            _naming = Task.Run(NameFilesAtStartAsync);
            _checkpoints = Task.Run(CheckpointAsync);
        }
    }

    /// <summary>Takes an entry. It returns at once, unless too many wait.</summary>
    public async ValueTask AddAsync(AuditEntry entry)
    {
        while (!_waiting.Writer.TryWrite(entry))
        {
            if (!await _waiting.Writer.WaitToWriteAsync(CancellationToken.None))
            {
                // The stores are closing under the call, which fails by itself.
                return;
            }
        }
    }

    /// <summary>Commits what waits.</summary>
    public async Task FlushAsync()
    {
        await _flushing.WaitAsync();
        try
        {
            await FlushInTurnAsync();
        }
        finally
        {
            _flushing.Release();
        }
    }

    private async Task FlushInTurnAsync()
    {
        List<AuditEntry> some = [];
        while (_waiting.Reader.TryRead(out var entry))
        {
            some.Add(entry);
            if (some.Count == MaxCommit)
            {
                await CommitAsync(some);
                some = [];
            }
        }

        if (some.Count > 0)
        {
            await CommitAsync(some);
        }

        _trail.NoteLast();
    }

    /// <summary>Ends a read-only time, and names the files of it in the log.</summary>
    /// <param name="caller">Who ends it.</param>
    /// <param name="leave">Lets the database take writes again.</param>
    public async Task LeaveReadOnlyAsync(Caller caller, Action leave)
    {
        await _flushing.WaitAsync();
        try
        {
            // In one turn: what came until now is in the file, and nothing is added to it once it is named.
            await FlushInTurnAsync();
            leave();
            _file.End();
        }
        finally
        {
            _flushing.Release();
        }

        await NameFilesAsync(caller);
    }

    // Also those of processes that were killed in a read-only time, or that were started with READONLY_MODE.
    private async Task NameFilesAtStartAsync()
    {
        try
        {
            await _database.Care.Checked.WaitAsync(_stop.Token);
            await NameFilesAsync(Caller.Local);
        }
        catch (OperationCanceledException)
        {
            // The next start names them.
        }
#pragma warning disable CA1031 // What keeps the files from being named must not keep the log from going on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnnamed(e.GetType().Name);
        }
    }

    private async Task NameFilesAsync(Caller caller)
    {
        if (_database.Health is not { ReadOnly: null, Refused: null } || !_file.IsAny)
        {
            return;
        }

        // One at a time and until it is committed: a start may still be at it when a read-only time ends.
        await _namingTurn.WaitAsync();
        try
        {
            var said = await _database.ReadAsync(session => AuditRows.Details(session, ReadOnlyAuditFile.Operation), CancellationToken.None);
            foreach (var file in _file.Unnamed(said))
            {
                await AddAsync(new()
                {
                    At = _time.GetUtcNow(),
                    Caller = caller.Principal,
                    Door = caller.Door,
                    Operation = ReadOnlyAuditFile.Operation,
                    Outcome = AuditEntry.Ok,
                    Detail = file,
                });
            }

            await FlushAsync();
        }
        finally
        {
            _namingTurn.Release();
        }
    }

    /// <summary>Lists entries, newest first.</summary>
    public async Task<Page<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        await FlushAsync();
        var scope = MemoryNamespace.ParseScope(query.Namespace);
        var before = query.Page.Cursor is { } cursor ? Engines.Cursor.Number(cursor) : long.MaxValue;
        return await _database.ReadAsync(
            session =>
            {
                List<AuditEntry> found = [];
                var (lookedAt, isLast) = (0, true);
                if (!AuditRows.Exist(session))
                {
                    return new Page<AuditEntry>(found, null);
                }

                AuditRows.Newest(session, before, entry =>
                {
                    if (query.Since is { } since && since - entry.At > Disorder)
                    {
                        return false;
                    }

                    if (found.Count == query.Page.Limit || lookedAt == MaxLookedAt)
                    {
                        isLast = false;
                        return false;
                    }

                    lookedAt++;
                    before = entry.Seq;
                    if (query.Matches(entry, scope))
                    {
                        found.Add(entry);
                    }

                    return true;
                });
                return new(found, isLast ? null : before.ToString(CultureInfo.InvariantCulture));
            },
            cancellationToken);
    }

    /// <summary>Finds the callers to whom memories were handed out: see <see cref="AuditReaders"/>.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadersAsync(string store, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        await FlushAsync();
        return await _database.ReadAsync(session => AuditReaders.Find(session, store, ids, cancellationToken), cancellationToken);
    }

    /// <summary>Checks the whole log.</summary>
    public async Task<AuditReport> VerifyAsync(CancellationToken cancellationToken)
    {
        await _naming;
        await FlushAsync();
        var report = await CheckAsync(cancellationToken);
        var said = await _database.ReadAsync(session => AuditRows.Details(session, ReadOnlyAuditFile.Operation), cancellationToken);
        string[] problems = [.. report.Problems, .. _file.Problems(said)];
        return problems.Length == report.Problems.Count ? report : report with { IsIntact = false, Problems = [.. problems.Take(AuditReport.MaxProblems)] };
    }

    private async Task<AuditReport> CheckAsync(CancellationToken cancellationToken)
    {
        if (_trail.Known is { } known)
        {
            return await _database.ReadAsync(session => AuditCheck.Run(session, known.Saved, known.Signing, known.Last), cancellationToken);
        }

        if (_keys.Load() is not { } stored)
        {
            return await _database.ReadAsync(
                session => AuditRows.Exist(session) ? AuditCheck.RunWithoutKey(session) : new(true, 0, 0, 0, 0, []), cancellationToken);
        }

        using var signing = stored.Signing;
        var last = _keys.LoadLast(signing, stored.Chain);
        return await _database.ReadAsync(session => AuditCheck.Run(session, stored.Chain, signing, last), cancellationToken);
    }

    /// <summary>Finds what is unusual.</summary>
    public async Task<IReadOnlyList<AuditAnomaly>> AnomaliesAsync(DateTimeOffset? since, CancellationToken cancellationToken)
    {
        await FlushAsync();
        return await _database.ReadAsync(
            session =>
            {
                List<AuditEntry> entries = [];
                if (AuditRows.Exist(session))
                {
                    AuditRows.Each(session, -1, (_, at, body, _) =>
                    {
                        if ((since is null || at >= since.Value.UtcTicks) && AuditCodec.Decode(body) is { } entry)
                        {
                            entries.Add(entry with { Ids = [] });
                        }
                    });
                }

                return AuditAnomalies.Find(entries.OrderBy(e => e.At));
            },
            cancellationToken);
    }

    /// <summary>Commits what waits and notes how far the log has come. The database is closed after it.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _stop.CancelAsync();
        await Task.WhenAll(_work, _checkpoints, _naming);
        await FlushAsync();
        _stop.Dispose();
        _flushing.Dispose();
        _namingTurn.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(_stop.Token))
            {
                await Task.Delay(Pause, _time, _stop.Token);
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // What waits is committed by the end.
        }
    }

    private async Task CheckpointAsync()
    {
        using var timer = new PeriodicTimer(BetweenNotes, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await FlushAsync();
                if (_trail.IsCheckpointDue && _database.Health.ReadOnly is null)
                {
                    await CommitAsync([]);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The next process makes the checkpoint.
        }
    }

    private async Task CommitAsync(List<AuditEntry> entries)
    {
        try
        {
            if (_database.Health is { ReadOnly: null, Refused: null })
            {
                await _database.WriteAuditAsync(entries);
                return;
            }
        }
        catch (MemoryException e) when (e.Code == MemoryErrorCode.ReadOnly || _database.Health.Refused is not null)
        {
            // It became so a moment ago.
        }
        catch (MemoryException e)
        {
            LogLost(entries.Count, e.Code.WireName);
            return;
        }

        try
        {
            _file.Append(entries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogLost(entries.Count, DataFolder.Unwritable(e).Code.WireName);
        }
    }

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "The files of read-only times could not be named in the audit log: {Cause}")]
    private partial void LogUnnamed(string cause);

    [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "{Count} entries of the audit log could not be kept: {Code}")]
    private partial void LogLost(int count, string code);
}
