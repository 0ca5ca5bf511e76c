using System.Reflection;
using Microsoft.Extensions.Primitives;

namespace Keepsake.Server.Http;

/// <summary>What every route checks before its handler's parameters are bound.</summary>
internal static class RequestRules
{
    /// <summary>The header that names one write.</summary>
    public const string TokenHeader = "Idempotency-Key";

    /// <summary>Puts the rules before each route of a group.</summary>
    public static RouteGroupBuilder CheckRequests(this RouteGroupBuilder group)
    {
        ((IEndpointConventionBuilder)group).Add(builder =>
        {
            var route = (RouteEndpointBuilder)builder;
            var handler = route.RequestDelegate ?? throw new InvalidOperationException($"{route.DisplayName} has no handler.");
            var method = route.Metadata.OfType<MethodInfo>().Single();
            var query = new QueryParameters(method, route.RoutePattern);
            route.Metadata.Add(query);
            route.RequestDelegate = context =>
            {
                Check(context, query);
                RequestTarget.DecodeRouteValues(context, route.RoutePattern);
                return handler(context);
            };
        });
        return group;
    }

    private static void Check(HttpContext context, QueryParameters query)
    {
        var request = context.Request;
        RequestTarget.CheckQuery(context);
        query.Check(request.Query);
        if (request.Headers[TokenHeader].Count > 1)
        {
            throw MemoryException.Invalid($"{TokenHeader} is given twice. Give it once.");
        }

        // Forms and plain text are what another site's page may send without asking first, so nothing with an effect takes them.
        if (!HttpMethods.IsGet(request.Method) && !StringValues.IsNullOrEmpty(request.Headers.ContentType)
            && !JsonMedia.Is(request.ContentType))
        {
            throw RequestFaultException.NotJson();
        }
    }
}
