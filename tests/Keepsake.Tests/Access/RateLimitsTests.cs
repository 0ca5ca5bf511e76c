using Keepsake.Access;
using Keepsake.Tests.Support;

namespace Keepsake.Tests.Access;

public sealed class RateLimitsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_caller_may_ask_as_often_as_its_bucket_holds_and_then_as_it_fills()
    {
        var limits = new RateLimits(new() { OperationsPerSecond = 2, Burst = 3 }, _time);
        var caller = Guarded.Key();
        for (var i = 0; i < 3; i++)
        {
            limits.Take(caller);
        }

        var refusal = Assert.Throws<MemoryException>(() => limits.Take(caller));
        Assert.Equal((MemoryErrorCode.RateLimited, TimeSpan.FromSeconds(0.5)), (refusal.Code, refusal.RetryAfter));

        _time.Advance(refusal.RetryAfter!.Value);
        limits.Take(caller);
        Assert.Throws<MemoryException>(() => limits.Take(caller));
    }

    [Fact]
    public void Neither_a_clock_that_jumps_nor_another_door_or_reach_gives_more()
    {
        var limits = new RateLimits(new() { OperationsPerSecond = 1, Burst = 1 }, _time);
        limits.Take(Guarded.Key());

        _time.Jump(TimeSpan.FromDays(1));

        Assert.Throws<MemoryException>(() => limits.Take(Guarded.Key() with { Door = "mcp" }));
        Assert.Throws<MemoryException>(() => limits.Take(Guarded.Key(namespaces: ["x"])));
        limits.Take(Guarded.Key(name: "other"));
    }

    [Fact]
    public void The_user_of_the_machine_is_not_limited_and_zero_limits_nobody()
    {
        var limits = new RateLimits(new() { OperationsPerSecond = 1, Burst = 1 }, _time);
        var none = new RateLimits(new() { OperationsPerSecond = 0, Burst = 1 }, _time);
        for (var i = 0; i < 100; i++)
        {
            limits.Take(Caller.Local);
            none.Take(Guarded.Key());
        }
    }

    [Fact]
    public void Callers_beyond_the_most_that_are_remembered_do_not_free_a_busy_one()
    {
        var limits = new RateLimits(new() { OperationsPerSecond = 1, Burst = 2 }, _time);
        for (var i = 0; i < RateLimits.MaxCallers; i++)
        {
            limits.Take(Guarded.Key(name: $"k{i}"));
        }

        _time.Advance(TimeSpan.FromSeconds(5));
        var busy = Guarded.Key(name: "k7");
        limits.Take(busy);
        limits.Take(busy);
        limits.Take(Guarded.Key(name: "one more"));

        Assert.Throws<MemoryException>(() => limits.Take(busy));
    }
}
