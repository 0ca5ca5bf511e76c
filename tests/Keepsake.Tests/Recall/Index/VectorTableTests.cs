using System.Numerics.Tensors;
using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall.Index;

public sealed class VectorTableTests
{
    [Theory]
    [InlineData(1), InlineData(3), InlineData(48), InlineData(256), InlineData(384), InlineData(768), InlineData(1_536)]
    public void A_cosine_errs_by_no_more_than_its_ten_bits_allow(int dimensions)
    {
        var random = new Random(dimensions);
        for (var i = 0; i < 50; i++)
        {
            // A model's numbers are far from equal in size; turning takes care of that.
            float[] a = [.. Entries.RandomVector(random, dimensions).Select((x, at) => x / (1 + at))];
            float[] b = [.. Entries.RandomVector(random, dimensions).Select((x, at) => x / (1 + at))];

            // Numbers are off by up to half a step, so a product with a unit vector is by step/√12 as a rule, and never seen by five times that.
            var table = Table(b);
            Assert.Equal(TensorPrimitives.CosineSimilarity<float>(a, b), table.Cosine(new(a), 0), 5 * table.Scales[0] / MathF.Sqrt(12));
            Assert.InRange(table.Scales[0], 0, 10 / 511f / MathF.Sqrt(VectorRotation.Padded(dimensions)));
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
        var lookups = new byte[SignBlocks.LookupSize(dimensions)];
        var block = new byte[SignBlocks.BlockSize * dimensions / 8];
        var table = new byte[16];
        for (var group = 0; group < dimensions / 4; group++)
        {
            random.NextBytes(table);
            SignBlocks.SetLookup(lookups, group, [.. table.Select(x => (byte)(x % (SignBlocks.MaxLookup + 1)))]);
        }

        random.NextBytes(block);
        ushort[] slow = new ushort[SignBlocks.BlockSize], best = new ushort[SignBlocks.BlockSize], wide = new ushort[SignBlocks.BlockSize];
        SignBlocks.SumOneByOne(block, lookups, slow);
        SignBlocks.Sum(block, lookups, best);
        Assert.Equal(slow, best);
        if (System.Runtime.Intrinsics.X86.Avx2.IsSupported)
        {
            SignBlocks.SumBy256(block, lookups, wide);
            Assert.Equal(slow, wide);
        }
    }

    [Theory]
    [InlineData(64), InlineData(256), InlineData(384), InlineData(4_096)]
    public void Products_are_summed_alike_at_every_width(int dimensions)
    {
        // The greatest numbers there can be, so that nothing overflows with others.
        byte[] most = [.. Enumerable.Repeat(byte.MaxValue, dimensions / 2)];
        sbyte[] query = [.. Enumerable.Range(0, dimensions).Select(_ => sbyte.MaxValue)];
        Assert.Equal(dimensions * 15 * 127, CodeDots.UpperOneByOne(most, query));
        var random = new Random(dimensions);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(CodeDots.UpperOneByOne(most, query), CodeDots.Upper(most, query));
            if (System.Runtime.Intrinsics.X86.Avx2.IsSupported)
            {
                Assert.Equal(CodeDots.UpperOneByOne(most, query), CodeDots.UpperBy256(most, query));
            }

            random.NextBytes(most);
            query = [.. query.Select(_ => (sbyte)random.Next(-127, 128))];
        }
    }

    [Theory]
    [InlineData(64), InlineData(256), InlineData(384)]
    public void Lower_codes_come_back_as_set_and_are_summed_alike_at_every_width(int dimensions)
    {
        var random = new Random(dimensions);
        var codes = new byte[VectorTable.LowerSize(dimensions)];
        int[] numbers = [.. Enumerable.Range(0, dimensions).Select(_ => random.Next(64))];
        short[] query = [.. numbers.Select(_ => (short)random.Next(-16_384, 16_385))];
        for (var i = 0; i < dimensions; i++)
        {
            CodeDots.SetLowerCode(codes, i, numbers[i]);
        }

        Assert.Equal(numbers, Enumerable.Range(0, dimensions).Select(i => CodeDots.LowerCode(codes, i)));
        Assert.Equal(numbers.Zip(query, (a, b) => a * b).Sum(), CodeDots.Lower(codes, query));
        Assert.Equal(CodeDots.LowerOneByOne(codes, query), CodeDots.Lower(codes, query));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(384)]
    [InlineData(1024)]
    public void A_row_is_put_together_again_at_every_width(int dimensions)
    {
        var random = new Random(11);
        var numbers = Enumerable.Range(0, dimensions).Select(_ => random.Next(1 << (CodeDots.UpperBits + CodeDots.LowerBits))).ToArray();
        var (upper, lower) = (new byte[VectorTable.UpperSize(dimensions)], new byte[VectorTable.LowerSize(dimensions)]);
        for (var i = 0; i < dimensions; i++)
        {
            upper[i % upper.Length] |= (byte)(numbers[i] >> CodeDots.LowerBits << (i < upper.Length ? 0 : CodeDots.UpperBits));
            CodeDots.SetLowerCode(lower, i, numbers[i] & ((1 << CodeDots.LowerBits) - 1));
        }

        var (read, slow) = (new float[dimensions], new float[dimensions]);
        CodeDots.Read(upper, lower, read);
        CodeDots.ReadOneByOne(upper, lower, slow);

        Assert.Equal(numbers.Select(n => (float)n), read);
        Assert.Equal(slow, read);
    }

