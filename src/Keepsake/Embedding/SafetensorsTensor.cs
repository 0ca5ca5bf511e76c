using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Keepsake.Embedding;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name, unique in the file.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Its sizes, outermost first. Empty: a single number.</param>
/// <param name="Data">Its bytes, little-endian, row-major; exactly as many as type and shape ask for.</param>
internal sealed record SafetensorsTensor(string Name, SafetensorsType Type, IReadOnlyList<int> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>How many numbers it holds.</summary>
    public int Count => Data.Length / SafetensorsTypes.SizeOf(Type);

    /// <summary>Checks the shape.</summary>
    /// <returns>This tensor.</returns>
    /// <exception cref="InvalidDataException">The shape is another.</exception>
    public SafetensorsTensor WithShape(params ReadOnlySpan<int> shape)
    {
        if (!shape.SequenceEqual([.. Shape]))
        {
            throw new InvalidDataException(
                $"Tensor '{Name}' has the shape [{string.Join(", ", Shape)}] where [{string.Join(", ", shape.ToArray())}] is needed.");
        }

        return this;
    }

    /// <summary>Its bytes, for a tensor of 8-bit integers.</summary>
    /// <exception cref="InvalidDataException">It is of another type.</exception>
    public ReadOnlyMemory<byte> Int8() =>
        Type == SafetensorsType.I8 ? Data : throw new InvalidDataException($"Tensor '{Name}' is {Type} where I8 is needed.");

    /// <summary>Reads all numbers as floats, widening those of 16 bits.</summary>
    /// <returns>A new array, in the order of the file.</returns>
    /// <exception cref="InvalidDataException">It holds integers, or a number that is infinite or not a number.</exception>
    public float[] ToSingles()
    {
        var values = new float[Count];
        if (Type == SafetensorsType.F32 && BitConverter.IsLittleEndian)
        {
            Data.Span.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        }
        else
        {
            Widen(values);
        }

        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new InvalidDataException($"Tensor '{Name}' holds a number that is not finite.");
            }
        }

        return values;
    }

    private void Widen(float[] values)
    {
        var bytes = Data.Span;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Type switch
            {
                SafetensorsType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]),
                SafetensorsType.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[(i * 2)..]),
                SafetensorsType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]) << 16),
                _ => throw new InvalidDataException($"Tensor '{Name}' is {Type} where F32, F16 or BF16 is needed."),
            };
        }
    }
}
