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
    /// <param name="fault">What the reader threw.</param>
    /// <param name="isLine">Whether it was one line of many, and not a body.</param>
    /// <returns>One or two sentences that repeat member names of the input, never its values.</returns>
    public static string Explain(JsonException fault, bool isLine = false)
    {
        // Our own converters say what would have worked, and where they threw tells them from the rest.
        if (fault.Source is OurAssembly)
        {
            return At(fault) + fault.Message;
        }

        if (fault.InnerException is InvalidOperationException && fault.InnerException.Message.Contains("UTF-16", StringComparison.Ordinal))
        {
            return At(fault) + LoneSurrogate;
        }

        if (fault.InnerException is JsonException syntax)
        {
            return syntax.Message.Contains("maximum configured depth", StringComparison.Ordinal)
                ? "The JSON is nested deeper than 64 levels."
                : isLine
                ? $"The line is not valid JSON from byte {fault.BytePositionInLine + 1} on."
                : $"The body is not valid JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.";
        }

        if (Unknown().Match(fault.Message) is { Success: true } unknown)
        {
            return $"'{Short(unknown.Groups["name"].Value)}' is not known here.{Members(unknown.Groups["type"].Value)}";
        }

        if (Missing().Match(fault.Message) is { Success: true } missing)
        {
            var names = missing.Groups["names"].Value.TrimEnd('.');
            return $"{At(fault)}{names} {(names.Contains("', '", StringComparison.Ordinal) ? "are" : "is")} missing.";
        }

        if (fault.Message.StartsWith("Duplicate propert", StringComparison.Ordinal))
        {
            return Repeated().Match(fault.Message) is { Success: true } repeated
                ? $"The member '{Short(repeated.Groups["name"].Value)}' stands there twice."
                : $"{At(fault)}The member stands there twice.";
        }

        if (WrongType().Match(fault.Message) is { Success: true } wrong)
        {
            return $"{At(fault)}The value is not {Expected(TypeAt(wrong.Groups["type"].Value, fault.Path))}.";
        }

        return fault.Message.Contains("null", StringComparison.Ordinal)
            ? $"{At(fault)}null is not allowed here. Leave the member out, or give a value."
            : $"{At(fault)}The value is not what belongs there.";
    }

    private static string At(JsonException fault) =>
        fault.Path is { Length: > 1 } path ? $"At {Short(path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path[1..])}: " : "";

    private static string Short(string name) => name.Length <= MaxNameLength ? name : name[..MaxNameLength] + "…";

    private static string Members(string typeName) =>
        Known(typeName) is { } info ? $" Known: {string.Join(", ", info.Properties.Select(p => p.Name))}." : "";

    private static JsonTypeInfo? Known(string typeName)
    {
        var type = typeof(MemoryItem).Assembly.GetType(typeName) ?? typeof(JsonFaults).Assembly.GetType(typeName);
        return type is not null && HttpJson.Strict.TryGetTypeInfo(type, out var info) && info.Kind == JsonTypeInfoKind.Object ? info : null;
    }

    // The reader names the type of the object that it was reading, not of the member that did not fit.
    private static Type? TypeAt(string typeName, string? path)
    {
        var member = path?[(path.LastIndexOf('.') + 1)..];
        return Known(typeName)?.Properties.FirstOrDefault(p => string.Equals(p.Name, member, StringComparison.Ordinal))?.PropertyType
            ?? typeof(MemoryItem).Assembly.GetType(typeName)
            ?? (typeName.Contains("Dictionary", StringComparison.Ordinal)
                ? typeof(IReadOnlyDictionary<string, MetadataValue>)
                : Type.GetType(typeName));
    }

    private static string Expected(Type? type) => (type is null ? null : Nullable.GetUnderlyingType(type) ?? type) switch
    {
        null => "what belongs there",
        { IsEnum: true } names when names == typeof(MemoryKind) => OneOf<MemoryKind>(),
        { IsEnum: true } names when names == typeof(MemoryTier) => OneOf<MemoryTier>(),
        { IsEnum: true } names when names == typeof(MemoryOrigin) => OneOf<MemoryOrigin>(),
        { IsEnum: true } names when names == typeof(WriteResult) => OneOf<WriteResult>(),
        var text when text == typeof(string) => "a string",
        var number when number == typeof(int) || number == typeof(long) => "a whole number",
        var number when number == typeof(double) => "a number",
        var flag when flag == typeof(bool) => "true or false",
        var time when time == typeof(DateTimeOffset) => "a time such as \"2026-01-31T12:00:00Z\"",
        var list when HttpJson.Strict.GetTypeInfo(list).Kind == JsonTypeInfoKind.Enumerable => "a list",
        _ => "an object",
    };

    private static string OneOf<T>()
        where T : struct, Enum =>
        "one of " + string.Join(", ", Enum.GetValues<T>().Select(v => JsonSerializer.Serialize(v, HttpJson.Of<T>())));

    [GeneratedRegex(
        @"^The JSON property '(?<name>.*)' could not be mapped .* contained in type '(?<type>[^']+)'", RegexOptions.Singleline)]
    private static partial Regex Unknown();

    [GeneratedRegex(@"missing required properties including: (?<names>[^\n]+?)(\. Path|$)")]
    private static partial Regex Missing();

    [GeneratedRegex(@"^Duplicate property '(?<name>.*)' encountered", RegexOptions.Singleline)]
    private static partial Regex Repeated();

    [GeneratedRegex(@"could not be converted to (?<type>[^ ]+?)\.?( |$)")]
    private static partial Regex WrongType();
}
