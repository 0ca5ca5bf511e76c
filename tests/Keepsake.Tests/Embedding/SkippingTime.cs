namespace Keepsake.Tests.Embedding;

/// <summary>A clock that stands still until it is set forward, however long a test takes. Timers run in real time, so nothing waits for a test to move on.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _skippedTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Skip(TimeSpan by) => Interlocked.Add(ref _skippedTicks, by.Ticks);

    public override long GetTimestamp() => _start.Ticks + Interlocked.Read(ref _skippedTicks);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(Interlocked.Read(ref _skippedTicks));
}
