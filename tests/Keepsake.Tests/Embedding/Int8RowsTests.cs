using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class Int8RowsTests
{
    private delegate void Kernel(ref sbyte row, ref float sum, nuint i, float scale);

    [Theory]
    [InlineData(1), InlineData(8), InlineData(16), InlineData(31), InlineData(256), InlineData(387)]
    public void Rows_of_any_width_are_added_as_a_plain_loop_adds_them(int width)
    {
        var row = Row(width);
        var sum = Sum(width);
        Int8Rows.AddScaled(row, 0.37f, sum);

        AssertAdded(row, Sum(width), sum);
    }

    [Fact]
    public void Each_vector_width_gives_the_same_sum()
    {
        foreach (var (kernel, step) in new (Kernel, int)[] { (Int8Rows.Add128, 8), (Int8Rows.Add256, 8), (Int8Rows.Add512, 16) })
        {
            var row = Row(64);
            var sum = Sum(64);
            for (var i = 0; i < row.Length; i += step)
            {
                kernel(ref row[0], ref sum[0], (nuint)i, 0.37f);
            }

            AssertAdded(row, Sum(64), sum);
        }
    }

    private static sbyte[] Row(int width) => [.. Enumerable.Range(0, width).Select(i => (sbyte)((i * 37 % 255) - 127))];

    private static float[] Sum(int width) => [.. Enumerable.Range(0, width).Select(i => i * 0.5f)];

    private static void AssertAdded(sbyte[] row, float[] before, float[] after) =>
        Assert.All(Enumerable.Range(0, row.Length), i => Assert.Equal(before[i] + (row[i] * 0.37f), after[i], 1e-4f));
}
