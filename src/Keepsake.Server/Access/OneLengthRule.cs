using Keepsake.Server.Http;

namespace Keepsake.Server.Access;

/// <summary>Refuses a request that says in two ways where its body ends: a proxy may have believed the other (RFC 9112, 6.3).</summary>
internal sealed class OneLengthRule(RequestDelegate next)
{
    // The server goes by the chunks and puts the length away under this name.
    private const string PutAside = "X-Content-Length";

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        return headers.TransferEncoding.Count > 0 && headers.ContainsKey(PutAside)
            ? Problem.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                MemoryErrorCode.InvalidRequest,
                "Send Content-Length or Transfer-Encoding, not both.")
            : next(context);
    }
}
