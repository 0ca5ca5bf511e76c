using System.Numerics.Tensors;

namespace Keepsake.Recall.Index;

/// <summary>A question's vector, made ready to be compared with many.</summary>
internal sealed class VectorQuery
{
    // The products with the 12-bit numbers of a turned unit vector, whose greatest is about 3.5/√n, add up to |q||c| = 2^14 × 2^11 × √n / 3.5 at
    // most: less than 2^31 up to 12,000 dimensions.
    private const float FixedLength = 1 << 14;

    private const int DimensionsPerLookup = 4;
    private const int Signs = 1 << DimensionsPerLookup;

    private readonly int _shortSum;

    /// <summary>Turns the vector and fills the tables.</summary>
    public VectorQuery(ReadOnlySpan<float> vector)
    {
        Dimensions = vector.Length;
        var turned = new float[VectorRotation.Padded(vector.Length)];
        VectorRotation.Rotate(vector, turned);
        Fixed = new short[turned.Length];
        for (var i = 0; i < turned.Length; i++)
        {
            Fixed[i] = (short)MathF.Round(turned[i] * FixedLength);
            FixedSum += Fixed[i];
        }

        Short = new sbyte[turned.Length];
        ShortUnit = Math.Max(Math.Abs(TensorPrimitives.MaxMagnitude<float>(turned)), float.Epsilon) / sbyte.MaxValue;
        for (var i = 0; i < turned.Length; i++)
        {
            Short[i] = (sbyte)MathF.Round(turned[i] / ShortUnit);
            _shortSum += Short[i];
        }

        Lookups = new byte[turned.Length / DimensionsPerLookup * Signs];
        FillLookups(turned);
    }

    /// <summary>How many numbers the vector has.</summary>
    public int Dimensions { get; }

    /// <summary>The turned vector in fixed point.</summary>
    public short[] Fixed { get; }

    /// <summary>The sum of <see cref="Fixed"/>.</summary>
    public int FixedSum { get; }

    /// <summary>The turned vector in bytes, to compare many with: it adds a tenth to the error of upper bits.</summary>
    public sbyte[] Short { get; }

    /// <summary>What one in <see cref="Short"/> is worth.</summary>
    public float ShortUnit { get; }

    /// <summary>What one in <see cref="Fixed"/> by one of a vector's numbers is worth, before that vector's scale.</summary>
    public static float FixedUnit => 1 / FixedLength;

    /// <summary>For each four dimensions, what each of the 16 combinations of their signs adds to an estimate.</summary>
    public byte[] Lookups { get; }

    /// <summary>A cosine by its estimate is <see cref="Base"/> + <see cref="Step"/> × sum of lookups.</summary>
    public float Base { get; private set; }

    /// <inheritdoc cref="Base"/>
    public float Step { get; private set; }

    /// <summary>The standard error of an estimate.</summary>
    /// <param name="cosine">The cosine that is estimated.</param>
    /// <remarks>For signs of a randomly turned vector, by Gao and Long (RaBitQ, SIGMOD 2024): √((π/2 − 1)(1 − c²) / (n − 1)).</remarks>
    public float StandardErrorAt(float cosine) =>
        MathF.Sqrt(((MathF.PI / 2) - 1) * Math.Max(0, 1 - (cosine * cosine)) / (Fixed.Length - 1));

    /// <summary>A cosine by the products with codes.</summary>
    /// <param name="sum">The sum of products of <see cref="Short"/> and codes.</param>
    /// <param name="scale">What one of the codes is worth.</param>
    /// <param name="middle">The code that stands for 0.</param>
    public float RoughCosine(int sum, float scale, float middle) => (sum - (middle * _shortSum)) * (scale * ShortUnit);

    private void FillLookups(ReadOnlySpan<float> turned)
    {
        var groups = turned.Length / DimensionsPerLookup;
        var widest = 0f;
        var least = 0f;
        for (var g = 0; g < groups; g++)
        {
            var reach = TensorPrimitives.SumOfMagnitudes(turned.Slice(g * DimensionsPerLookup, DimensionsPerLookup));
            widest = Math.Max(widest, 2 * reach);
            least -= reach;
        }

        // Sums of all groups stay within 16 bits.
        var step = Math.Max(widest / Math.Min(byte.MaxValue, ushort.MaxValue / groups), float.Epsilon);
        for (var g = 0; g < groups; g++)
        {
            var part = turned.Slice(g * DimensionsPerLookup, DimensionsPerLookup);
            var reach = TensorPrimitives.SumOfMagnitudes(part);
            for (var signs = 0; signs < Signs; signs++)
            {
                var sum = 0f;
                for (var i = 0; i < DimensionsPerLookup; i++)
                {
                    sum += (signs >> i & 1) != 0 ? -part[i] : part[i];
                }

                Lookups[(g * Signs) + signs] = (byte)MathF.Round((sum + reach) / step);
            }
        }

        // Signs stand for numbers of ±√(2/π)/√n on average, so a product with them is too great by √(πn/2)⁻¹.
        var toCosine = 1 / MathF.Sqrt(2 * turned.Length / MathF.PI);
        (Base, Step) = (least * toCosine, step * toCosine);
    }
}
