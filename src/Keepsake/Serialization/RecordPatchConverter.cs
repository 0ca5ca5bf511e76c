using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Keepsake.Serialization;

/// <summary>Reads a patch, telling an absent member from one that is <c>null</c>; unknown and repeated members are refused.</summary>
public sealed class RecordPatchConverter : JsonConverter<RecordPatch>
{
    /// <inheritdoc/>
    public override RecordPatch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A patch is an object with the members to change.");
        }

        var patch = new RecordPatch();
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!seen.Add(name))
            {
                throw new JsonException($"The member '{name}' stands there twice.");
            }

            reader.Read();
            patch = name switch
            {
                "content" => patch with { Content = Value<string>(ref reader, options) },
                "kind" => patch with { Kind = Value<MemoryKind>(ref reader, options) },
                "tier" => patch with { Tier = Value<MemoryTier>(ref reader, options) },
                "importance" => patch with { Importance = Value<double>(ref reader, options) },
                "confidence" => patch with { Confidence = Value<double>(ref reader, options) },
                "metadata" => patch with { Metadata = new(Optional<IReadOnlyDictionary<string, MetadataValue>>(ref reader, options)) },
                "speaker" => patch with { Speaker = Optional<string>(ref reader, options) },
                "occurredAt" => patch with { OccurredAt = Value<DateTimeOffset>(ref reader, options) },
                "expiresAt" => patch with
                {
                    ExpiresAt = new(reader.TokenType == JsonTokenType.Null ? null : Value<DateTimeOffset>(ref reader, options)),
                },
                "reason" => patch with { Reason = Optional<string>(ref reader, options) },
                _ => throw new JsonException(
                    $"'{name}' cannot be changed. Use content, kind, tier, importance, confidence, metadata, speaker, occurredAt, expiresAt or reason."),
            };
        }

        return patch;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RecordPatch value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(options);
        writer.WriteStartObject();
        Write(writer, "content", value.Content, options);
        Write(writer, "kind", value.Kind, options);
        Write(writer, "tier", value.Tier, options);
        Write(writer, "importance", value.Importance, options);
        Write(writer, "confidence", value.Confidence, options);
        Write(writer, "metadata", value.Metadata, options);
        Write(writer, "speaker", value.Speaker, options);
        Write(writer, "occurredAt", value.OccurredAt, options);
        Write(writer, "expiresAt", value.ExpiresAt, options);
        if (value.Reason is not null)
        {
            writer.WriteString("reason", value.Reason);
        }

        writer.WriteEndObject();
    }

    private static T Value<T>(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null
            ? throw new JsonException("This member cannot be null.")
            : JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)))!;

    private static T? Optional<T>(ref Utf8JsonReader reader, JsonSerializerOptions options)
        where T : class =>
        reader.TokenType == JsonTokenType.Null ? null : Value<T>(ref reader, options);

    private static void Write<T>(Utf8JsonWriter writer, string name, Patched<T> value, JsonSerializerOptions options)
    {
        if (value.IsSet)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, value.Or(default!), (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        }
    }
}
