using System.Buffers.Binary;
using System.Text.Json;

namespace Keepsake.Embedding;

/// <summary>A safetensors file in memory: named tensors behind a JSON header.</summary>
/// <remarks>
/// Layout: the header's length (8 bytes, little-endian), the header, then the tensors' bytes end to end. Nothing in a file is
/// believed: lengths, shapes and offsets are checked against each other and against the bytes that are there. Immutable.
/// </remarks>
internal sealed class SafetensorsFile
{
    /// <summary>Longest header accepted, in bytes.</summary>
    public const int MaxHeaderLength = 16 * 1024 * 1024;

    private const int LengthSize = sizeof(ulong);

    private readonly Dictionary<string, SafetensorsTensor> _tensors;

    private SafetensorsFile(Dictionary<string, string> metadata, Dictionary<string, SafetensorsTensor> tensors) =>
        (Metadata, _tensors) = (metadata, tensors);

    /// <summary>What the file says about itself. Empty when it says nothing.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The names of all tensors, in the order of the header.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Reads a whole file.</summary>
    /// <param name="file">The file's bytes; tensors refer to them without a copy.</param>
    /// <exception cref="InvalidDataException">The file is cut short, or its header contradicts itself or the data.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> file)
    {
        if (file.Length < LengthSize)
        {
            throw new InvalidDataException($"The model file has {file.Length} bytes, too few for the length of a header.");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Span);
        if (length > MaxHeaderLength)
        {
            throw new InvalidDataException($"The model file announces a header of {length} bytes; the most is {MaxHeaderLength}.");
        }

        if (length > (ulong)(file.Length - LengthSize))
        {
            throw new InvalidDataException($"The model file ends inside its header of {length} bytes.");
        }

        var header = file.Slice(LengthSize, (int)length);
        var data = file[(LengthSize + (int)length)..];
        SafetensorsHeader parsed;
        try
        {
            parsed = SafetensorsHeader.Parse(header.Span);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The model file's header is not the JSON it should be.", e);
        }

        RequireExactCover(parsed.Tensors, data.Length);
        Dictionary<string, SafetensorsTensor> tensors = new(parsed.Tensors.Count, StringComparer.Ordinal);
        foreach (var entry in parsed.Tensors)
        {
            SafetensorsTensor tensor = new(entry.Name, entry.Type, entry.Shape, data[(int)entry.Begin..(int)entry.End]);
            if (!tensors.TryAdd(entry.Name, tensor))
            {
                throw new InvalidDataException($"The model file has two tensors '{entry.Name}'.");
            }
        }

        return new(parsed.Metadata, tensors);
    }

    /// <summary>Finds a tensor.</summary>
    /// <returns>The tensor, or <see langword="null"/> when there is none of that name.</returns>
    public SafetensorsTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Finds a tensor that must be there.</summary>
    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    public SafetensorsTensor Get(string name) =>
        Find(name) ?? throw new InvalidDataException($"The model file has no tensor '{name}'.");

    // The format allows no hole and no overlap, which leaves no place for data that nobody checks.
    private static void RequireExactCover(IReadOnlyList<SafetensorsHeader.Entry> tensors, int available)
    {
        List<SafetensorsHeader.Entry> inOrder = [.. tensors];
        inOrder.Sort(static (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        var reached = 0L;
        foreach (var tensor in inOrder)
        {
            if (tensor.End > available)
            {
                throw new InvalidDataException(
                    $"Tensor '{tensor.Name}' ends at byte {tensor.End}, but the model file has {available} bytes of data: it is cut short.");
            }

            if (tensor.Begin != reached)
            {
                throw new InvalidDataException(tensor.Begin < reached
                    ? $"Tensor '{tensor.Name}' overlaps the one before it."
                    : $"The model file has a hole before tensor '{tensor.Name}'.");
            }

            reached = tensor.End;
        }

        if (reached != available)
        {
            throw new InvalidDataException($"The model file has {available - reached} bytes after its last tensor.");
        }
    }
}
