namespace Keepsake.Server.Http;

/// <summary>Logs each request by its method, the pattern of its route and the status of its answer.</summary>
/// <remarks>In place of the framework's own line, which repeats path and query: ids, actors and reasons are the caller's words.</remarks>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> logger)
{
    private const string Unknown = "(unknown)";

    private static readonly string[] Methods =
        [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete, HttpMethods.Options];

    public async Task InvokeAsync(HttpContext context)
    {
        // A method may be any word, and others change it on the way.
        var method = Methods.FirstOrDefault(known => HttpMethods.Equals(known, context.Request.Method)) ?? Unknown;
        try
        {
            await next(context);
        }
        finally
        {
            LogAnswer(method, (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? Unknown, context.Response.StatusCode);
        }
    }

    [LoggerMessage(EventId = 1103, Level = LogLevel.Information, Message = "{Method} {Route} was answered with {Status}")]
    private partial void LogAnswer(string method, string route, int status);
}
