namespace Keepsake.Server.Http;

/// <summary>The HTTP door: every route of <c>docs/reference/http.md</c>.</summary>
internal static class KeepsakeApi
{
    /// <summary>Maps the routes. They use the <see cref="IMemoryStores"/> among the services.</summary>
    public static void MapKeepsakeApi(this IEndpointRouteBuilder app)
    {
        app.MapHealth();
        var v1 = app.MapGroup("/v1").CheckRequests();
        v1.MapEvents();
        v1.MapRecords();
        v1.MapSources();
        v1.MapSearch();
        v1.MapPreferences();
        v1.MapStores();
        v1.MapNamespaces();
        v1.MapStatus();
        v1.MapAudit();
    }
}
