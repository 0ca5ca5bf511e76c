using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepsake.Serialization;

/// <summary>Writes a metadata value as the JSON value that it is.</summary>
public sealed class MetadataValueConverter : JsonConverter<MetadataValue>
{
    /// <inheritdoc/>
    public override MetadataValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => MetadataValue.Of(reader.GetString()!),
            JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number) => MetadataValue.Of(number),
            JsonTokenType.True => MetadataValue.Of(true),
            JsonTokenType.False => MetadataValue.Of(false),
            JsonTokenType.StartArray => MetadataValue.Of(ReadList(ref reader)),
            _ => throw new JsonException("A metadata value is a string, a finite number, a boolean or a list of strings."),
        };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, MetadataValue value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        switch (value.Value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case IReadOnlyList<string> list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    writer.WriteStringValue(item);
                }

                writer.WriteEndArray();
                break;
        }
    }

    private static List<string> ReadList(ref Utf8JsonReader reader)
    {
        List<string> list = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("A list in metadata holds strings only.");
            }

            list.Add(reader.GetString()!);
        }

        return list;
    }
}
