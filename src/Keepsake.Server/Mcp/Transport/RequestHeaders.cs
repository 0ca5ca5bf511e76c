using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>Holds the headers of a message to its body, as the protocol without sessions (2026-07-28) wants it.</summary>
/// <remarks>Whoever stands between client and server may route or judge by the headers, so a body that says otherwise is refused.</remarks>
internal static class RequestHeaders
{
    public const string SessionId = "Mcp-Session-Id";

    public const string ProtocolVersion = "MCP-Protocol-Version";

    public const string LastEventId = "Last-Event-ID";

    private const string Method = "Mcp-Method";
    private const string Name = "Mcp-Name";

    /// <summary>The first revision without sessions. Revisions are dates, so later ones sort after it.</summary>
    private const string FirstWithoutSessions = "2026-07-28";

    private static readonly string[] WithSessions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    /// <summary>Whether a message follows the protocol without sessions.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="message">The message; <see langword="null"/> for a request without a body.</param>
    public static bool AreWithoutSession(IHeaderDictionary headers, JsonRpcMessage? message) =>
        VersionInBody(message) is not null || string.CompareOrdinal(headers[ProtocolVersion].ToString(), FirstWithoutSessions) >= 0;

    /// <summary>Whether the version of a message with a session is one that is spoken here; none counts as an old one.</summary>
    public static bool IsKnownVersion(IHeaderDictionary headers) =>
        headers[ProtocolVersion].ToString() is var version && (version.Length == 0 || WithSessions.Contains(version, StringComparer.Ordinal));

    /// <summary>Compares headers and body of a message without a session.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static FrameError? Check(IHeaderDictionary headers, JsonRpcMessage message)
    {
        var (method, parameters) = Parts(message);
        var id = message is JsonRpcRequest request ? FrameError.IdOf(request.Id) : "null";
        if (message is JsonRpcRequest
            && (VersionInBody(message) is null || parameters?["_meta"]?[MetaKeys.ClientCapabilities] is not JsonObject))
        {
            return new(
                McpErrorCode.InvalidParams,
                $"params._meta is incomplete. Each request carries \"{MetaKeys.ProtocolVersion}\", a string, and \"{MetaKeys.ClientCapabilities}\", an object.",
                id);
        }

        return Compare(ProtocolVersion, headers, VersionInBody(message), id)
            ?? Compare(Method, headers, method, id)
            ?? Compare(Name, headers, NameIn(method, parameters), id);
    }

    private static FrameError? Compare(string header, IHeaderDictionary headers, string? expected, string id)
    {
        if (expected is null)
        {
            return null;
        }

        var values = headers[header];
        var problem = values.Count switch
        {
            0 => "is missing",
            1 when McpHeaderEncoder.DecodeValue(values.ToString()) == expected => null,
            1 => "differs from the body",
            _ => "is given twice",
        };
        return problem is null
            ? null
            : new(McpErrorCode.HeaderMismatch, $"The header {header} {problem}. Send what the body says: once, and the same.", id);
    }

    private static string? VersionInBody(JsonRpcMessage? message) =>
        message is not null && Parts(message).Parameters?["_meta"] is JsonObject meta ? Text(meta[MetaKeys.ProtocolVersion]) : null;

    private static string? NameIn(string? method, JsonObject? parameters) => method switch
    {
        RequestMethods.ToolsCall or RequestMethods.PromptsGet => Text(parameters?["name"]),
        RequestMethods.ResourcesRead => Text(parameters?["uri"]),
        _ => null,
    };

    private static (string? Method, JsonObject? Parameters) Parts(JsonRpcMessage message) => message switch
    {
        JsonRpcRequest request => (request.Method, request.Params as JsonObject),
        JsonRpcNotification notification => (notification.Method, notification.Params as JsonObject),
        _ => (null, null),
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
