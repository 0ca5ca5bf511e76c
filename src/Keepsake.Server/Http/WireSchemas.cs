using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Keepsake.Server.Http;

/// <summary>The schemas of types with a JSON converter, which the framework cannot look into.</summary>
internal static class WireSchemas
{
    public static async Task DescribeAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if ((Nullable.GetUnderlyingType(type) ?? type).IsEnum)
        {
            schema.Type = JsonSchemaType.String;
        }
        else if (type == typeof(MemoryNamespace))
        {
            schema.Type = JsonSchemaType.String;
            schema.MaxLength = MemoryNamespace.MaxLength;
        }
        else if (type == typeof(ReadOnlyMemory<float>))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = "byte";
            schema.Items = null;
            schema.Description = "Little-endian float32 values as base64.";
        }
        else if (type == typeof(IReadOnlyDictionary<string, MetadataValue>))
        {
            schema.AdditionalProperties = MetadataValueSchema();
            schema.MaxProperties = context.JsonPropertyInfo?.DeclaringType == typeof(RecallRequest) ? RecallRequest.MaxMetadataPairs : MemoryRecord.MaxMetadataEntries;
        }
        else if (type == typeof(IReadOnlyList<MemoryFact>))
        {
            var fact = await context.GetOrCreateSchemaAsync(typeof(MemoryFact), cancellationToken: cancellationToken);
            schema.Type = JsonSchemaType.Array;
            schema.MinItems = 1;
            schema.MaxItems = RememberRequest.MaxFacts;
            schema.Items = new OpenApiSchema { AnyOf = [new OpenApiSchema { Type = JsonSchemaType.String }, fact] };
        }
        else if (type == typeof(RecordPatch))
        {
            schema.Type = JsonSchemaType.Object;
            schema.AdditionalPropertiesAllowed = false;
            schema.Properties = PatchMembers();
        }
    }

    private static Dictionary<string, IOpenApiSchema> PatchMembers() => new()
    {
        ["content"] = Text(MemoryRecord.MaxContentLength, "The new content."),
        ["kind"] = Names<MemoryKind>("The new kind."),
        ["tier"] = Names<MemoryTier>("The new tier."),
        ["importance"] = Share("The new importance."),
        ["confidence"] = Share("The new confidence."),
        ["metadata"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object | JsonSchemaType.Null,
            AdditionalProperties = MetadataValueSchema(),
            MaxProperties = MemoryRecord.MaxMetadataEntries,
            Description = "The new metadata, in place of the old as a whole; null clears it.",
        },
        ["speaker"] = Text(MemoryRecord.MaxSpeakerLength, "The new speaker; null clears it.", JsonSchemaType.Null),
        ["occurredAt"] = Time("The new time of happening."),
        ["expiresAt"] = Time("The new expiry, later than now; null: never.", JsonSchemaType.Null),
        ["reason"] = Text(MemoryRecord.MaxReasonLength, "Why; kept with the record."),
    };

    private static OpenApiSchema MetadataValueSchema() => new()
    {
        AnyOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = MetadataValue.MaxStringLength },
            new OpenApiSchema { Type = JsonSchemaType.Number },
            new OpenApiSchema { Type = JsonSchemaType.Boolean },
            new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = MetadataValue.MaxStringLength },
                MaxItems = MetadataValue.MaxListItems,
            },
        ],
    };

    private static OpenApiSchema Text(int maxLength, string description, JsonSchemaType or = JsonSchemaType.String) =>
        new() { Type = JsonSchemaType.String | or, MaxLength = maxLength, Description = description };

    private static OpenApiSchema Time(string description, JsonSchemaType or = JsonSchemaType.String) =>
        new() { Type = JsonSchemaType.String | or, Format = "date-time", Description = description };

    private static OpenApiSchema Share(string description) =>
        new() { Type = JsonSchemaType.Number, Minimum = "0", Maximum = "1", Description = description };

    private static OpenApiSchema Names<T>(string description)
        where T : struct, Enum => new()
        {
            Type = JsonSchemaType.String,
            Enum = [.. Enum.GetNames<T>().Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name))],
            Description = description,
        };
}
