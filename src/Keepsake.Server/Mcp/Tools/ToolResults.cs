using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>Puts an answer into the two forms a client may use: structure for programs, a short text for models.</summary>
internal static class ToolResults
{
    public static CallToolResult Of<T>(T answer, JsonTypeInfo<T> type, string text) => new()
    {
        StructuredContent = JsonSerializer.SerializeToElement(answer, type),
        Content = [new TextContentBlock { Text = text }],
    };
}
