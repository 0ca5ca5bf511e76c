using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>The tools of <c>tools.json</c>, to list and to check arguments against.</summary>
internal static class ToolCatalog
{
    private static readonly FrozenDictionary<string, Tool> ByName;
    private static readonly TimeSpan? TimeToLive;

    static ToolCatalog()
    {
        var type = (JsonTypeInfo<ListToolsResult>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ListToolsResult));
        var list = JsonSerializer.Deserialize(ToolFile.ListResult, type)!;
        (Tools, TimeToLive) = (list.Tools, list.TimeToLive);
        ByName = Tools.ToFrozenDictionary(tool => tool.Name, StringComparer.Ordinal);
    }

    /// <summary>Gets the tools that are advertised, in the order in which a model should meet them.</summary>
    public static IList<Tool> Tools { get; }

    /// <summary>Makes the result of <c>tools/list</c>. A new one each time: the SDK writes into what it is handed.</summary>
    public static ListToolsResult NewList() => new() { Tools = Tools, TimeToLive = TimeToLive, CacheScope = CacheScope.Public };

    /// <summary>Finds a tool; <c>list_session_events</c>, an older name that some agents know, is <c>recall_events</c>.</summary>
    public static Tool? Find(string name) => ByName.GetValueOrDefault(name == "list_session_events" ? "recall_events" : name);
}
