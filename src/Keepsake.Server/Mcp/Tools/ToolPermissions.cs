using Keepsake.Access;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>The one table of what each tool asks of the store. A tool that is not in it does not run; what is in it the store checks.</summary>
internal static class ToolPermissions
{
    /// <summary>What a tool asks of the store.</summary>
    /// <returns>The operations; <see langword="null"/>: nobody has said.</returns>
    public static IReadOnlyList<MemoryOperation>? Of(string tool) => tool switch
    {
        "memory_status" => [MemoryOperation.Status],
        "store_event" => [MemoryOperation.AppendEvent],
        "recall_events" => [MemoryOperation.ListEvents],
        "clear_session" => [MemoryOperation.ForgetSession],
        "search_memories" => [MemoryOperation.Recall],
        "store_facts" or "update_preference" => [MemoryOperation.Remember],
        "forget_memories" => [MemoryOperation.Forget],
        "get_preferences" => [MemoryOperation.GetPreferences],
        _ => null,
    };
}
