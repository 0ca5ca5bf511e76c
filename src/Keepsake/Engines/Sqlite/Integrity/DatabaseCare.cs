using System.Globalization;

namespace Keepsake.Engines.Sqlite.Integrity;

/// <summary>What a database does beside its callers: it looks at the heads, signs old rows anew, reads all rows once a day, and tells the keys folder how many commits there were.</summary>
internal sealed class DatabaseCare : IAsyncDisposable
{
    private static readonly TimeSpan BetweenMirrors = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BeforeFirstScrub = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenScrubs = TimeSpan.FromHours(24);

    // Half of one processor at most, so that callers do not notice.
    private const double RestPerWork = 1;

    private readonly SqliteDatabase _database;
    private readonly CommitsFile _commits;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;
    private long _mirrored;

    public DatabaseCare(SqliteDatabase database, CommitsFile commits, bool mustCheck, TimeProvider time)
    {
        (_database, _commits, _time) = (database, commits, time);
        Checked = mustCheck ? Task.Run(CheckAsync) : Task.CompletedTask;
        _work = Task.Run(RunAsync);
    }

    /// <summary>Gets what ends when it is known which rows may be given out.</summary>
    public Task Checked { get; }

    /// <summary>Gets whether it is known that the heads vouch for every row. Only then may the next start believe it unseen.</summary>
    public bool IsSound => Checked.IsCompletedSuccessfully && !_database.Health.HasDistrusted;

    /// <summary>Gets what is done for the rows, and what the last scrub found.</summary>
    public string Description { get; private set; } = "every row signed; not read through yet";

    /// <summary>Reads everything once.</summary>
    public async Task<ScrubResult> ScrubAsync(Func<TimeSpan, Task>? pause, CancellationToken cancellationToken)
    {
        var result = await Scrub.RunAsync(_database, pause, cancellationToken);
        Description = string.Create(
            CultureInfo.InvariantCulture,
            $"every row signed; last read through: {result.Rows} rows at {result.RowsASecond:F0} a second, {result.Damaged} damaged, {result.Missing} missing, ended {_time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}");
        return result;
    }

    /// <summary>Writes down how many commits there were, if there were more.</summary>
    public void Mirror(bool isClosed)
    {
        var commits = _database.Guard.Heads.Commits;
        if (_database.Health.ReadOnly is null && _database.Health.Refused is null && (isClosed || commits != _mirrored))
        {
            _commits.Write(commits, isClosed);
            _mirrored = commits;
        }
    }

    /// <summary>Stops. The database may go on to be closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private async Task CheckAsync() => await _database.ReadAsync(
        session =>
        {
            IntegrityStart.Check(session, session.Guard);
            return 0;
        },
        _stop.Token);

    private async Task RunAsync()
    {
        try
        {
            await Checked;
            if (_database.Guard.AdoptsUpTo > 0 && _database.Health.ReadOnly is null && _database.Health.Refused is null)
            {
                await Adoption.RunAsync(_database, _stop.Token);
            }

            var scrubAt = _time.GetTimestamp();
            var wait = BeforeFirstScrub;
            using var timer = new PeriodicTimer(BetweenMirrors, _time);
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                Mirror(isClosed: false);
                if (_time.GetElapsedTime(scrubAt) >= wait)
                {
                    await ScrubAsync(took => Task.Delay(took * RestPerWork, _time, _stop.Token), _stop.Token);
                    (scrubAt, wait) = (_time.GetTimestamp(), BetweenScrubs);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or MemoryException)
        {
            // It is closing, or the disk fails: then whoever writes is told, and this goes on with the next start.
        }
    }
}
