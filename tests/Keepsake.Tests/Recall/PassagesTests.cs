using Keepsake.Recall.Analysis;

namespace Keepsake.Tests.Recall;

public sealed class PassagesTests
{
    [Theory]
    [InlineData(""), InlineData("short"), InlineData("   "), InlineData("One sentence. And another.")]
    public void A_short_text_is_one_passage(string text) => Assert.Equal([Range.EndAt(text.Length)], Passages.Split(text));

    [Fact]
    public void A_passage_ends_with_a_sentence_after_45_words()
    {
        var sentence = string.Join(' ', Enumerable.Repeat("word", 24)) + ". ";
        var passages = Passages.Split(string.Concat(Enumerable.Repeat(sentence, 6)));

        Assert.Equal(3, passages.Length);
    }

    [Fact]
    public void A_short_tail_joins_the_passage_before_it()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 60)) + ". The end.   ";

        Assert.Equal([Range.EndAt(text.Length)], Passages.Split(text));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Passages_cover_any_text_in_order_within_the_limits(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var text = string.Create(random.Next(5_000), random, static (span, r) =>
            {
                var spaces = r.Next(2, 400);
                foreach (ref var c in span)
                {
                    c = r.Next(spaces) == 0 ? ' ' : r.Next(40) == 0 ? '.' : (char)r.Next('a', 'z' + 1);
                }
            });
            var end = 0;
            foreach (var passage in Passages.Split(text))
            {
                Assert.Equal(end, passage.Start.Value);
                end = passage.End.Value;
                Assert.InRange(end - passage.Start.Value, text.Length == 0 ? 0 : 1, Passages.MaxLength * 3 / 2);
                Assert.InRange(text[passage].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, 0, Passages.MaxWords + 15);
            }

            Assert.Equal(text.Length, end);
        }
    }

    [Fact]
    public void A_surrogate_pair_is_not_cut()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("\U0001F600", 2_000));

        Assert.All(Passages.Split(text), passage => Assert.False(char.IsLowSurrogate(text[passage][0])));
    }
}
