using Keepsake.Server.Http;
using Microsoft.Extensions.Primitives;

namespace Keepsake.Server.Access;

/// <summary>Refuses requests that a web page of somebody else made this machine's browser send.</summary>
/// <remarks>
/// A name that an attacker points at 127.0.0.1 arrives with that name as <c>Host</c>, and a page's requests arrive with its
/// <c>Origin</c>; so exactly the loopback names pass, whatever the port. Everything unusual is refused rather than understood. Where other
/// machines may call, the names in the settings pass too, and as <c>Host</c> the address that was called, which no name can stand for.
/// </remarks>
internal sealed class HostOriginRules(RequestDelegate next, HostNames names)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.Host is not [{ } host] || !(IsLoopback(host) || names.IsOwn(host, context.Connection.LocalIpAddress)))
        {
            return RefuseAsync(context, "The Host is not this machine's. Address the server as localhost, 127.0.0.1 or [::1], or name the host in Access:Hosts.");
        }

        if (headers.Origin.Count > 0 && (headers.Origin is not [{ } origin] || !(IsLoopbackOrigin(origin) || names.IsOwnOrigin(origin))))
        {
            return RefuseAsync(context, "The Origin is not this machine's. Only pages of localhost, 127.0.0.1 or [::1] may call.");
        }

        // A browser says so even where it sends no Origin. Following a link is no call: the page it comes from sees nothing of the answer.
        return headers.Origin.Count == 0 && Says(headers["Sec-Fetch-Site"], "cross-site") && !Says(headers["Sec-Fetch-Mode"], "navigate")
            ? RefuseAsync(context, "A page of another site may not call.")
            : next(context);
    }

    /// <summary>Whether a <c>Host</c> is a loopback name, with or without a port.</summary>
    internal static bool IsLoopback(ReadOnlySpan<char> host)
    {
        foreach (var name in Loopback)
        {
            if (host.StartsWith(name, StringComparison.OrdinalIgnoreCase) && IsPort(host[name.Length..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an <c>Origin</c> is that of a page of this machine.</summary>
    internal static bool IsLoopbackOrigin(ReadOnlySpan<char> origin)
    {
        foreach (var scheme in (ReadOnlySpan<string>)["http://", "https://"])
        {
            if (origin.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return IsLoopback(origin[scheme.Length..]);
            }
        }

        return false;
    }

    private static bool Says(StringValues header, string value) => header.Contains(value, StringComparer.OrdinalIgnoreCase);

    internal static bool IsPort(ReadOnlySpan<char> rest) =>
        rest.IsEmpty || (rest[0] == ':' && rest.Length is > 1 and <= 6 && !rest[1..].ContainsAnyExceptInRange('0', '9'));

    private static Task RefuseAsync(HttpContext context, string detail) =>
        Problem.WriteAsync(context, StatusCodes.Status403Forbidden, MemoryErrorCode.Forbidden, detail);
}
