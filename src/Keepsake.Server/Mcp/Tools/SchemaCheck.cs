using System.Globalization;
using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>Holds a tool call's arguments to the tool's input schema, and says what would have worked.</summary>
/// <remarks>
/// Knows the words of JSON Schema that <c>tools.json</c> uses: type, properties, required, additionalProperties, items, anyOf, enum,
/// minimum, maximum, minItems and maxItems. A <c>null</c> for what is optional counts as left out, because models write it so.
/// </remarks>
internal static class SchemaCheck
{
    /// <summary>Checks the arguments of a call.</summary>
    /// <param name="tool">The tool's name, for the message.</param>
    /// <param name="schema">Its input schema.</param>
    /// <param name="arguments">The arguments; <see langword="default"/> when the call had none.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/> or <see cref="MemoryErrorCode.TooLarge"/>.</exception>
    public static void Check(string tool, JsonElement schema, JsonElement arguments) => CheckObject(tool, "", schema, arguments);

    private static void CheckObject(string owner, string path, JsonElement schema, JsonElement value)
    {
        var known = schema.TryGetProperty("properties", out var properties);
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(item => item.GetString()!))
            {
                if (!value.TryGetProperty(name, out var given) || given.ValueKind == JsonValueKind.Null)
                {
                    throw MemoryException.Invalid($"{path}{name} is missing; {owner} needs {Expected(properties.GetProperty(name))}.");
                }
            }
        }

        foreach (var member in value.EnumerateObject())
        {
            if (known && properties.TryGetProperty(member.Name, out var expected))
            {
                if (member.Value.ValueKind != JsonValueKind.Null)
                {
                    CheckValue(owner, path + member.Name, expected, member.Value);
                }
            }
            else if (schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind == JsonValueKind.False)
            {
                throw MemoryException.Invalid($"{path}{Shown(member.Name)} is not known; {owner} takes {Names(properties)}.");
            }
        }
    }

    private static void CheckValue(string owner, string path, JsonElement schema, JsonElement value)
    {
        if (!Fits(schema, value, out var match))
        {
            throw MemoryException.Invalid($"{path} is {Described(schema, value)}; use {Expected(schema)}.");
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            CheckObject(path, path + ".", match, value);
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            CheckItems(owner, path, match, value);
        }
    }

    private static void CheckItems(string owner, string path, JsonElement schema, JsonElement value)
    {
        var count = value.GetArrayLength();
        if (schema.TryGetProperty("minItems", out var least) && count < least.GetInt32())
        {
            throw MemoryException.Invalid($"{path} is empty; use {Expected(schema)}.");
        }

        if (schema.TryGetProperty("maxItems", out var most) && count > most.GetInt32())
        {
            throw new MemoryException(
                MemoryErrorCode.TooLarge, $"{path} has {count} items; at most {most.GetInt32()} go into one call. Split it into several.");
        }

        if (schema.TryGetProperty("items", out var items))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                CheckValue(owner, $"{path}[{index}]", items, item);
            }
        }
    }

    /// <summary>Whether a value is of the schema's type and range.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value.</param>
    /// <param name="match">The schema itself, or the alternative that matches.</param>
    private static bool Fits(JsonElement schema, JsonElement value, out JsonElement match)
    {
        match = schema;
        if (schema.TryGetProperty("anyOf", out var alternatives))
        {
            foreach (var alternative in alternatives.EnumerateArray())
            {
                if (Fits(alternative, value, out match))
                {
                    return true;
                }
            }

            return false;
        }

        if (schema.TryGetProperty("enum", out var words))
        {
            return value.ValueKind == JsonValueKind.String && words.EnumerateArray().Any(word => word.ValueEquals(value.GetString()));
        }

        return schema.GetProperty("type").GetString() switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var exact) && WholeNumber.TryOf(exact, out var whole) && InRange(schema, whole),
            "number" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && InRange(schema, number),
            var other => throw new NotSupportedException($"The schema's type '{other}' is not one that is checked."),
        };
    }

    private static bool InRange(JsonElement schema, double value) =>
        double.IsFinite(value)
        && (!schema.TryGetProperty("minimum", out var least) || value >= least.GetDouble())
        && (!schema.TryGetProperty("maximum", out var most) || value <= most.GetDouble());

    private static string Expected(JsonElement schema)
    {
        if (schema.TryGetProperty("anyOf", out var alternatives))
        {
            return string.Join(" or ", alternatives.EnumerateArray().Select(Expected));
        }

        if (schema.TryGetProperty("enum", out var words))
        {
            return string.Join(", ", words.EnumerateArray().Select(word => $"\"{word.GetString()}\""));
        }

        return schema.GetProperty("type").GetString() switch
        {
            "string" => "a string",
            "boolean" => "true or false",
            "object" when schema.TryGetProperty("required", out var required) =>
                $"an object with {string.Join(", ", required.EnumerateArray().Select(name => name.GetString()))}",
            "object" => "an object",
            "array" => $"a list{Range(schema, "minItems", "maxItems")}, each {Expected(schema.GetProperty("items"))}",
            "integer" => $"a whole number{Range(schema, "minimum", "maximum")}",
            _ => $"a number{Range(schema, "minimum", "maximum")}",
        };
    }

    private static string Range(JsonElement schema, string least, string most) =>
        schema.TryGetProperty(least, out var from) && schema.TryGetProperty(most, out var to)
            ? string.Create(CultureInfo.InvariantCulture, $" of {from.GetRawText()} to {to.GetRawText()}")
            : "";

    // The value itself is not repeated when it is text: it may be long, and it may be a secret.
    private static string Described(JsonElement schema, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => schema.TryGetProperty("enum", out _) ? "another word" : "a string",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Null => "null",
        JsonValueKind.Number when value.GetRawText().Length <= 32 => value.GetRawText(),
        JsonValueKind.Number => "a number that does not fit",
        _ => value.GetRawText(),
    };

    private static string Names(JsonElement properties) =>
        properties.EnumerateObject().Any() ? string.Join(", ", properties.EnumerateObject().Select(p => p.Name)) : "no arguments";

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
