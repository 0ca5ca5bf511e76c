using System.ComponentModel;
using Keepsake.Access;
using Keepsake.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Http;

/// <summary>Where memories came from: forgetting all of one source.</summary>
internal static class SourceEndpoints
{
    public static void MapSources(this RouteGroupBuilder v1) =>
        v1.MapPost("/sources/forget", ForgetAsync).WithTags("Records").WithName("forgetSource").Needs(MemoryOperation.ForgetSource)
            .WithSummary("Delete all that came from one source, with what was derived from it")
            .WithDescription(
                "The source is named in the body, because it may be an address. Kept for Store:DeletedRetention (30 days unless set) unless hard is true; dryRun only counts. A source from which nothing came counts nothing.")
            .Fails(404, 413, 415, 507);

    /// <summary>The origin that a caller claims, as far as its door may say so: that a person wrote something, only who has the owner's socket says.</summary>
    public static MemoryOrigin? Claimed(HttpContext context, MemoryOrigin? origin) =>
        origin == MemoryOrigin.User && context.Connection.LocalIpAddress is not null ? MemoryOrigin.Agent : origin;

    private static async Task<Ok<ForgetSourceAnswer>> ForgetAsync(
        JsonBody<ForgetSourceRequest> body,
        NamedStore store,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken) => TypedResults.Ok(await store.Memory.ForgetSourceAsync(
            body.Value.Source, body.Value.Hard, body.Value.DryRun, body.Value.Reason, token, cancellationToken));
}

/// <summary>A source to forget.</summary>
internal sealed record ForgetSourceRequest
{
    /// <summary>Gets the source, as it was named when it was written.</summary>
    public required string Source { get; init; }

    /// <summary>Gets whether to erase now, rather than keep for <c>Store:DeletedRetention</c> to be restored.</summary>
    public bool Hard { get; init; }

    /// <summary>Gets whether only to count.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gets why; kept with what is kept.</summary>
    public string? Reason { get; init; }
}
