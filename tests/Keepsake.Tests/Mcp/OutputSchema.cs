using System.Text.Json;

namespace Keepsake.Tests.Mcp;

/// <summary>Holds a structured answer to a tool's output schema, as far as tools.json uses JSON Schema.</summary>
internal static class OutputSchema
{
    public static void Check(JsonElement schema, JsonElement value, string path = "$")
    {
        if (schema.TryGetProperty("enum", out var words))
        {
            Assert.Contains(value.GetString(), words.EnumerateArray().Select(word => word.GetString()));
            return;
        }

        var type = schema.GetProperty("type").GetString();
        var fits = type switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "array" => value.ValueKind == JsonValueKind.Array,
            _ => value.ValueKind == JsonValueKind.Object,
        };
        Assert.True(fits, $"{path} is not of type {type}: {value}");
        if (schema.TryGetProperty("items", out var items))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Check(items, item, $"{path}[{index}]");
            }
        }

        if (schema.TryGetProperty("required", out var required))
        {
            Assert.All(required.EnumerateArray(), name => Assert.True(value.TryGetProperty(name.GetString()!, out _), $"{path}.{name} is missing."));
        }

        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject().Where(property => value.TryGetProperty(property.Name, out _)))
            {
                Check(property.Value, value.GetProperty(property.Name), $"{path}.{property.Name}");
            }
        }
    }
}
