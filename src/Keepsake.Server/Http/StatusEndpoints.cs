using Keepsake.Access;
using Keepsake.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Http;

/// <summary>How things are: in full for a caller, in a word for whoever watches.</summary>
internal static class StatusEndpoints
{
    private const string Connected = "connected";
    private static readonly Health Good = new("ok");
    private static readonly Health Bad = new("unavailable");

    public static void MapStatus(this RouteGroupBuilder v1) =>
        v1.MapGet("/status", StatusAsync).WithTags("Status").WithName("getStatus").Needs(MemoryOperation.Status).WithSummary("Say how a store is")
            .WithDescription("Counts, search, model, engine and what an operator should know.").Fails();

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health", Live).NeedsNobody().WithTags("Status").WithName("getHealth").WithSummary("Say whether the process answers")
            .WithDescription("Only ok. Restart the process when this fails, not when /health/ready does.");
        app.MapGet("/health/ready", ReadyAsync).NeedsNobody().WithTags("Status").WithName("getReadiness")
            .WithSummary("Say whether the default store can be used").WithDescription("Only ok or unavailable.")
            .Produces<Health>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<MemoryStatus>> StatusAsync(NamedStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.Memory.StatusAsync(cancellationToken));

    private static Ok<Health> Live() => TypedResults.Ok(Good);

    private static async Task<Results<Ok<Health>, JsonHttpResult<Health>>> ReadyAsync(
        [FromServices] ServedStores served, CancellationToken cancellationToken) =>
        await IsConnectedAsync(served.Stores, cancellationToken)
            ? TypedResults.Ok(Good)
            : TypedResults.Json(Bad, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<bool> IsConnectedAsync(IMemoryStores stores, CancellationToken cancellationToken)
    {
        try
        {
            var status = await stores[NamedStore.Default].StatusAsync(cancellationToken);
            return string.Equals(status.Status, Connected, StringComparison.Ordinal);
        }
        catch (MemoryException)
        {
            // Why is for those who may ask for the status.
            return false;
        }
    }
}
