using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Keepsake.Server.Mcp;

/// <summary>Around every message: says what a method takes when its params cannot be read, and logs what nobody foresaw.</summary>
/// <remarks>The SDK's own log is not used: it takes a refusal for a fault, and writes messages that may quote what was to be stored.</remarks>
/// <param name="logger">Where faults go.</param>
internal sealed partial class CallErrors(ILogger logger)
{
    public McpMessageHandler Filter(McpMessageHandler next) => async (context, cancellationToken) =>
    {
        var method = (context.JsonRpcMessage as JsonRpcRequest)?.Method ?? "notification";
        try
        {
            await next(context, cancellationToken);
        }
        catch (JsonException failure)
        {
            var place = failure.Path is ['$', '.', .. var path] ? $"params.{path}" : "params";
            throw new McpProtocolException(
                $"{place} is of a wrong type, or something in it is missing: {method} takes {Taken(method)}.", failure, McpErrorCode.InvalidParams);
        }
        catch (Exception failure) when (failure is not (McpException or OperationCanceledException or InputRequiredException))
        {
            LogFailed(logger, method, failure.GetType().FullName, failure.StackTrace);
            throw;
        }
    };

    private static string Taken(string method) => method switch
    {
        RequestMethods.ToolsCall => "name, a string, and arguments, an object",
        RequestMethods.PromptsGet => "name, a string, and arguments, an object of strings",
        RequestMethods.ResourcesRead => "uri, a string",
        RequestMethods.CompletionComplete => "ref, an object with type and name or uri, and argument, an object with name and value",
        RequestMethods.Initialize => "protocolVersion, capabilities, and clientInfo with name and version",
        _ => "params as the protocol describes them",
    };

    [LoggerMessage(EventId = 1202, Level = LogLevel.Error, Message = "{Method} failed unexpectedly: {ExceptionType}\n{Trace}")]
    private static partial void LogFailed(ILogger logger, string method, string? exceptionType, string? trace);
}
