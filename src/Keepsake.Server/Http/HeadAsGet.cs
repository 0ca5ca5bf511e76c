using Keepsake.Server.Mcp;

namespace Keepsake.Server.Http;

/// <summary>Answers HEAD as GET. The body is left out by the server, which knows what was asked (RFC 9110, 9.3.2).</summary>
internal sealed class HeadAsGet(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // What GET opens at /mcp is a stream without an end.
        if (!HttpMethods.IsHead(context.Request.Method) || context.Request.Path.StartsWithSegments(McpEndpoints.Path, StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            context.Request.Method = HttpMethods.Head;
        }
    }
}
