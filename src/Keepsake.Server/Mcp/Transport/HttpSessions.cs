using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>The open sessions: found by id, ended when idle for long, bounded in number.</summary>
internal sealed class HttpSessions : IAsyncDisposable
{
    /// <summary>Most sessions at once. One more ends the one that has been idle longest.</summary>
    public const int MaxSessions = 10_000;

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, HttpSession> _sessions = new(StringComparer.Ordinal);
    private readonly ITimer _sweeping;
    private readonly int _maxSessions;

    public HttpSessions(TimeProvider time, int maxSessions = MaxSessions)
    {
        _maxSessions = maxSessions;
        _sweeping = time.CreateTimer(static sessions => _ = ((HttpSessions)sessions!).SweepAsync(), this, SweepPeriod, SweepPeriod);
    }

    /// <summary>Gets how long a session may be idle. Agents pause for a lunch, and not every client knows to start anew.</summary>
    public static TimeSpan MaxIdle { get; } = TimeSpan.FromHours(4);

    public int Count => _sessions.Count;

    public bool TryGet(string id, [NotNullWhen(true)] out HttpSession? session) => _sessions.TryGetValue(id, out session);

    /// <summary>Keeps a new session.</summary>
    /// <returns>Whether there is room: not when as many as may be are in use this moment.</returns>
    public async Task<bool> TryAddAsync(HttpSession session)
    {
        while (_sessions.Count >= _maxSessions)
        {
            var longestIdle = _sessions.Values.MaxBy(s => s.Idle);
            if (longestIdle is null || longestIdle.Idle == TimeSpan.Zero)
            {
                return false;
            }

            await EndAsync(longestIdle.Id);
        }

        return _sessions.TryAdd(session.Id, session);
    }

    /// <summary>Ends a session.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> EndAsync(string id)
    {
        if (!_sessions.TryRemove(id, out var session))
        {
            return false;
        }

        await session.DisposeAsync();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _sweeping.DisposeAsync();
        foreach (var id in _sessions.Keys)
        {
            await EndAsync(id);
        }
    }

    private async Task SweepAsync()
    {
        foreach (var session in _sessions.Values)
        {
            session.Events.ForgetOld();
            if (session.Idle > MaxIdle)
            {
                await EndAsync(session.Id);
            }
        }
    }
}
