using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace Keepsake.Embedding;

/// <summary>What a folder with a model says about it: <c>model.json</c>.</summary>
/// <param name="Kind">How it is computed.</param>
/// <param name="Name">Name of the model, as records carry it.</param>
/// <param name="Dimensions">Numbers in one embedding.</param>
/// <param name="Language">Language it is made for, as an IETF tag. Empty: not known.</param>
/// <param name="Files">The files that belong to it, by name.</param>
internal sealed record ModelManifest(
    ModelKind Kind, string Name, int Dimensions, string Language, IReadOnlyDictionary<string, ModelManifest.Entry> Files)
{
    /// <summary>The manifest's own file name.</summary>
    public const string FileName = "model.json";

    /// <summary>Most dimensions of a model.</summary>
    public const int MaxDimensions = 8_192;

    private const int MaxBytes = 64 * 1024;

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="InvalidDataException">It is not a manifest.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static ModelManifest Read(string folder) => Parse(ModelFile.Read(folder, FileName, MaxBytes));

    /// <summary>Reads the manifest of a folder; <see langword="null"/>: there is none that can be read.</summary>
    public static ModelManifest? TryRead(string folder)
    {
        try
        {
            return Read(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Reads a manifest from its JSON.</summary>
    /// <exception cref="InvalidDataException">It is not a manifest.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw new InvalidDataException($"The model's manifest has more than {MaxBytes} bytes.");
        }

        try
        {
            Utf8JsonReader reader = new(json);
            return Read(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or FormatException)
        {
            throw new InvalidDataException($"The model's manifest is damaged, or names another kind than static or bert, or not 1 to {MaxDimensions} dimensions.", e);
        }
    }

    /// <summary>Checks a file against what the manifest says of it.</summary>
    /// <exception cref="InvalidDataException">The file has another length or checksum, or is not listed.</exception>
    public void Verify(string file, ReadOnlySpan<byte> content)
    {
        if (!Files.TryGetValue(file, out var expected))
        {
            throw new InvalidDataException($"The model's manifest does not list {file}.");
        }

        if (content.Length != expected.Bytes)
        {
            throw new InvalidDataException($"{file} has {content.Length} bytes instead of {expected.Bytes}: it is cut short or another file.");
        }

        if (Crc32C.Of(content) != expected.Crc32C)
        {
            throw new InvalidDataException($"{file} is damaged: its checksum is wrong.");
        }
    }

    /// <summary>The manifest as JSON.</summary>
    public byte[] ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("name", Name);
            writer.WriteString("kind", Kind == ModelKind.Static ? "static" : "bert");
            writer.WriteNumber("dimensions", Dimensions);
            writer.WriteString("language", Language);
            writer.WriteStartObject("files");
            foreach (var (file, entry) in Files)
            {
                writer.WriteStartObject(file);
                writer.WriteNumber("bytes", entry.Bytes);
                writer.WriteString("crc32c", entry.Crc32C.ToString("x8", CultureInfo.InvariantCulture));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static ModelManifest Read(ref Utf8JsonReader reader)
    {
        var (kind, name, dimensions, language) = ("", "", 0L, "");
        Dictionary<string, Entry>? files = null;
        reader.Expect(JsonTokenType.StartObject, "The manifest");
        while (reader.Next() == JsonTokenType.PropertyName)
        {
            switch (reader.Text())
            {
                case "kind":
                    kind = reader.NextText("The kind");
                    break;
                case "name":
                    name = reader.NextText("The name");
                    break;
                case "dimensions":
                    dimensions = reader.NextNumber("The number of dimensions");
                    break;
                case "language":
                    language = reader.NextText("The language");
                    break;
                case "files":
                    files = ReadFiles(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // The reader rejects what is not JSON after the end, too.
        while (reader.Read())
        {
        }

        return name.Length > 0 && files is not null && dimensions is > 0 and <= MaxDimensions
            ? new(KindOf(kind), name, (int)dimensions, language, files)
            : throw new InvalidDataException("A part of the manifest is missing.");
    }

    private static ModelKind KindOf(string kind) => kind switch
    {
        "static" => ModelKind.Static,
        "bert" => ModelKind.Bert,
        _ => throw new InvalidDataException("No such kind."),
    };

    private static Dictionary<string, Entry> ReadFiles(ref Utf8JsonReader reader)
    {
        Dictionary<string, Entry> files = new(StringComparer.Ordinal);
        reader.Expect(JsonTokenType.StartObject, "The list of files");
        while (reader.Next() == JsonTokenType.PropertyName)
        {
            if (!files.TryAdd(reader.Text(), ReadEntry(ref reader)))
            {
                throw new InvalidDataException("A file is listed twice.");
            }
        }

        return files;
    }

    private static Entry ReadEntry(ref Utf8JsonReader reader)
    {
        (long? bytes, uint? crc32C) = (null, null);
        reader.Expect(JsonTokenType.StartObject, "A file");
        while (reader.Next() == JsonTokenType.PropertyName)
        {
            switch (reader.Text())
            {
                case "bytes":
                    bytes = reader.NextNumber("A file's length");
                    break;
                case "crc32c":
                    crc32C = Checksum(reader.NextText("A file's checksum"));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return bytes is { } length && crc32C is { } sum ? new(length, sum) : throw new InvalidDataException("A file's length or checksum is missing.");
    }

    // Not parsed as a number: that would load the data of all cultures, which takes longer than all the rest of a manifest.
    private static uint Checksum(string hex) => hex.Length == 2 * sizeof(uint)
        ? BinaryPrimitives.ReadUInt32BigEndian(Convert.FromHexString(hex))
        : throw new InvalidDataException("A file's checksum is not eight hexadecimal digits.");

    /// <summary>One file of a model.</summary>
    /// <param name="Bytes">Its length.</param>
    /// <param name="Crc32C">Its checksum.</param>
    internal sealed record Entry(long Bytes, uint Crc32C);
}

/// <summary>How a model is computed.</summary>
internal enum ModelKind
{
    /// <summary>A vector a token, added up.</summary>
    Static = 0,

    /// <summary>A transformer of the BERT family.</summary>
    Bert = 1,
}
