using System.Numerics.Tensors;

namespace Keepsake.Recall.Index;

/// <summary>A question's vector, made ready to be compared with many.</summary>
internal sealed class VectorQuery
{
    // The products with the 10-bit numbers of a turned unit vector, whose greatest is about 3.5/√n, add up to |q||c| = 2^14 × 2^9 × √n / 3.5 at
    // most, and with either half of their bits, which are not below zero, to √n times as much: less than 2^31 up to 16,000 dimensions.
    private const float FixedLength = 1 << 14;

    private readonly int _shortSum;

    /// <summary>Turns the vector.</summary>
    public VectorQuery(ReadOnlySpan<float> vector)
        : this(Turn(vector), vector.Length)
    {
    }

    private VectorQuery(float[] turned, int dimensions)
    {
        Dimensions = dimensions;
        Turned = turned;
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
    }

    /// <summary>Takes a turned vector of any length, as of what is kept, and brings it to unit length.</summary>
    /// <param name="turned">The vector; zero stays zero.</param>
    /// <param name="dimensions">How many numbers it has beside those that only fill it up.</param>
    public static VectorQuery OfTurned(ReadOnlySpan<float> turned, int dimensions)
    {
        var unit = new float[turned.Length];
        TensorPrimitives.Divide(turned, Math.Max(TensorPrimitives.Norm(turned), float.Epsilon), unit);
        return new(unit, dimensions);
    }

    /// <summary>How many numbers the vector has.</summary>
    public int Dimensions { get; }

    /// <summary>The turned vector, of unit length or zero.</summary>
    public float[] Turned { get; }

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

    /// <summary>A cosine by the products with codes.</summary>
    /// <param name="sum">The sum of products of <see cref="Short"/> and codes.</param>
    /// <param name="scale">What one of the codes is worth.</param>
    /// <param name="middle">The code that stands for 0.</param>
    public float RoughCosine(int sum, float scale, float middle) => (sum - (middle * _shortSum)) * (scale * ShortUnit);

    private static float[] Turn(ReadOnlySpan<float> vector)
    {
        var turned = new float[VectorRotation.Padded(vector.Length)];
        VectorRotation.Rotate(vector, turned);
        return turned;
    }
}
