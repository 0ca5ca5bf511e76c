using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>The tools for the events of a session.</summary>
internal static class EventTools
{
    public static async Task<CallToolResult> StoreAsync(IMemory memory, StoreEventArguments arguments, CancellationToken cancellationToken)
    {
        var input = new EventInput
        {
            ActorId = arguments.ActorId,
            SessionId = arguments.SessionId,
            Content = arguments.Content,
            Role = arguments.Role,
            EventType = arguments.EventType,
            Namespace = arguments.Namespace,
            Metadata = arguments.Metadata,
        };
        var answer = await memory.AppendEventAsync(input, arguments.ClientToken, cancellationToken);
        return ToolResults.Of(answer, ToolJson.Default.EventAnswer, ToolText.Of(answer));
    }

    public static async Task<CallToolResult> RecallAsync(IMemory memory, RecallEventsArguments arguments, CancellationToken cancellationToken)
    {
        var query = new EventQuery
        {
            ActorId = arguments.ActorId,
            SessionId = arguments.SessionId,
            Namespace = arguments.Namespace,
            Page = new(arguments.Limit ?? RecallEventsArguments.DefaultLimit),
        };
        var answer = RecallEventsAnswer.Of(await memory.ListEventsAsync(query, cancellationToken));
        return ToolResults.Of(answer, ToolJson.Default.RecallEventsAnswer, ToolText.Of(answer));
    }

    public static async Task<CallToolResult> ClearAsync(IMemory memory, ClearSessionArguments arguments, CancellationToken cancellationToken)
    {
        var answer = await memory.ForgetSessionAsync(
            arguments.ActorId, arguments.SessionId, cancellationToken: cancellationToken);
        return ToolResults.Of(answer, ToolJson.Default.DeleteAnswer, ToolText.Deleted(answer, "event"));
    }
}
