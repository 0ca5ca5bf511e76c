namespace Keepsake.Server.Access;

/// <summary>Asks again and again, for as long as a request is answered, whether its caller is still who it was: a stream may be open for hours, and a key is revoked in between.</summary>
internal sealed class CallerWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _lapsed = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _watching;

    /// <summary>Begins to watch.</summary>
    /// <param name="caller">The caller of the request.</param>
    /// <param name="time">The clock.</param>
    public CallerWatch(RequestCaller caller, TimeProvider time) => _watching = WatchAsync(caller, time);

    /// <summary>Gets the longest time that a stream outlives the right to it, beside what a token's clock may be off.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets a token that is cancelled when the caller's key or token counts no more.</summary>
    public CancellationToken Lapsed => _lapsed.Token;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _watching;
        _ended.Dispose();
        _lapsed.Dispose();
    }

    private async Task WatchAsync(RequestCaller caller, TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                if (!await caller.IsStillKnownAsync(_ended.Token))
                {
                    await _lapsed.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The request has its answer.
        }
    }
}
