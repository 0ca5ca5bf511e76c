using Microsoft.OpenApi;

namespace Keepsake.Server.Http;

/// <summary>The schemas of types with a JSON converter, which the framework cannot look into.</summary>
internal static class WireSchemas
{
    private static readonly Dictionary<Type, Action<OpenApiSchema>> Known = new()
    {
        [typeof(MemoryNamespace)] = schema =>
        {
            schema.Type = JsonSchemaType.String;
            schema.MaxLength = MemoryNamespace.MaxLength;
        },
        [typeof(ReadOnlyMemory<float>)] = schema =>
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = "byte";
            schema.Description = "Little-endian float32 values as base64.";
        },
        [typeof(MetadataValue)] = schema => schema.AnyOf =
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
        [typeof(IReadOnlyList<MemoryFact>)] = schema =>
        {
            schema.Type = JsonSchemaType.Array;
            schema.MinItems = 1;
            schema.MaxItems = RememberRequest.MaxFacts;
            schema.Items = new OpenApiSchema { AnyOf = [new OpenApiSchema { Type = JsonSchemaType.String }, Fact()] };
        },
        [typeof(RecordPatch)] = schema =>
        {
            schema.Type = JsonSchemaType.Object;
            schema.AdditionalPropertiesAllowed = false;
            schema.Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["content"] = Text(MemoryRecord.MaxContentLength),
                ["kind"] = Names<MemoryKind>(),
                ["tier"] = Names<MemoryTier>(),
                ["importance"] = Fraction(),
                ["confidence"] = Fraction(),
                ["metadata"] = new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Null, MaxProperties = MemoryRecord.MaxMetadataEntries },
                ["speaker"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, MaxLength = MemoryRecord.MaxSpeakerLength },
                ["occurredAt"] = Time(),
                ["expiresAt"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Format = "date-time" },
                ["reason"] = Text(MemoryRecord.MaxReasonLength),
            };
        },
    };

    public static void Describe(OpenApiSchema schema, Type type)
    {
        if (Known.TryGetValue(type, out var describe))
        {
            describe(schema);
        }
    }

    private static OpenApiSchema Fact() => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalPropertiesAllowed = false,
        Required = new HashSet<string> { "content" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["content"] = Text(MemoryRecord.MaxContentLength),
            ["key"] = Text(MemoryRecord.MaxKeyLength),
            ["kind"] = Names<MemoryKind>(),
            ["actorId"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["sessionId"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["speaker"] = Text(MemoryRecord.MaxSpeakerLength),
            ["occurredAt"] = Time(),
            ["expiresAt"] = Time(),
            ["importance"] = Fraction(),
            ["confidence"] = Fraction(),
            ["metadata"] = new OpenApiSchema { Type = JsonSchemaType.Object, MaxProperties = MemoryRecord.MaxMetadataEntries },
            ["reason"] = Text(MemoryRecord.MaxReasonLength),
            ["embedding"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
            ["embeddingModel"] = new OpenApiSchema { Type = JsonSchemaType.String },
        },
    };

    private static OpenApiSchema Text(int maxLength) => new() { Type = JsonSchemaType.String, MaxLength = maxLength };

    private static OpenApiSchema Time() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    private static OpenApiSchema Fraction() => new() { Type = JsonSchemaType.Number, Minimum = "0", Maximum = "1" };

    private static OpenApiSchema Names<T>()
        where T : struct, Enum => new()
    {
        Type = JsonSchemaType.String,
        Enum = [.. Enum.GetNames<T>().Select(name => (System.Text.Json.Nodes.JsonNode)System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name))],
    };
}
