using Keepsake.Recall;

namespace Keepsake.Tests.Recall;

public sealed class HostileQueryTests
{
    [Theory]
    [InlineData("C#", "sharp")]
    [InlineData("it's", null)]
    [InlineData("a OR b)", "b")]
    [InlineData("\"", null)]
    [InlineData("", null)]
    [InlineData("   \t\r\n", null)]
    [InlineData("* NOT NEAR(", null)]
    [InlineData("'; DROP TABLE records; --", null)]
    [InlineData("\0\u0001y2023\uFFFF", null)]
    [InlineData("\uD800\uDC00\uD800", null)]
    public void Any_text_is_answered(string text, string? expected)
    {
        using var index = new RecallIndex();
        index.Upsert(Entries.Entry("sharp", "We write C# here"));
        index.Upsert(Entries.Entry("b", "Option b is better"));

        Assert.Equal(expected, index.Ids(Entries.Query(text)).FirstOrDefault());
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Long_random_text_is_answered(int seed)
    {
        var random = new Random(seed);
        using var index = new RecallIndex();
        for (var i = 0; i < 50; i++)
        {
            index.Upsert(Entries.Entry($"{i}", Noise(random, 16_000)) with { Speaker = Noise(random, 20) });
            index.Search(Entries.Query(Noise(random, 16_000)) with { Vector = [float.NaN, 1], MinRelevance = 0.1 });
        }

        Assert.Equal(50, index.Statistics.Entries);
    }

    [Fact]
    public void The_first_64_distinct_terms_count()
    {
        using var index = new RecallIndex();
        index.Upsert(Entries.Entry("early", "termbefore"));
        index.Upsert(Entries.Entry("late", "termafter"));
        var text = "termbefore termbefore " + string.Join(' ', Enumerable.Range(0, 63).Select(i => $"filler{i}x")) + " termafter";

        Assert.Equal(["early"], index.Ids(Entries.Query(text)));
    }

    [Fact]
    public void A_vector_of_another_length_is_left_out()
    {
        using var index = new RecallIndex();
        index.Upsert(Entries.Entry("1", "apples") with { Vectors = [[1, 0]] });
        index.Upsert(Entries.Entry("2", "apples") with { Vectors = [[1, 0, 0], [], [0, 0]] });

        Assert.Empty(index.Search(Entries.Query("nothing") with { Vector = [1, 0, 0, 0] }));
        Assert.Equal(2, index.Ids(Entries.Query("apples") with { Vector = [1, 0, 0] }).Count);
    }

    private static string Noise(Random random, int length) => string.Create(length, random, static (span, r) =>
    {
        foreach (ref var c in span)
        {
            c = r.Next(4) switch { 0 => (char)r.Next(0x10000), 1 => "'\".*+#_-?! \n"[r.Next(12)], _ => (char)r.Next('0', 'z') };
        }
    });
}
