using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepsake.Serialization;

/// <summary>Writes a namespace as its text.</summary>
public sealed class MemoryNamespaceConverter : JsonConverter<MemoryNamespace>
{
    /// <inheritdoc/>
    public override MemoryNamespace Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? MemoryNamespace.TryParse(reader.GetString(), out var parsed, out var problem) ? parsed : throw new JsonException(problem)
            : throw new JsonException("A namespace is a string.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, MemoryNamespace value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStringValue(value.Value);
    }
}
