using System.Collections.Concurrent;

namespace Keepsake.Access;

/// <summary>How fast one caller may ask. Configuration section <c>Store:Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>Gets or sets how many operations a second a caller with a key or a token may do in the long run; 0: as many as it likes.</summary>
    /// <value>The default is 200; from 0 to 1,000,000.</value>
    public int OperationsPerSecond { get; set; } = 200;

    /// <summary>Gets or sets how many operations it may do at once after a pause.</summary>
    /// <value>The default is 400; from 1 to 1,000,000.</value>
    public int Burst { get; set; } = 400;

    internal string? Problem() =>
        OperationsPerSecond is < 0 or > 1_000_000 ? "Store:Access:OperationsPerSecond is 0 to 1,000,000."
        : Burst is < 1 or > 1_000_000 ? "Store:Access:Burst is 1 to 1,000,000."
        : null;
}

/// <summary>A bucket of tokens for each caller, by its principal: neither addresses nor sessions, which a caller chooses. Monotonic time.</summary>
/// <param name="options">How fast.</param>
/// <param name="time">The clock.</param>
internal sealed class RateLimits(AccessOptions options, TimeProvider time)
{
    /// <summary>Most callers that are remembered. Beyond them, those that have not asked for long start anew.</summary>
    public const int MaxCallers = 10_000;

    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Takes one token.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.RateLimited"/>, with the time until there is one.</exception>
    public void Take(Caller caller)
    {
        // The user of this machine has nobody to be protected from.
        if (options.OperationsPerSecond == 0 || caller.Kind == CallerKind.Local)
        {
            return;
        }

        if (_buckets.Count >= MaxCallers && !_buckets.ContainsKey(caller.Principal))
        {
            ForgetFull();
        }

        var bucket = _buckets.GetOrAdd(caller.Principal, static (_, burst) => new() { Tokens = burst }, options.Burst);
        if (bucket.Take(options, time) is { } wait)
        {
            throw new MemoryException(
                MemoryErrorCode.RateLimited, $"Your key may ask {options.OperationsPerSecond} times a second. Wait a moment and try again.")
            { RetryAfter = wait };
        }
    }

    // A full bucket says nothing that a new one would not. Where none is full, all are asked for at once, and one has to go.
    private void ForgetFull()
    {
        foreach (var (principal, bucket) in _buckets)
        {
            if (bucket.IsFull(options, time))
            {
                _buckets.TryRemove(principal, out _);
            }
        }

        if (_buckets.Count >= MaxCallers && _buckets.Keys.FirstOrDefault() is { } any)
        {
            _buckets.TryRemove(any, out _);
        }
    }

    private sealed class Bucket
    {
        private readonly Lock _lock = new();
        private long? _at;

        public required double Tokens { get; set; }

        public TimeSpan? Take(AccessOptions options, TimeProvider time)
        {
            lock (_lock)
            {
                Fill(options, time);
                if (Tokens < 1)
                {
                    return TimeSpan.FromSeconds((1 - Tokens) / options.OperationsPerSecond);
                }

                Tokens--;
                return null;
            }
        }

        public bool IsFull(AccessOptions options, TimeProvider time)
        {
            lock (_lock)
            {
                Fill(options, time);
                return Tokens >= options.Burst;
            }
        }

        private void Fill(AccessOptions options, TimeProvider time)
        {
            var now = time.GetTimestamp();
            var passed = _at is { } at ? time.GetElapsedTime(at, now) : TimeSpan.Zero;
            Tokens = Math.Min(options.Burst, Tokens + (passed.TotalSeconds * options.OperationsPerSecond));
            _at = now;
        }
    }
}
