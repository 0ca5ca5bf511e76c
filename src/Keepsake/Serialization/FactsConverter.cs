using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Keepsake.Serialization;

/// <summary>Reads a list of facts, each a string or an object.</summary>
public sealed class FactsConverter : JsonConverter<IReadOnlyList<MemoryFact>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<MemoryFact> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Facts are a list, each a string or an object with 'content'.");
        }

        var type = (JsonTypeInfo<MemoryFact>)options.GetTypeInfo(typeof(MemoryFact));
        List<MemoryFact> facts = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            facts.Add(reader.TokenType switch
            {
                JsonTokenType.String => new() { Content = reader.GetString()! },
                JsonTokenType.StartObject => JsonSerializer.Deserialize(ref reader, type)!,
                _ => throw new JsonException("A fact is a string, or an object with 'content'."),
            });
        }

        return facts;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyList<MemoryFact> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(options);
        var type = (JsonTypeInfo<MemoryFact>)options.GetTypeInfo(typeof(MemoryFact));
        writer.WriteStartArray();
        foreach (var fact in value)
        {
            JsonSerializer.Serialize(writer, fact, type);
        }

        writer.WriteEndArray();
    }
}
