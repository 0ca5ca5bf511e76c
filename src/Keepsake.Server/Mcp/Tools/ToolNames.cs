using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>The memory's messages name arguments as HTTP does; a model is to read them as its tools have them.</summary>
internal static partial class ToolNames
{
    public static string In(string message) => Argument().Replace(message, name => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.Value));

    [GeneratedRegex(@"\b(?:actorId|sessionId|eventType|topK|minRelevance|occurredAt|expiresAt|embeddingModel)\b")]
    private static partial Regex Argument();
}
