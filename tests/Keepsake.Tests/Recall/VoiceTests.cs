using Keepsake.Recall.Analysis;
using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall;

public sealed class VoiceTests
{
    [Theory]
    [InlineData("", 0f)]
    [InlineData("...", 0f)]
    [InlineData("I paint.", 0f)]
    [InlineData("Do you?", 1f)]
    [InlineData("Four. Or five", 0f)]
    [InlineData("abcd! efgh?", 0.5f)]
    [InlineData("ab?! ab? abcd", 0.5f)]
    [InlineData("你好吗？", 1f)]
    public void The_share_of_a_text_that_asks_is_that_of_its_sentences_with_a_question_mark(string text, float share) =>
        Assert.Equal(share, Voice.QuestionShare(text), 0.001f);

    [Fact]
    public void A_row_keeps_that_share_beside_what_else_it_keeps_in_bits()
    {
        var row = new DocumentRow { QuestionShare = 1, Tier = MemoryTier.Archive, IsEvent = true };
        row.QuestionShare = 0.4f;
        row.IsEmbedded = true;

        Assert.Equal((0.4f, MemoryTier.Archive, true, true), (row.QuestionShare, row.Tier, row.IsEvent, row.IsEmbedded));
    }
}
