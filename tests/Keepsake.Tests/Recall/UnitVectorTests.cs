using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall;

public sealed class UnitVectorTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(256)]
    [InlineData(8_192)]
    public void A_cosine_is_right_to_a_ten_thousandth(int dimensions)
    {
        var random = new Random(dimensions);
        for (var i = 0; i < 200; i++)
        {
            var (a, b) = (Vector(random, dimensions), Vector(random, dimensions));
            var exact = a.Zip(b, (x, y) => (double)x * y).Sum() / Length(a) / Length(b);

            Assert.Equal(exact, UnitVector.Cosine(Kept(a), Kept(b)), 1e-4);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(8_192)]
    public void A_vector_is_the_same_as_itself_whatever_its_length_and_shape(int dimensions)
    {
        var even = Kept([.. Enumerable.Repeat(3f, dimensions)]);
        var odd = Kept([-9f, .. Enumerable.Repeat(0f, dimensions - 1)]);

        Assert.Equal(1, UnitVector.Cosine(even, even), 0.005);
        Assert.Equal(1, UnitVector.Cosine(odd, odd), 0.005);
    }

    [Fact]
    public void The_zero_vector_is_like_nothing() => Assert.Equal(0, UnitVector.Cosine(Kept(new float[256]), Kept([.. Enumerable.Repeat(1f, 256)])));

    private static short[] Kept(float[] vector)
    {
        var kept = new short[vector.Length];
        UnitVector.Write(vector, kept);
        return kept;
    }

    private static float[] Vector(Random random, int dimensions) => [.. Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f)];

    private static double Length(float[] vector) => Math.Sqrt(vector.Sum(x => (double)x * x));
}
