namespace Keepsake.Tests.Embedding;

/// <summary>The system's clock, set forward at will. Timers run in real time, so nothing waits for a test to move on.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private long _skippedTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Skip(TimeSpan by) => Interlocked.Add(ref _skippedTicks, by.Ticks);

    public override long GetTimestamp() =>
        (long)(System.GetTimestamp() * ((double)TimeSpan.TicksPerSecond / System.TimestampFrequency)) + Interlocked.Read(ref _skippedTicks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _skippedTicks));
}
