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
    public static ModelManifest Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw new InvalidDataException($"The model's manifest has more than {MaxBytes} bytes.");
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            ModelKind? kind = root.GetProperty("kind").GetString() switch
            {
                "static" => ModelKind.Static,
                "bert" => ModelKind.Bert,
                _ => null,
            };
            if (kind is null || root.GetProperty("dimensions").GetInt32() is not (> 0 and <= MaxDimensions))
            {
                throw new InvalidDataException($"The model's manifest names another kind than static or bert, or not 1 to {MaxDimensions} dimensions.");
            }

            Dictionary<string, Entry> files = new(StringComparer.Ordinal);
            foreach (var file in root.GetProperty("files").EnumerateObject())
            {
                files.Add(file.Name, ReadEntry(file.Value));
            }

            return new(
                kind.Value, root.GetProperty("name").GetString()!, root.GetProperty("dimensions").GetInt32(), root.GetProperty("language").GetString()!, files);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("The model's manifest is damaged.", e);
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

    private static Entry ReadEntry(JsonElement file) => new(
        file.GetProperty("bytes").GetInt64(),
        uint.Parse(file.GetProperty("crc32c").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

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
