namespace Keepsake.Tests.Support;

/// <summary>A clock that stands still until a test moves it. The wall can be moved apart from the monotonic time, as clocks jump.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _wall = start;
    private TimeSpan _monotonic;

    public ManualTime()
        : this(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public DateTimeOffset Now => GetUtcNow();

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _wall;
        }
    }

    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _monotonic.Ticks;
        }
    }

    /// <summary>Lets time pass, and the timers that are due fire, each as often as it is due.</summary>
    public void Advance(TimeSpan time)
    {
        var end = _monotonic + time;
        while (NextDue(end) is { } due)
        {
            Move(due.At - _monotonic);
            due.Timer.Fire();
        }

        Move(end - _monotonic);
    }

    /// <summary>Sets the wall clock forward or back, as a person or a time server does. No timer fires.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_lock)
        {
            _wall += by;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    private (ManualTimer Timer, TimeSpan At)? NextDue(TimeSpan end)
    {
        lock (_lock)
        {
            return _timers.Where(t => t.DueAt <= end).OrderBy(t => t.DueAt).Select(t => ((ManualTimer, TimeSpan)?)(t, t.DueAt!.Value)).FirstOrDefault();
        }
    }

    private void Move(TimeSpan by)
    {
        lock (_lock)
        {
            _wall += by;
            _monotonic += by;
        }
    }

    private sealed class ManualTimer(ManualTime time, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public TimeSpan? DueAt { get; private set; }

        public void Fire()
        {
            DueAt = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? null : DueAt + _period;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : time._monotonic + dueTime;
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
