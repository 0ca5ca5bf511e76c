using Keepsake.Access;
using Keepsake.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Keepsake.Server.Http;

/// <summary>Finding what is known.</summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this RouteGroupBuilder v1) =>
        v1.MapPost("/search", RecallAsync).WithTags("Search").WithName("searchMemories").Needs(MemoryOperation.Recall).WithSummary("Find what is known")
            .WithDescription("By meaning and by words, best first. An empty list means that nothing is known.").Fails(404, 413, 415);

    private static async Task<Ok<RecallAnswer>> RecallAsync(
        JsonBody<RecallRequest> body, NamedStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.Memory.RecallAsync(body.Value, cancellationToken));
}
