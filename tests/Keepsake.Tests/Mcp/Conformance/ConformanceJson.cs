using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Keepsake.Tests.Mcp.Conformance;

/// <summary>Writes the fixture's answers as the suites describe them: in JSON.</summary>
internal static class ConformanceJson
{
    /// <summary>A PNG of one red pixel, in base64.</summary>
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

    /// <summary>A WAV file without a sample, in base64.</summary>
    public const string Wav = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize(json, (JsonTypeInfo<T>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T)))!;

    public static CallToolResult Text(string text) => new() { Content = [new TextContentBlock { Text = text }] };

    /// <summary>Asks the client for input and holds what it said against what was asked, in the protocol without sessions.</summary>
    /// <param name="state">What the client is to send back; <see langword="null"/>: nothing.</param>
    /// <param name="requests">What to ask, by key.</param>
    public static InputRequiredException Ask(string? state, params (string Key, string Json)[] requests) =>
        new(requests.ToDictionary(r => r.Key, r => Read<InputRequest>(r.Json)), state);

    /// <summary>A form with one field.</summary>
    public static (string Key, string Json) Form(string key, string message, string field, string type) => (key,
        $$$"""
        {"method": "elicitation/create", "params": {"mode": "form", "message": "{{{message}}}",
         "requestedSchema": {"type": "object", "properties": {"{{{field}}}": {"type": "{{{type}}}"} }, "required": ["{{{field}}}"]} } }
        """);

    /// <summary>Whether a form was filled in.</summary>
    public static bool IsFilled(RequestParams parameters, string key) =>
        parameters.InputResponses is { } responses && responses.TryGetValue(key, out var response)
        && response.RawValue.ValueKind == JsonValueKind.Object && response.RawValue.TryGetProperty("content", out _);
}
