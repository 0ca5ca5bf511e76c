namespace Keepsake.Recall;

/// <summary>Whether searches are being answered in this process, so that bulk work leaves them a processor.</summary>
/// <remarks>One for all stores, because the processors are. An import has time; who asks waits.</remarks>
internal static class SearchTraffic
{
    // After a search another is expected for this long.
    private const int LullMilliseconds = 200;

    private static long _lastAt = long.MinValue / 2;

    /// <summary>Gets whether a search was answered a moment ago.</summary>
    public static bool IsFlowing => Environment.TickCount64 - Volatile.Read(ref _lastAt) < LullMilliseconds;

    /// <summary>Notes that a search begins.</summary>
    public static void Note() => Volatile.Write(ref _lastAt, Environment.TickCount64);
}
