using System.Runtime.InteropServices;
using Keepsake.Embedding;

namespace Keepsake.Tests.Embedding;

public sealed class Int8RowsTests
{
    private const int Rows = 40;

    private static readonly int[] Ids = [3, 0, 39, 3, 17];

    [Theory]
    [InlineData(1), InlineData(48), InlineData(63), InlineData(64), InlineData(65), InlineData(256), InlineData(387)]
    public void Rows_of_any_width_are_added_as_a_plain_loop_adds_them(int width)
    {
        var rows = Make(width);
        var sum = new float[width];
        rows.AddTo(sum, Ids);

        AssertIsPlainSum(width, 0, width, sum);
    }

    [Fact]
    public void Each_kernel_gives_the_same_sum()
    {
        var rows = Make(130);
        foreach (var kernel in new Action<float[], int>[] { (s, c) => rows.AddBlock256(s, Ids, c), (s, c) => rows.AddBlock512(s, Ids, c) })
        {
            var sum = new float[130];
            kernel(sum, 64);
            AssertIsPlainSum(130, 64, 128, sum);
            Assert.All(sum[..64], v => Assert.Equal(0, v));
            Assert.All(sum[128..], v => Assert.Equal(0, v));
        }

        var all = new float[130];
        rows.AddColumns(all, Ids, 0);
        AssertIsPlainSum(130, 0, 130, all);
    }

    [Theory]
    [InlineData(-1), InlineData(Rows)]
    public void A_row_that_is_not_there_is_refused(int id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Make(64).AddTo(new float[64], [id]));

    private static sbyte Number(int row, int column) => (sbyte)((((row * 131) + (column * 37)) % 255) - 127);

    private static float Scale(int row) => 0.01f * (row + 1);

    private static Int8Rows Make(int width)
    {
        sbyte[] numbers = [.. Enumerable.Range(0, Rows * width).Select(i => Number(i / width, i % width))];
        return new(MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray(), [.. Enumerable.Range(0, Rows).Select(Scale)]);
    }

    private static void AssertIsPlainSum(int width, int from, int to, float[] sum)
    {
        Assert.Equal(width, sum.Length);
        Assert.All(Enumerable.Range(from, to - from), c => Assert.Equal(Ids.Sum(id => Number(id, c) * Scale(id)), sum[c], 1e-4f));
    }
}
