using Keepsake.Capture;

namespace Keepsake.Tests.Capture;

public sealed class TurnstileTests
{
    private readonly Turnstile _turnstile = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_came_first_goes_first_however_late_it_gets_there()
    {
        using var first = _turnstile.Enter();
        using var second = _turnstile.Enter();
        var waiting = second.WaitAsync(Cancellation);

        Assert.False(waiting.IsCompleted);
        await first.WaitAsync(Cancellation);
        first.Complete();
        await waiting;
    }

    [Fact]
    public async Task Those_behind_one_that_did_not_get_through_do_not_either_and_those_who_come_later_do()
    {
        using var failing = _turnstile.Enter();
        using var behind = _turnstile.Enter();
        failing.Dispose();

        var error = await Assert.ThrowsAsync<MemoryException>(() => behind.WaitAsync(Cancellation));
        Assert.Equal(MemoryErrorCode.Unavailable, error.Code);
        behind.Dispose();
        using var later = _turnstile.Enter();
        await later.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Who_gives_up_while_waiting_does_not_let_the_next_one_overtake()
    {
        using var first = _turnstile.Enter();
        var impatient = _turnstile.Enter();
        using var third = _turnstile.Enter();
        impatient.Dispose();

        Assert.False(third.WaitAsync(Cancellation).IsCompleted);
        first.Complete();
        await Assert.ThrowsAsync<MemoryException>(() => third.WaitAsync(Cancellation));
    }
}
