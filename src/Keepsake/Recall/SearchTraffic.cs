namespace Keepsake.Recall;

/// <summary>Whether searches are being answered in this process, so that bulk work leaves them a processor.</summary>
/// <remarks>One for all stores, because the processors are. An import has time; who asks waits.</remarks>
internal static class SearchTraffic
{
    // After a search another is expected for this long.
    private const int LullMilliseconds = 200;

    private static int _underWay;
    private static long _lastAt = long.MinValue / 2;

    /// <summary>Gets whether a search is under way, or was a moment ago.</summary>
    public static bool IsFlowing => Volatile.Read(ref _underWay) > 0 || Environment.TickCount64 - Volatile.Read(ref _lastAt) < LullMilliseconds;

    /// <summary>Notes that a search begins.</summary>
    /// <returns>To be disposed of once, when it ends.</returns>
    public static Search Begin()
    {
        Interlocked.Increment(ref _underWay);
        return default;
    }

    /// <summary>A search under way.</summary>
    public readonly struct Search : IDisposable
    {
        /// <summary>Notes that the search ends.</summary>
        public void Dispose()
        {
            Volatile.Write(ref _lastAt, Environment.TickCount64);
            Interlocked.Decrement(ref _underWay);
        }
    }
}
