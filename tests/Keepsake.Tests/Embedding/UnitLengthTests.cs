using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class UnitLengthTests
{
    [Theory]
    [InlineData(1, 1f), InlineData(7, 0.001f), InlineData(256, 1e-30f), InlineData(256, 1e30f), InlineData(387, 5f)]
    public void A_vector_of_any_length_and_size_comes_to_length_1(int count, float size)
    {
        float[] vector = [.. Enumerable.Range(0, count).Select(i => size * ((i % 5) - 2.5f))];

        Assert.True(UnitLength.TryScale(vector));
        Assert.Equal(1, vector.Sum(v => (double)v * v), 1e-5);
        Assert.True(vector[0] < 0);
    }

    [Theory]
    [InlineData(0f), InlineData(1e-44f), InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void A_vector_without_a_length_stays_as_it_is(float number)
    {
        float[] vector = [number, 0, 0, 0, 0, 0, 0, 0, 0];

        Assert.False(UnitLength.TryScale(vector));
        Assert.Equal(number, vector[0]);
    }
}
