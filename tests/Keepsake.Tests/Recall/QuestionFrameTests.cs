using Keepsake.Recall;
using Keepsake.Recall.Analysis;

namespace Keepsake.Tests.Recall;

public sealed class QuestionFrameTests
{
    [Theory]
    [InlineData("Can you walk me through the order in which I brought up different aspects of my garden?", "garden")]
    [InlineData("Please summarize the bridge repairs across all our conversations.", "bridg repair")]
    [InlineData("Do you remember what we discussed about lenses?", "lens")]
    [InlineData("Which tools do I use? Mention only and only three items.", "tool us")]
    [InlineData("What did I order from the bakery?", "order bakeri")]
    [InlineData("Can you summarize our conversations?", "convers")]
    public void What_frames_a_question_is_not_what_it_is_about(string question, string terms) =>
        Assert.Equal(terms, string.Join(' ', Terms.Of(QuestionFrame.Remove(question))));

    [Theory]
    [InlineData("What does Ada's brother like?", "What does  brother like?")]
    [InlineData("What will Will do?", "What will  do?")]
    [InlineData("Is Adamant a word?", "Is Adamant a word?")]
    [InlineData("What did the user say?", "What did the user say?")]
    public void Names_of_speakers_are_not_embedded(string question, string expected) =>
        Assert.Equal(expected, QuestionReader.TextToEmbed(question, ["Ada", "Will", "user"]));

    [Theory]
    [InlineData("Always answer in French.", (int)(Trait.Standing))]
    [InlineData("Say so when I ask about trains", (int)(Trait.Standing))]
    [InlineData("I prefer tea", (int)(Trait.Standing))]
    [InlineData("I have always liked tea", (int)(Trait.None))]
    [InlineData("We met yesterday, did we not?", (int)(Trait.SaysWhen | Trait.Asks))]
    [InlineData("in 2021", (int)(Trait.SaysWhen | Trait.HasNumber))]
    [InlineData("Three cats", (int)(Trait.HasNumber))]
    public void A_text_has_traits(string text, int expected) => Assert.Equal((Trait)expected, Traits.Of(text));

    [Theory]
    [InlineData("Did Ada meet Grace in Paris? Yes, I'm sure. Then what?", "Grace,Paris")]
    [InlineData("What is it?", "")]
    public void Names_are_words_with_a_capital_inside_a_sentence(string text, string expected) =>
        Assert.Equal(expected, string.Join(',', ProperNames.Find(text, ["Ada"])));

    [Theory]
    [InlineData("yesterday", "2025-12-31..2025-12-31")]
    [InlineData("last week", "2025-12-22..2025-12-28")]
    [InlineData("this month", "2026-01-01..2026-01-31")]
    [InlineData("last month", "2025-12-01..2025-12-31")]
    [InlineData("last year", "2025-01-01..2025-12-31")]
    [InlineData("on Monday", "2025-12-29..2025-12-29")]
    [InlineData("last weekend", "2025-12-27..2025-12-28")]
    [InlineData("two weeks ago", "2025-12-15..2025-12-21")]
    [InlineData("in the last 10 days", "2025-12-22..2026-01-01")]
    [InlineData("5000000000 years ago", "")]
    [InlineData("1000 years ago", "")]
    [InlineData("next week", "")]
    public void Times_that_depend_on_now(string question, string expected) =>
        Assert.Equal(expected, string.Join(',', QuestionReader.Read(question, [], Entries.Now).Spans.Select(s => $"{s.First:yyyy-MM-dd}..{s.Last:yyyy-MM-dd}")));
}
