using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keepsake.Server.Http;

/// <summary>Makes the library's documentation read like an API's: names of .NET become values and names of JSON.</summary>
internal static partial class SchemaWords
{
    public static string? Plain(string? text)
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