    [Fact]
    public void The_middle_of_lower_bits_is_the_middle_of_each()
    {
        var lower = new byte[VectorTable.LowerSize(256)];
        new Random(1).NextBytes(lower);

        CodeDots.SetLowerMiddle(lower);

        Assert.All(Enumerable.Range(0, 256), dimension => Assert.Equal(1 << (CodeDots.LowerBits - 1), CodeDots.LowerCode(lower, dimension)));
    }

    [Fact]
    public void Upper_bits_are_within_three_hundredths_of_the_whole()
    {
        var random = new Random(3);
        for (var i = 0; i < 100; i++)
        {
            var (table, query) = (Table(Entries.RandomVector(random, 256)), new VectorQuery(Entries.RandomVector(random, 256)));

            Assert.Equal(table.Cosine(query, 0), table.RoughCosine(query, 0), 0.03f);
        }
    }

    [Fact]
    public void Sums_in_a_range_are_chosen_in_order_however_few_fit_at_once()
    {
        var random = new Random(11);
        ushort[] sums = [.. Enumerable.Range(0, 1_000).Select(_ => (ushort)random.Next(ushort.MaxValue + 1))];
        foreach (var (least, most) in ((ushort, ushort)[])[(0, ushort.MaxValue), (30_000, 40_000), (65_535, 65_535)])
        {
            List<int> found = [];
            var chosen = new int[70];
            for (var from = 3; from < sums.Length;)
            {
                var count = SignBlocks.Choose(sums, ref from, least, most, chosen);
                found.AddRange(chosen[..count]);
            }

            Assert.Equal(Enumerable.Range(3, sums.Length - 3).Where(i => sums[i] >= least && sums[i] <= most), found);
        }
    }

    [Theory]
    [InlineData(256, 0f), InlineData(256, 0.6f), InlineData(384, 0.9f)]
    public void Estimates_err_as_their_standard_error_says_however_near_together_the_vectors_are(int dimensions, float common)
    {
        const int Rows = VectorTable.MinRowsForSigns + 5;
        var random = new Random(7);
        var middle = Entries.RandomVector(random, dimensions);
        float[] Near() => [.. Entries.RandomVector(random, dimensions).Select((x, i) => ((1 - common) * x) + (common * middle[i]))];
        var asked = Near();
        var (upperSize, lowerSize) = (VectorTable.UpperSize(dimensions), VectorTable.LowerSize(dimensions));
        var (upper, lower, scales) = (new byte[Rows * upperSize], new byte[Rows * lowerSize], new float[Rows]);
        var cosines = new float[Rows];
        for (var row = 0; row < Rows; row++)
        {
            var vector = Near();
            cosines[row] = TensorPrimitives.CosineSimilarity<float>(asked, vector);
            scales[row] = VectorTable.Write(vector, upper.AsSpan(row * upperSize, upperSize), lower.AsSpan(row * lowerSize, lowerSize));
        }

        scales[9] = 0;
        var signs = new VectorTable(dimensions, AlignedBytes.Of(upper), AlignedBytes.Of(lower), scales).Signs!;
        var query = new SignQuery(new(asked), signs);
        var blocks = (Rows + SignBlocks.BlockSize - 1) / SignBlocks.BlockSize;
        var estimates = new ushort[blocks * SignBlocks.BlockSize];
        signs.Estimate(query, 0, blocks, estimates);

        Assert.Equal(0, estimates[9]);
        var squares = Enumerable.Range(0, Rows).Where(row => row != 9).Average(row => Math.Pow(SignTable.CosineOf(estimates[row]) - cosines[row], 2));
        Assert.Equal(query.StandardError, Math.Sqrt(squares), query.StandardError / 5);
    }

    private static VectorTable Table(float[] vector)
    {
        var width = VectorRotation.Padded(vector.Length);
        var (upper, lower) = (new byte[VectorTable.UpperSize(width)], new byte[VectorTable.LowerSize(width)]);
        var scale = VectorTable.Write(vector, upper, lower);
        return new(vector.Length, AlignedBytes.Of(upper), AlignedBytes.Of(lower), [scale]);
    }
}
