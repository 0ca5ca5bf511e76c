using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>The tools for long-term records: search, store, forget.</summary>
internal static class FactTools
{
    public static async Task<CallToolResult> SearchAsync(
        IMemory memory, SearchMemoriesArguments arguments, CancellationToken cancellationToken)
    {
        var full = arguments.Detail == SearchMemoriesArguments.Full;
        var request = new RecallRequest
        {
            Query = arguments.Query,
            Namespace = arguments.Namespace,
            TopK = arguments.TopK,
            MinRelevance = arguments.MinRelevance,
            Explain = full,
            Why = arguments.Why,
        };
        var answer = await memory.RecallAsync(request, cancellationToken);
        var text = ToolText.Of(answer);
        if (!full)
        {
            answer = answer with { Memories = [.. answer.Memories.Select(Short)], Why = answer.Why is { } why ? why with { Signals = null, Shares = null } : null };
        }

        return ToolResults.Of(answer, ToolJson.Default.RecallAnswer, text);
    }

    public static async Task<CallToolResult> StoreAsync(
        IMemory memory, StoreFactsArguments arguments, string? client, CancellationToken cancellationToken)
    {
        var request = new RememberRequest
        {
            Namespace = arguments.Namespace,
            Facts = arguments.Facts,
            Source = arguments.Source,
            Agent = arguments.Agent ?? client,
            Origin = arguments.Origin,
        };
        var answer = await memory.RememberAsync(request, arguments.ClientToken, cancellationToken);
        answer = answer.Failed == 0 ? answer : answer with { Errors = [.. answer.Errors.Select(ToolNames.In)], Outcomes = [.. answer.Outcomes.Select(Named)] };
        var result = ToolResults.Of(answer, ToolJson.Default.RememberAnswer, ToolText.Of(answer));

        // Where nothing was kept the call is refused as a whole, and a model looks at that flag before it looks at the structure.
        result.IsError = answer.Created == 0 && answer.Failed > 0 ? true : null;
        return result;
    }

    public static async Task<CallToolResult> ForgetAsync(
        IMemory memory, ForgetMemoriesArguments arguments, CancellationToken cancellationToken)
    {
        var answer = await memory.ForgetAsync(arguments.Ids, reason: arguments.Reason, cancellationToken: cancellationToken);
        return ToolResults.Of(answer, ToolJson.Default.DeleteAnswer, ToolText.Deleted(answer, "memory"));
    }

    private static WriteOutcome Named(WriteOutcome outcome) =>
        outcome.Error is { } error ? outcome with { Error = error with { Message = ToolNames.In(error.Message) } } : outcome;

    /// <summary>Leaves out what a model does not need to use a memory: it costs tokens for each one found.</summary>
    private static RecalledMemory Short(RecalledMemory memory) => memory with
    {
        UpdatedAt = null,
        LastRecalledAt = null,
        Importance = null,
        Confidence = null,
        Tier = null,
        Metadata = null,
        Provenance = null,
        Signals = null,
        Shares = null,
    };
}
