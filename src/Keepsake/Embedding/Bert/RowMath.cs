using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keepsake.Embedding.Bert;

/// <summary>What a transformer does to single rows: GELU, softmax, layer normalization. Errors are below 3e-7, relative to 1.</summary>
internal static unsafe class RowMath
{
    /// <summary>Most floats that a function here may read and write beyond the last of a row, to fill its last vector.</summary>
    public const int Slack = 16;

    /// <summary>Runs GELU, <c>x · Φ(x)</c> with the true error function, over a tile of 32 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gelu(float* tile, nint stride, int rows)
    {
        for (; rows > 0; rows--, tile += stride)
        {
            for (var i = 0; i < MatrixProduct.PanelColumns; i += Vector<float>.Count)
            {
                var x = Vector.Load(tile + i);
                var half = x * 0.5f;
                Vector.Store(Vector.MultiplyAddEstimate(half, Erf(x * 0.70710678f), half), tile + i);
            }
        }
    }

    /// <summary>Makes a row of numbers positive with the sum 1, in place: <c>exp(x)</c>, divided by the sum of all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* row, int count)
    {
        var end = (count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        new Span<float>(row + count, end - count).Fill(-1e30f);
        var greatest = Vector.Load(row);
        for (var i = Vector<float>.Count; i < end; i += Vector<float>.Count)
        {
            greatest = Vector.Max(greatest, Vector.Load(row + i));
        }

        var top = greatest[0];
        for (var i = 1; i < Vector<float>.Count; i++)
        {
            top = MathF.Max(top, greatest[i]);
        }

        var sums = Vector<float>.Zero;
        for (var i = 0; i < end; i += Vector<float>.Count)
        {
            var power = Exp(Vector.Load(row + i) - new Vector<float>(top));
            sums += power;
            Vector.Store(power, row + i);
        }

        var factor = new Vector<float>(1 / Vector.Sum(sums));
        for (var i = 0; i < end; i += Vector<float>.Count)
        {
            Vector.Store(Vector.Load(row + i) * factor, row + i);
        }
    }

    /// <summary>Adds one row to another and normalizes the sum: mean 0, variance 1, then times a weight and plus a bias, column by column.</summary>
    /// <param name="row">The row, and the result.</param>
    /// <param name="added">What is added; <see langword="null"/>: nothing.</param>
    /// <param name="norm">Weight, bias and epsilon.</param>
    /// <param name="count">Columns; those up to the next panel are zeros before and after.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddAndNormalize(float* row, float* added, LayerNorm norm, int count)
    {
        var end = MatrixProduct.Padded(count);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < end; i += Vector<float>.Count)
        {
            var value = Vector.Load(row + i);
            if (added != null)
            {
                value += Vector.Load(added + i);
                Vector.Store(value, row + i);
            }

            sums += value;
        }

        // From the mean, not from the sum of squares, which loses digits where the mean is large. Columns of padding are not counted.
        var mean = new Vector<float>(Vector.Sum(sums) / count);
        var squares = Vector<float>.Zero;
        for (var i = 0; i < end; i += Vector<float>.Count)
        {
            var distance = Vector.Load(row + i) - mean;
            squares = Vector.MultiplyAddEstimate(distance, distance, squares);
        }

        var variance = (Vector.Sum(squares) - ((end - count) * mean[0] * mean[0])) / count;
        var factor = new Vector<float>(1 / MathF.Sqrt(MathF.Max(variance, 0) + norm.Epsilon));
        for (var i = 0; i < end; i += Vector<float>.Count)
        {
            // Weight and bias of padding are zeros.
            var scaled = (Vector.Load(row + i) - mean) * factor;
            Vector.Store(Vector.MultiplyAddEstimate(scaled, Vector.Load(norm.Weight.First + i), Vector.Load(norm.Bias.First + i)), row + i);
        }
    }

    // Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: off by 1.5e-7 at most.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Erf(Vector<float> x)
    {
        var size = Vector.Abs(x);
        var t = Vector<float>.One / Vector.MultiplyAddEstimate(size, new Vector<float>(0.3275911f), Vector<float>.One);
        var sum = Vector.MultiplyAddEstimate(t, new Vector<float>(1.061405429f), new Vector<float>(-1.453152027f));
        sum = Vector.MultiplyAddEstimate(t, sum, new Vector<float>(1.421413741f));
        sum = Vector.MultiplyAddEstimate(t, sum, new Vector<float>(-0.284496736f));
        sum = Vector.MultiplyAddEstimate(t, sum, new Vector<float>(0.254829592f));
        var erf = Vector<float>.One - (sum * t * Exp(-size * size));
        return Vector.CopySign(erf, x);
    }

    // exp(x) = 2^n · exp(r) with |r| at most ln 2 / 2, where seven terms of the series are exact to a float's last bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Exp(Vector<float> x)
    {
        x = Vector.Max(x, new Vector<float>(-87));
        var n = Vector.Round(x * 1.44269504f);
        var r = Vector.MultiplyAddEstimate(n, new Vector<float>(-0.693359375f), x);
        r = Vector.MultiplyAddEstimate(n, new Vector<float>(2.12194440e-4f), r);
        var sum = Vector.MultiplyAddEstimate(r, new Vector<float>(1f / 720), new Vector<float>(1f / 120));
        sum = Vector.MultiplyAddEstimate(r, sum, new Vector<float>(1f / 24));
        sum = Vector.MultiplyAddEstimate(r, sum, new Vector<float>(1f / 6));
        sum = Vector.MultiplyAddEstimate(r, sum, new Vector<float>(0.5f));
        sum = Vector.MultiplyAddEstimate(r, sum, Vector<float>.One);
        sum = Vector.MultiplyAddEstimate(r, sum, Vector<float>.One);
        var exponent = Vector.ShiftLeft(Vector.ConvertToInt32Native(n) + new Vector<int>(127), 23);
        return sum * Vector.As<int, float>(exponent);
    }
}

/// <summary>The parameters of a layer normalization, padded with zeros to whole panels.</summary>
internal sealed unsafe class LayerNorm
{
    public LayerNorm(float[] weight, float[] bias, float epsilon)
    {
        Weight = new(MatrixProduct.Padded(weight.Length));
        Bias = new(MatrixProduct.Padded(bias.Length));
        weight.CopyTo(new Span<float>(Weight.First, weight.Length));
        bias.CopyTo(new Span<float>(Bias.First, bias.Length));
        Epsilon = epsilon;
    }

    public AlignedFloats Weight { get; }

    public AlignedFloats Bias { get; }

    /// <summary>What is added to the variance.</summary>
    public float Epsilon { get; }
}
