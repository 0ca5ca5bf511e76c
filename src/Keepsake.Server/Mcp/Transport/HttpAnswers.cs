using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Keepsake.Server.Mcp.Transport;

/// <summary>What the HTTP transport answers by itself, before or instead of the server.</summary>
internal static class HttpAnswers
{
    /// <summary>The code of a session that is not there, as other servers use it; the protocol names none.</summary>
    private const McpErrorCode NoSession = (McpErrorCode)(-32001);

    public static Task RefuseAsync(HttpContext context, int status, FrameError error)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(error.ToUtf8(), context.RequestAborted).AsTask();
    }

    public static Task RefuseAsync(HttpContext context, int status, string message, McpErrorCode code = McpErrorCode.InvalidRequest, string id = "null") =>
        RefuseAsync(context, status, new FrameError(code, message, id));

    public static Task RefuseSessionAsync(HttpContext context) =>
        RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such session, or it has ended. Send initialize to start one.", NoSession);

    /// <summary>Makes ready to stream messages as they come.</summary>
    public static void StartStream(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-cache, no-store";
        headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>The HTTP status of a first message of the protocol without sessions.</summary>
    public static int StatusOf(JsonRpcMessage? first) => first is not JsonRpcError { Error.Code: var code }
        ? StatusCodes.Status200OK
        : (McpErrorCode)code switch
        {
            McpErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
            McpErrorCode.HeaderMismatch or McpErrorCode.UnsupportedProtocolVersion or McpErrorCode.MissingRequiredClientCapability
                or McpErrorCode.InvalidRequest or McpErrorCode.ParseError => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status200OK,
        };
}
