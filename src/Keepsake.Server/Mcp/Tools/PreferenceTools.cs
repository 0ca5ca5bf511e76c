using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>The tools for what one actor likes and wants.</summary>
internal static class PreferenceTools
{
    public static async Task<CallToolResult> GetAsync(IMemory memory, GetPreferencesArguments arguments, CancellationToken cancellationToken)
    {
        var answer = await memory.GetPreferencesAsync(arguments.ActorId, NullIfEmpty(arguments.Namespace), cancellationToken);
        return ToolResults.Of(answer, ToolJson.Default.PreferencesAnswer, ToolText.Of(answer, arguments.ActorId));
    }

    public static async Task<CallToolResult> UpdateAsync(
        IMemory memory, UpdatePreferenceArguments arguments, string? client, CancellationToken cancellationToken)
    {
        var request = new RememberRequest
        {
            Namespace = NullIfEmpty(arguments.Namespace) ?? MemoryNamespace.PreferencesOf(arguments.ActorId).Value,
            Facts =
            [
                new()
                {
                    Content = arguments.Value,
                    Key = arguments.Key,
                    Kind = MemoryKind.Preference,
                    ActorId = arguments.ActorId,
                },
            ],
            Agent = client,
        };
        var outcome = (await memory.RememberAsync(request, cancellationToken: cancellationToken)).Outcomes[0];
        if (outcome.Error is { } error)
        {
            // There is one item, so its refusal is the call's.
            throw new MemoryException(MemoryErrorCodes.FromWireName(error.Code) ?? MemoryErrorCode.InvalidRequest, error.Message);
        }

        var answer = new UpdatePreferenceAnswer(true, outcome.Outcome, outcome.Id, outcome.Redactions, outcome.Suspicions);
        return ToolResults.Of(answer, ToolJson.Default.UpdatePreferenceAnswer, ToolText.Of(answer, arguments.Key));
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
