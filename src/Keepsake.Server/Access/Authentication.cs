using System.Security.Claims;
using Keepsake.Access;
using Keepsake.Protection.Audit;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp;
using Microsoft.Extensions.Primitives;

namespace Keepsake.Server.Access;

/// <summary>Finds out who calls, before anything else looks at the request, and refuses whom a route is not for.</summary>
/// <remarks>
/// On loopback, and while there is neither a key nor an issuer, whoever reaches the port is the user of this machine. From the first key on,
/// and always where other machines reach the port, a request carries its bearer token in the header, each time: no cookie, no query
/// parameter, and no session stands for it.
/// </remarks>
internal sealed class Authentication(RequestDelegate next, ServedStores served, AccessGate gate, TimeProvider time)
{
    private const string Scheme = "Bearer ";

    private readonly RefusalTally _unknown = new(time);

    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var permission = endpoint?.Metadata.GetMetadata<Permission>();
        if (permission is { IsForAnybody: true })
        {
            await next(context);
            return;
        }

        var (presented, door) = (context.Request.Headers.Authorization, DoorOf(context));
        if (await FindAsync(presented, door, context.RequestAborted) is not { } caller)
        {
            await RefuseUnknownAsync(context);
            return;
        }

        var missing = permission is null ? AccessScopes.None : permission.Scopes & ~caller.Scopes;

        // Routing answers what it knows but not in this way (405, 415) with endpoints of its own, which have no route.
        if ((endpoint is RouteEndpoint && permission is null) || missing != AccessScopes.None)
        {
            await RefuseAsync(context, caller, permission, missing);
            return;
        }

        var known = context.RequestServices.GetRequiredService<RequestCaller>();
        known.Value = caller;
        known.FindAgain = cancellationToken => FindAsync(presented, door, cancellationToken);
        if (caller.Kind != CallerKind.Local)
        {
            // What the MCP library is told of a caller.
            context.User = new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, caller.Principal)], "Bearer"));
        }

        await next(context);
    }

    private async Task<Caller?> FindAsync(StringValues given, string door, CancellationToken cancellationToken)
    {
        var keys = served.Stores as IAuthentication;
        if (given.Count == 0)
        {
            var isOpen = !gate.IsAlwaysNeeded && (keys is null || !(await keys.AuthenticateAsync(null, cancellationToken)).IsRequired);
            return isOpen ? Caller.Local with { Door = door } : null;
        }

        // Two headers are two claims, and a proxy may have checked the other one.
        if (given is not [{ } one] || !one.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || one[Scheme.Length..].Trim(' ') is not { Length: > 0 } token)
        {
            return null;
        }

        var caller = token.StartsWith(ApiKey.SecretPrefix, StringComparison.Ordinal)
            ? keys is null ? null : (await keys.AuthenticateAsync(token, cancellationToken)).Caller
            : gate.Tokens?.Read(token);
        return caller is null ? null : caller with { Door = door };
    }

    private async Task RefuseUnknownAsync(HttpContext context)
    {
        if (_unknown.Next() is var count and > 0 && served.Stores is IAuthentication log)
        {
            await log.NoteRefusalAsync(
                new(DoorOf(context), "authenticate", MemoryErrorCode.Unauthenticated.WireName, count), context.RequestAborted);
        }

        var invalid = context.Request.Headers.Authorization.Count > 0 ? "error=\"invalid_token\", " : "";
        context.Response.Headers.WWWAuthenticate = $"Bearer {invalid}resource_metadata=\"{ProtectedResource.AddressOf(context)}\"";
        await Problem.WriteAsync(
            context,
            StatusCodes.Status401Unauthorized,
            MemoryErrorCode.Unauthenticated,
            "Send 'Authorization: Bearer KEY' with a valid key, once. A key is made with: keepsake apikey create NAME --scopes read,write");
    }

    private async Task RefuseAsync(HttpContext context, Caller caller, Permission? permission, AccessScopes missing)
    {
        if (served.Stores is IAuthentication log)
        {
            var operation = permission?.Operations is [var first, ..] ? AuditNote.NameOf(first) : "unknown";
            await log.NoteRefusalAsync(new(caller.Door, operation, MemoryErrorCode.Forbidden.WireName, 1, caller), context.RequestAborted);
        }

        context.Response.Headers.WWWAuthenticate =
            $"Bearer error=\"insufficient_scope\", scope=\"{permission?.Scopes.Names}\", resource_metadata=\"{ProtectedResource.AddressOf(context)}\"";
        await Problem.WriteAsync(
            context,
            StatusCodes.Status403Forbidden,
            MemoryErrorCode.Forbidden,
            $"Your key lacks the scope '{missing.Names}', which this needs. Use a key that has it.");
    }

    private static string DoorOf(HttpContext context) => context.Request.Path.StartsWithSegments(McpEndpoints.Path, StringComparison.Ordinal) ? "mcp" : "http";
}

/// <summary>What decides whether a caller must prove who it is, beside the keys.</summary>
/// <param name="IsAlwaysNeeded">Whether it must in any case: other machines reach the port, or an issuer is trusted.</param>
/// <param name="Tokens">Reads the tokens of the issuer; <see langword="null"/>: none is trusted.</param>
internal sealed record AccessGate(bool IsAlwaysNeeded, JwtReader? Tokens);

/// <summary>Counts refusals that anybody can cause at no cost, so that they do not fill the audit log.</summary>
/// <param name="time">The clock.</param>
internal sealed class RefusalTally(TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private long _count;
    private long? _toldAt;

    /// <summary>Counts one more.</summary>
    /// <returns>How many are to be told now; 0: they wait for a later one.</returns>
    public long Next()
    {
        lock (_lock)
        {
            _count++;
            if (_toldAt is { } at && time.GetElapsedTime(at) < Between)
            {
                return 0;
            }

            _toldAt = time.GetTimestamp();
            (var told, _count) = (_count, 0);
            return told;
        }
    }
}
