using System.Text.Json;

namespace Keepsake.Embedding;

/// <summary>The JSON header of a safetensors file, entry by entry consistent, not yet compared with the data.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Most tensors accepted.</summary>
    public const int MaxTensors = 65_536;

    /// <summary>Most dimensions of one tensor.</summary>
    public const int MaxRank = 8;

    /// <summary>What the file says about itself.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensors, in the order of the header.</summary>
    public List<Entry> Tensors { get; } = [];

    /// <summary>Reads a header.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidDataException">It is JSON that says something else than a header does.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json)
    {
        SafetensorsHeader header = new();
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 4 });
        reader.Expect(JsonTokenType.StartObject, "The header");
        while (reader.Next() == JsonTokenType.PropertyName)
        {
            var name = reader.Text();
            if (name == "__metadata__")
            {
                header.ReadMetadata(ref reader);
            }
            else if (header.Tensors.Count == MaxTensors)
            {
                throw new InvalidDataException($"The model file has more than {MaxTensors} tensors.");
            }
            else
            {
                header.Tensors.Add(ReadEntry(ref reader, name));
            }
        }

        // The format pads a header with spaces; the reader rejects anything else that follows.
        while (reader.Read())
        {
        }

        return header;
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        reader.Expect(JsonTokenType.StartObject, "__metadata__");
        while (reader.Next() == JsonTokenType.PropertyName)
        {
            var key = reader.Text();
            Metadata[key] = reader.NextText("A value of __metadata__");
        }
    }

    private static Entry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        SafetensorsType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        reader.Expect(JsonTokenType.StartObject, $"Tensor '{name}'");
        while (reader.Next() == JsonTokenType.PropertyName)
        {
            switch (reader.Text())
            {
                case "dtype":
                    type = SafetensorsTypes.Parse(reader.NextText($"The dtype of tensor '{name}'"), name);
                    break;
                case "shape":
                    shape = ReadNumbers(ref reader, name, MaxRank);
                    break;
                case "data_offsets":
                    offsets = ReadNumbers(ref reader, name, 2);
                    break;
                default:
                    throw new InvalidDataException($"Tensor '{name}' has a property that is not dtype, shape or data_offsets.");
            }
        }

        if (type is not { } known || shape is null || offsets is not [var begin, var end])
        {
            throw new InvalidDataException($"Tensor '{name}' lacks its dtype, shape or two data_offsets.");
        }

        if (end < begin || end - begin != ByteLength(shape, known, name))
        {
            throw new InvalidDataException(
                $"Tensor '{name}' of shape [{string.Join(", ", shape)}] in {known} does not fill bytes {begin} to {end}.");
        }

        return new(name, known, Array.ConvertAll(shape, n => (int)n), begin, end);
    }

    private static long ByteLength(long[] shape, SafetensorsType type, string name)
    {
        var length = (long)SafetensorsTypes.SizeOf(type);
        foreach (var size in shape)
        {
            // An array holds no more, and below it no product of two sizes overflows.
            length = size <= int.MaxValue ? length * size : long.MaxValue;
            if (length > int.MaxValue)
            {
                throw new InvalidDataException($"Tensor '{name}' is larger than {int.MaxValue} bytes.");
            }
        }

        return length;
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string name, int most)
    {
        var numbers = new long[most];
        var count = 0;
        reader.Expect(JsonTokenType.StartArray, $"The shape or data_offsets of tensor '{name}'");
        while (reader.Next() == JsonTokenType.Number)
        {
            if (count == most || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw new InvalidDataException($"Tensor '{name}' has a shape or data_offsets that cannot be.");
            }

            numbers[count++] = number;
        }

        return reader.TokenType == JsonTokenType.EndArray
            ? numbers[..count]
            : throw new InvalidDataException($"Tensor '{name}' has a shape or data_offsets that is not a list of numbers.");
    }

    /// <summary>One tensor as the header describes it; offsets in bytes from the end of the header.</summary>
    internal sealed record Entry(string Name, SafetensorsType Type, IReadOnlyList<int> Shape, long Begin, long End);
}
