namespace Keepsake.Tests;

public sealed class StatusTextTests
{
    [Theory]
    [InlineData(1, true, "1 memory waits to be embedded; until then it is found by its words.")]
    [InlineData(2, true, "2 memories wait to be embedded; until then they are found by their words.")]
    [InlineData(300, false, "At least 300 memories wait to be embedded; until then they are found by their words.")]
    public void What_waits_to_be_embedded_is_told_as_far_as_it_is_known(int waiting, bool isAll, string text) =>
        Assert.Equal(text, MemoryStore.WaitingText(waiting, isAll));
}
