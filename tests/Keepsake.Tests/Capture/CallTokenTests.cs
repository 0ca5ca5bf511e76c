using Keepsake.Capture;
using Keepsake.Engines;

namespace Keepsake.Tests.Capture;

public sealed class CallTokenTests
{
    private static readonly WriteToken Token = new("t", "f");

    [Fact]
    public void Calls_are_told_apart_by_every_part_and_by_where_one_ends()
    {
        WriteToken?[] calls =
        [
            CallToken.Of("t", "forget", "ab", "c"), CallToken.Of("t", "forget", "a", "bc"), CallToken.Of("t", "forget", "abc"),
            CallToken.Of("t", "forget", "abc", null), CallToken.Of("t", "forget", "abc", ""), CallToken.Of("t", "update", "abc"),
        ];

        Assert.Equal(calls.Length, calls.Select(call => call!.Fingerprint).Distinct().Count());
        Assert.Equal(calls[0], CallToken.Of("t", "forget", "ab", "c"));
        Assert.Null(CallToken.Of(null, "forget"));
    }

    [Fact]
    public void What_is_kept_of_a_call_tells_nothing_to_who_does_not_know_its_token() =>
        Assert.NotEqual(CallToken.Of("t", "forget", "a")!.Fingerprint, CallToken.Of("u", "forget", "a")!.Fingerprint);

    [Theory]
    [InlineData(MemoryErrorCode.Conflict, true)]
    [InlineData(MemoryErrorCode.NotFound, true)]
    [InlineData(MemoryErrorCode.PreconditionFailed, true)]
    [InlineData(MemoryErrorCode.ReadOnly, false)]
    [InlineData(MemoryErrorCode.StorageFull, false)]
    [InlineData(MemoryErrorCode.Corrupt, false)]
    [InlineData(MemoryErrorCode.Unavailable, false)]
    public async Task A_failure_is_taken_for_a_repetition_only_where_the_first_call_can_be_why(MemoryErrorCode code, bool repeats)
    {
        var looks = 0;

        // The first call gets through after this one looked for it.
        var call = CallToken.OnceAsync<string, string>(
            Token, _ => Task.FromResult(looks++ == 0 ? null : "first"), () => throw new MemoryException(code, "why"), Task.FromResult);

        if (repeats)
        {
            Assert.Equal("first", await call);
        }
        else
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<MemoryException>(() => call)).Code);
        }
    }
}
