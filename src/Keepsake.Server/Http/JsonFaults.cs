using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Keepsake.Server.Http;

/// <summary>Says what is wrong with JSON in words of JSON: the reader's own words name .NET types.</summary>
internal static partial class JsonFaults
{
    /// <summary>The message for a string that holds an escape such as <c>\ud800</c> without its other half.</summary>
    public const string LoneSurrogate = "A string holds half a surrogate pair, such as \\ud800 alone. Send whole characters.";

    private const string OurAssembly = "Keepsake";

    // A member name may be long; a message stays short.
    private const int MaxNameLength = 64;

    /// <summary>Explains why JSON could not be read.</summary>
    /// <returns>One or two sentences that repeat member names of the input, never its values.</returns>
    public static string Explain(JsonException fault)
    {
        // Our own converters say what would have worked, and where they threw tells them from the rest.
        if (fault.Source is OurAssembly)
        {
            return At(fault) + fault.Message;
        }

        if (fault.InnerException is InvalidOperationException)
        {
            return LoneSurrogate;
        }

        if (fault.Message.Contains("depth", StringComparison.Ordinal))
        {
            return "The JSON is nested deeper than 64 levels.";
        }

        if (fault.InnerException is not null || fault.GetType() != typeof(JsonException))
        {
            return $"The body is not valid JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.";
        }

        if (Unknown().Match(fault.Message) is { Success: true } unknown)
        {
            return $"'{Short(unknown.Groups["name"].Value)}' is not known here.{Members(unknown.Groups["type"].Value)}";
        }

        if (Missing().Match(fault.Message) is { Success: true } missing)
        {
            return $"{At(fault)}{missing.Groups["names"].Value.TrimEnd('.')} is missing.";
        }

        if (Repeated().Match(fault.Message) is { Success: true } repeated)
        {
            return $"The member '{Short(repeated.Groups["name"].Value)}' stands there twice.";
        }

        if (WrongType().Match(fault.Message) is { Success: true } wrong)
        {
            return $"{At(fault)}The value is not {Expected(wrong.Groups["type"].Value)}.";
        }

        return fault.Message.Contains("null", StringComparison.Ordinal)
            ? $"{At(fault)}null is not allowed here. Leave the member out, or give a value."
            : $"{At(fault)}The value is not what belongs there.";
    }

    private static string At(JsonException fault) =>
        fault.Path is { Length: > 1 } path ? $"At {Short(path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path[1..])}: " : "";

    private static string Short(string name) => name.Length <= MaxNameLength ? name : name[..MaxNameLength] + "…";

    private static string Members(string typeName)
    {
        var type = typeof(MemoryItem).Assembly.GetType(typeName) ?? typeof(JsonFaults).Assembly.GetType(typeName);
        return type is not null && HttpJson.Strict.TryGetTypeInfo(type, out var info) && info.Kind == JsonTypeInfoKind.Object
            ? $" Known: {string.Join(", ", info.Properties.Select(p => p.Name))}."
            : "";
    }

    private static string Expected(string typeName) => typeName switch
    {
        _ when typeName.Contains("System.Collections", StringComparison.Ordinal) =>
            typeName.Contains("Dictionary", StringComparison.Ordinal) ? "an object" : "a list",
        _ when typeName.Contains("System.String", StringComparison.Ordinal) => "a string",
        _ when typeName.Contains("System.Int", StringComparison.Ordinal) => "a whole number",
        _ when typeName.Contains("System.Double", StringComparison.Ordinal) => "a number",
        _ when typeName.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        _ when typeName.Contains("System.DateTimeOffset", StringComparison.Ordinal) => "a time such as \"2026-01-31T12:00:00Z\"",
        _ when typeName.Contains(nameof(MemoryKind), StringComparison.Ordinal) => OneOf<MemoryKind>(),
        _ when typeName.Contains(nameof(MemoryTier), StringComparison.Ordinal) => OneOf<MemoryTier>(),
        _ when typeName.Contains(nameof(MemoryOrigin), StringComparison.Ordinal) => OneOf<MemoryOrigin>(),
        _ => "an object",
    };

    private static string OneOf<T>()
        where T : struct, Enum =>
        "one of " + string.Join(", ", Enum.GetValues<T>().Select(v => JsonSerializer.Serialize(v, HttpJson.Of<T>())));

    [GeneratedRegex(@"^The JSON property '(?<name>.*)' could not be mapped to any \.NET member contained in type '(?<type>[^']+)'", RegexOptions.Singleline)]
    private static partial Regex Unknown();

    [GeneratedRegex(@"missing required properties including: (?<names>[^\n]+?)(\. Path|$)")]
    private static partial Regex Missing();

    [GeneratedRegex(@"^Duplicate property '(?<name>.*)' encountered", RegexOptions.Singleline)]
    private static partial Regex Repeated();

    [GeneratedRegex(@"could not be converted to (?<type>[^ ]+)")]
    private static partial Regex WrongType();
}
