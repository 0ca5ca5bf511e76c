using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class EmbeddingCacheTests
{
    private const int EntryBytes = 160 + (4 * 10);

    [Fact]
    public void It_holds_what_fits_and_drops_what_was_not_used_for_longest()
    {
        EmbeddingCache cache = new(EntryBytes * 3);
        cache.Add(1, new float[10]);
        cache.Add(2, new float[10]);
        cache.Add(3, new float[10]);
        Assert.NotNull(cache.Find(1));

        cache.Add(4, new float[10]);

        Assert.Equal(3, cache.Count);
        Assert.Null(cache.Find(2));
        Assert.NotNull(cache.Find(1));
        Assert.NotNull(cache.Find(4));
    }

    [Fact]
    public void A_large_entry_pushes_out_several_and_one_too_large_none()
    {
        EmbeddingCache cache = new(EntryBytes * 3);
        cache.Add(1, new float[10]);
        cache.Add(2, new float[10]);
        cache.Add(3, new float[10]);

        cache.Add(4, new float[1_000]);
        Assert.Equal(3, cache.Count);

        cache.Add(5, new float[70]);
        Assert.Equal(1, cache.Count);
        Assert.Equal(70, cache.Find(5)!.Length);
    }

    [Fact]
    public void An_entry_may_be_replaced()
    {
        EmbeddingCache cache = new(EntryBytes * 2);
        cache.Add(1, [1, 0]);
        cache.Add(1, [0, 1]);

        Assert.Equal(1, cache.Count);
        Assert.Equal([0f, 1f], cache.Find(1)!);
    }

    [Fact]
    public void A_cache_of_no_size_keeps_nothing()
    {
        EmbeddingCache cache = new(0);
        cache.Add(1, [1]);

        Assert.Null(cache.Find(1));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Keys_differ_where_texts_do()
    {
        string[] texts = ["", " ", "a", "A", "a ", "á", "a\u0301", "\uD800", "\uDC00", new string('a', 10_000), new string('a', 10_001)];

        Assert.Equal(texts.Length, texts.Select(EmbeddingCache.KeyOf).Distinct().Count());
        Assert.Equal(EmbeddingCache.KeyOf("same"), EmbeddingCache.KeyOf(new string([.. "same"])));
    }

    [Theory]
    [InlineData(1), InlineData(2)]
    public void Random_use_never_exceeds_the_limit_and_never_gives_a_wrong_vector(int seed)
    {
        Random random = new(seed);
        EmbeddingCache cache = new(EntryBytes * 20);
        for (var i = 0; i < 20_000; i++)
        {
            var key = random.Next(60);
            if (random.Next(2) == 0)
            {
                cache.Add((UInt128)key, [.. Enumerable.Repeat((float)key, 10)]);
            }
            else if (cache.Find((UInt128)key) is { } vector)
            {
                Assert.Equal(key, vector[0]);
            }

            Assert.InRange(cache.Count, 0, 20);
        }
    }
}
