using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace Keepsake.Server.Http;

/// <summary>Makes the library's documentation read like an API's: names of .NET become values and names of JSON.</summary>
internal static partial class SchemaWords
{
    /// <summary>Rewrites the descriptions of a schema and of all within it, references included.</summary>
    public static void MakePlain(IOpenApiSchema schema)
    {
        schema.Description = Plain(schema.Description);
        if (schema is OpenApiSchema)
        {
            IEnumerable<IOpenApiSchema?> within =
            [
                .. schema.Properties?.Values ?? [], .. schema.AnyOf ?? [], .. schema.OneOf ?? [], schema.Items, schema.AdditionalProperties,
            ];
            foreach (var inner in within.OfType<IOpenApiSchema>())
            {
                MakePlain(inner);
            }
        }
    }

    private static string? Plain(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return text;
        }

        text = Reference().Replace(text, match => Name(match) ?? match.Value);
        return Getter().Match(text) is { Success: true } getter
            ? char.ToUpperInvariant(text[getter.Length]) + text[(getter.Length + 1)..]
            : text;
    }

    private static string? Name(Match match)
    {
        var type = typeof(MemoryItem).Assembly.GetType($"{nameof(Keepsake)}.{match.Groups["type"].Value}");
        var member = match.Groups["member"].Value;
        if (type is null)
        {
            return null;
        }

        if (type.IsEnum)
        {
            return $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(member)}`";
        }

        return type.GetField(member, BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() switch
        {
            int number => number.ToString("N0", CultureInfo.InvariantCulture),
            string value => $"`{value}`",
            _ => $"`{JsonNamingPolicy.CamelCase.ConvertName(member)}`",
        };
    }

    [GeneratedRegex("^Gets (or sets )?")]
    private static partial Regex Getter();

    // "int RememberRequest.MaxFacts", "MemoryTier.Core": how the framework writes a reference.
    [GeneratedRegex(@"(\b(int|long|string|double|bool|[A-Z]\w*(&lt;[\w, ]+&gt;)?)\?? )?\b(?<type>[A-Z]\w+)\.(?<member>[A-Z]\w+)")]
    private static partial Regex Reference();
}
