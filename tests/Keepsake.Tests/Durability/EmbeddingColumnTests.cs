using Keepsake.Capture;
using Keepsake.Engines.Sqlite;
using Keepsake.Serialization;

namespace Keepsake.Tests.Durability;

/// <summary>What a column holds of an embedding is the embedding to its last bit, in half the bytes where that is possible.</summary>
public sealed class EmbeddingColumnTests
{
    [Fact]
    public void Any_embedding_comes_back_to_its_last_bit()
    {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++)
        {
            var values = new float[random.Next(1, 1_100)];
            for (var j = 0; j < values.Length; j++)
            {
                // Every bit pattern of a finite number, most of which half precision has no room for.
                values[j] = BitConverter.Int32BitsToSingle(random.Next() | (random.Next(2) << 31));
                values[j] = float.IsFinite(values[j]) ? values[j] : 0;
            }

            if (i % 2 == 0)
            {
                Halve(values);
            }

            var bytes = EmbeddingColumn.ToBytes(values);

            Assert.Equal(i % 2 == 0 ? (values.Length * 2) + 1 : values.Length * 4, bytes!.Length);
            Assert.Equal(Bits(values), Bits(EmbeddingColumn.FromBytes(bytes).ToArray()));
        }
    }

    [Theory]
    [InlineData(0f, true)]
    [InlineData(1f, true)]
    [InlineData(65_504f, true)]
    [InlineData(65_520f, false)]
    [InlineData(5.9604645E-08f, true)]
    [InlineData(2.9802322E-08f, false)]
    [InlineData(1.0009766f, true)]
    [InlineData(1.0004883f, false)]
    public void Only_what_half_precision_holds_exactly_is_kept_in_it(float value, bool inHalf)
    {
        // The last of many, in a part of its own.
        var values = new float[513];
        values[^1] = value;

        var bytes = EmbeddingColumn.ToBytes(values)!;

        Assert.Equal(inHalf ? 1_027 : 2_052, bytes.Length);
        Assert.Equal(Bits(values), Bits(EmbeddingColumn.FromBytes(bytes).ToArray()));
    }

    [Fact]
    public void Columns_of_schema_8_and_before_are_read()
    {
        float[] values = [0.25f, -1f, 1e-20f];

        Assert.Equal(values, EmbeddingColumn.FromBytes(EmbeddingText.ToBytes(values)).ToArray());
        Assert.Equal([0.25f, -1f], EmbeddingColumn.FromBytes(EmbeddingText.ToBytes(values.AsMemory(0, 2))).ToArray());
    }

    [Fact]
    public void No_embedding_is_no_value()
    {
        Assert.Null(EmbeddingColumn.ToBytes(default));
        Assert.True(EmbeddingColumn.FromBytes(null).IsEmpty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_000)]
    public void Made_embeddings_are_rounded_to_the_nearest(int length)
    {
        var random = new Random(length);
        float[] values = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() * 2) - 1))];
        float[] expected = [.. values.Select(value => (float)(Half)value)];

        HalfPrecision.Round(values);

        Assert.Equal(Bits(expected), Bits(values));
    }

    private static void Halve(float[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var half = (Half)values[i];
            values[i] = Half.IsFinite(half) ? (float)half : 1;
        }
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
