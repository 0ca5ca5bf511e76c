using System.Numerics.Tensors;
using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall.Index;

public sealed class VectorTableTests
{
    [Theory]
    [InlineData(1), InlineData(3), InlineData(48), InlineData(256), InlineData(384), InlineData(768), InlineData(1_536)]
    public void A_cosine_is_right_to_half_a_thousandth(int dimensions)
    {
        var random = new Random(dimensions);
        for (var i = 0; i < 50; i++)
        {
            // A model's numbers are far from equal in size; turning takes care of that.
            float[] a = [.. Entries.RandomVector(random, dimensions).Select((x, at) => x / (1 + at))];
            float[] b = [.. Entries.RandomVector(random, dimensions).Select((x, at) => x / (1 + at))];

            Assert.Equal(TensorPrimitives.CosineSimilarity<float>(a, b), Table(b).Cosine(new(a), 0), 0.0005f);
        }
    }

    [Theory]
    [InlineData(48), InlineData(256), InlineData(384)]
    public void Turning_keeps_lengths_and_angles(int dimensions)
    {
        var random = new Random(dimensions);
        var (a, b) = (Entries.RandomVector(random, dimensions), Entries.RandomVector(random, dimensions));
        var (turnedA, turnedB) = (new float[VectorRotation.Padded(dimensions)], new float[VectorRotation.Padded(dimensions)]);

        VectorRotation.Rotate(a, turnedA);
        VectorRotation.Rotate(b, turnedB);

        Assert.Equal(1, TensorPrimitives.Norm<float>(turnedA), 1e-5f);
        Assert.Equal(TensorPrimitives.Dot<float>(a, b), TensorPrimitives.Dot<float>(turnedA, turnedB), 1e-5f);
    }

    [Fact]
    public void One_number_is_spread_over_all()
    {
        var vector = new float[256];
        vector[3] = 1;
        var turned = new float[256];

        VectorRotation.Rotate(vector, turned);

        Assert.True(TensorPrimitives.MaxMagnitude<float>(turned) < 0.25f);
    }

    [Theory]
    [InlineData(0f), InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void A_vector_without_a_direction_is_like_nothing(float value)
    {
        var table = Table([.. Enumerable.Repeat(value, 256)]);

        Assert.Equal(0, table.Scales[0]);
        Assert.Equal(0, table.Cosine(new(Entries.RandomVector(new(1), 256)), 0));
    }

    [Theory]
    [InlineData(64), InlineData(256), InlineData(384), InlineData(1_024)]
    public void Signs_are_summed_alike_at_every_width(int dimensions)
    {
        var random = new Random(dimensions);
        var query = new VectorQuery(Entries.RandomVector(random, dimensions));
        var codes = new sbyte[50 * dimensions];
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(codes.AsSpan()));
        var packed = SignBlocks.Pack(codes, dimensions);
        for (var block = 0; block < 2; block++)
        {
            var bytes = packed.AsSpan(block * SignBlocks.BlockSize * dimensions / 8, SignBlocks.BlockSize * dimensions / 8);
            ushort[] slow = new ushort[SignBlocks.BlockSize], best = new ushort[SignBlocks.BlockSize], wide = new ushort[SignBlocks.BlockSize];
            SignBlocks.EstimateOneByOne(bytes, query.Lookups, slow);
            SignBlocks.Estimate(bytes, query.Lookups, best);
            Assert.Equal(slow, best);
            if (System.Runtime.Intrinsics.X86.Avx2.IsSupported)
            {
                SignBlocks.EstimateBy256(bytes, query.Lookups, wide);
                Assert.Equal(slow, wide);
            }
        }
    }

    [Fact]
    public void Estimates_err_as_their_standard_error_says()
    {
        const int Dimensions = 256;
        var random = new Random(7);
        var asked = Entries.RandomVector(random, Dimensions);
        var query = new VectorQuery(asked);
        var squares = 0.0;
        const int Rows = 2_048;
        var codes = new sbyte[Rows * Dimensions];
        var cosines = new float[Rows];
        for (var row = 0; row < Rows; row++)
        {
            var vector = Entries.RandomVector(random, Dimensions);
            cosines[row] = TensorPrimitives.Dot<float>(asked, vector);
            VectorTable.Write(vector, codes.AsSpan(row * Dimensions, Dimensions), new byte[Dimensions / 2]);
        }

        var packed = SignBlocks.Pack(codes, Dimensions);
        var sums = new ushort[SignBlocks.BlockSize];
        for (var row = 0; row < Rows; row++)
        {
            SignBlocks.Estimate(packed.AsSpan(row / SignBlocks.BlockSize * Dimensions * 4, Dimensions * 4), query.Lookups, sums);
            var estimate = query.Base + (query.Step * sums[row % SignBlocks.BlockSize]);
            squares += Math.Pow(estimate - cosines[row], 2);
        }

        Assert.Equal(query.StandardErrorAt(0), Math.Sqrt(squares / Rows), query.StandardErrorAt(0) / 5);
    }

    private static VectorTable Table(float[] vector)
    {
        var codes = new sbyte[VectorRotation.Padded(vector.Length)];
        var fine = new byte[codes.Length / 2];
        var scale = VectorTable.Write(vector, codes, fine);
        return new(vector.Length, codes, fine, [scale]);
    }
}
