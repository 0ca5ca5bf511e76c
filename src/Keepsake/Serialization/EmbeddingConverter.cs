using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepsake.Serialization;

/// <summary>Writes an embedding as base64 of little-endian float32.</summary>
public sealed class EmbeddingConverter : JsonConverter<ReadOnlyMemory<float>>
{
    /// <inheritdoc/>
    public override ReadOnlyMemory<float> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && EmbeddingText.FromBase64(reader.GetString()!) is { } values
            ? values
            : throw new JsonException("An embedding is base64 of finite little-endian float32 values.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<float> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteBase64StringValue(EmbeddingText.ToBytes(value));
    }
}
