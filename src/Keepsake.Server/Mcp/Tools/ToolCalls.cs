using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp.Tools;

/// <summary>Carries out <c>tools/call</c>: checks the arguments, asks the memory, and turns failures into what a model can act on.</summary>
/// <param name="memory">The store. It may still be opening: a tool waits for it, a list of tools does not.</param>
/// <param name="logger">Where failures that a caller cannot be told about go.</param>
internal sealed partial class ToolCalls(IMemory memory, ILogger logger)
{
    private static readonly JsonElement NoArguments = JsonElement.Parse("{}");

    public async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        var name = request.Params.Name;
        var tool = ToolCatalog.Find(name) ?? throw new McpProtocolException(
            $"There is no such tool. The tools are {string.Join(", ", ToolCatalog.Tools.Select(t => t.Name))}.",
            McpErrorCode.InvalidParams);
        try
        {
            var arguments = ArgumentsOf(request.JsonRpcRequest.Params);
            SchemaCheck.Check(tool.Name, tool.InputSchema, arguments);
            return await CallAsync(tool.Name, arguments, request.Server.ClientInfo?.Name, cancellationToken);
        }
        catch (MemoryException failure)
        {
            return Refused(failure);
        }
        catch (JsonException failure)
        {
            // The schema does not say everything: a metadata value, a time and a kind are read by the library's own converters.
            return Refused(MemoryException.Invalid(Explain(failure)));
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Not the message: it may quote what was to be stored.
            LogFailed(logger, tool.Name, failure.GetType().FullName, failure.StackTrace);
            return Refused(new(MemoryErrorCode.Unavailable, "The memory failed inside; its log says why. Try again, or go on without it."));
        }
    }

    private async Task<CallToolResult> CallAsync(string tool, JsonElement arguments, string? client, CancellationToken cancellationToken)
    {
        if (ToolPermissions.Of(tool) is null)
        {
            throw new NotSupportedException($"The tool '{tool}' has not declared what it asks of the store.");
        }

        return tool switch
        {
            "memory_status" => await StatusAsync(cancellationToken),
            "store_event" => await EventTools.StoreAsync(memory, Read(arguments, ToolJson.Default.StoreEventArguments), cancellationToken),
            "recall_events" => await EventTools.RecallAsync(memory, Read(arguments, ToolJson.Default.RecallEventsArguments), cancellationToken),
            "clear_session" => await EventTools.ClearAsync(memory, Read(arguments, ToolJson.Default.ClearSessionArguments), cancellationToken),
            "search_memories" => await FactTools.SearchAsync(memory, Read(arguments, ToolJson.Default.SearchMemoriesArguments), cancellationToken),
            "store_facts" => await FactTools.StoreAsync(memory, Read(arguments, ToolJson.Default.StoreFactsArguments), client, cancellationToken),
            "forget_memories" => await FactTools.ForgetAsync(memory, Read(arguments, ToolJson.Default.ForgetMemoriesArguments), cancellationToken),
            "get_preferences" => await PreferenceTools.GetAsync(memory, Read(arguments, ToolJson.Default.GetPreferencesArguments), cancellationToken),
            "update_preference" =>
                await PreferenceTools.UpdateAsync(memory, Read(arguments, ToolJson.Default.UpdatePreferenceArguments), client, cancellationToken),
            _ => throw new NotSupportedException($"The tool '{tool}' is listed and not written."),
        };
    }

    /// <summary>Says how the store is, also when it cannot be reached: that is what the tool is for.</summary>
    private async Task<CallToolResult> StatusAsync(CancellationToken cancellationToken)
    {
        MemoryStatus status;
        try
        {
            status = await memory.StatusAsync(cancellationToken);
        }
        catch (MemoryException failure) when (failure.Code is not (MemoryErrorCode.Forbidden or MemoryErrorCode.RateLimited))
        {
            status = new()
            {
                Status = "disconnected",
                Provider = "unknown",
                Store = "unknown",
                Search = RecallAnswer.LexicalOnly,
                Model = "unknown",
                Counts = new() { Records = 0, Events = 0, Sessions = 0, Namespaces = [] },
                Version = McpDoor.Version,
                Warnings = [$"{failure.Code.WireName}: {failure.Message}"],
            };
        }

        return ToolResults.Of(status, ToolJson.Default.MemoryStatus, ToolText.Of(status));
    }

    private static JsonElement ArgumentsOf(JsonNode? parameters)
    {
        if (parameters?["arguments"] is not { } arguments)
        {
            return NoArguments;
        }

        return arguments.GetValueKind() == JsonValueKind.Object
            ? JsonSerializer.SerializeToElement(arguments, (JsonTypeInfo<JsonNode>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonNode)))
            : throw MemoryException.Invalid("arguments is not an object; use one member per argument.");
    }

    private static T Read<T>(JsonElement arguments, JsonTypeInfo<T> type) => arguments.Deserialize(type)!;

    private static string Explain(JsonException failure)
    {
        // Paths read like $.facts[2].kind; the reader's own messages name .NET types, which help no caller.
        var path = failure.Path is ['$', '.', .. var rest] ? rest : "The arguments";
        var ours = failure.Message is { } message && !message.Contains("System.", StringComparison.Ordinal)
            && !message.Contains("Keepsake.", StringComparison.Ordinal) && !message.Contains("LineNumber", StringComparison.Ordinal);
        return ours
            ? $"{path}: {failure.Message}"
            : $"{path} cannot be read. Times are RFC 3339 such as 2026-01-31T09:30:00Z; metadata values are strings, numbers, booleans or lists of strings.";
    }

    private static CallToolResult Refused(MemoryException failure)
    {
        var text = $"{failure.Code.WireName}: {ToolNames.In(failure.Message)}";
        if (failure.RetryAfter is { } wait)
        {
            text += $" Try again in {Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))} s.";
        }

        return new() { IsError = true, Content = [new TextContentBlock { Text = text }] };
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "The tool {Tool} failed unexpectedly: {ExceptionType}\n{Trace}")]
    private static partial void LogFailed(ILogger logger, string tool, string? exceptionType, string? trace);
}
