using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>What <c>tools/list</c> says: the embedded <c>tools.json</c>, which is also what arguments are checked against.</summary>
internal static class ToolCatalog
{
    /// <summary>How long a client may keep the list. It only changes with the program.</summary>
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    private static readonly FrozenDictionary<string, Tool> ByName;

    static ToolCatalog()
    {
        using var stream = typeof(ToolCatalog).Assembly.GetManifestResourceStream("Keepsake.Server.Mcp.tools.json")!;
        var type = (JsonTypeInfo<ListToolsResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ListToolsResult));
        List = JsonSerializer.Deserialize(stream, type)!;
        List.TimeToLive = TimeToLive;
        List.CacheScope = CacheScope.Public;
        ByName = List.Tools.ToFrozenDictionary(tool => tool.Name, StringComparer.Ordinal);
    }

    /// <summary>Gets the tools that are advertised, in the order in which a model should meet them.</summary>
    public static ListToolsResult List { get; }

    /// <summary>Finds a tool; <c>list_session_events</c>, an older name that some agents know, is <c>recall_events</c>.</summary>
    public static Tool? Find(string name) => ByName.GetValueOrDefault(name == "list_session_events" ? "recall_events" : name);
}
