using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Keepsake.Access;
using Keepsake.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Http;

/// <summary>Records: remember, read, change, delete and restore.</summary>
internal static class RecordEndpoints
{
    public static void MapRecords(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/records").WithTags("Records");
        group.MapPost("", RememberAsync).WithName("rememberFacts").Needs(MemoryOperation.Remember).WithSummary("Store facts")
            .WithDescription("Refused facts do not stop the others: read outcomes, one per fact, in order.").Fails(404, 409, 413, 415, 507);
        group.MapGet("", ListAsync).WithName("listRecords").Needs(MemoryOperation.List).WithSummary("List records")
            .WithDescription("By namespace, then in the order of writing.").Fails(404);
        group.MapGet("/{id}", GetAsync).WithName("getRecord").Needs(MemoryOperation.Get).WithSummary("Read a record")
            .WithDescription("The ETag is its version.").Fails(404);
        group.MapPatch("/{id}", UpdateAsync).WithName("updateRecord").Needs(MemoryOperation.Update).WithSummary("Change a record")
            .WithDescription("An absent member leaves its value, null clears what may be empty. With If-Match only that version is changed.")
            .Fails(404, 409, 412, 413, 415, 507);
        group.MapDelete("/{id}", ForgetAsync).WithName("forgetRecord").Needs(MemoryOperation.Forget).WithSummary("Delete a record or an event")
            .WithDescription("A record can be restored for Store:DeletedRetention (30 days unless set) unless hard is true; an event does not come back. With If-Match, only that version is deleted.").Fails(404, 412);
        group.MapPost("/{id}/restore", RestoreAsync).WithName("restoreRecord").Needs(MemoryOperation.Restore).WithSummary("Bring a deleted record back")
            .WithDescription("Not found when it has expired, or is an event. A conflict when another record has taken its place.").Fails(404, 409);
    }

    private static async Task<Ok<RememberAnswer>> RememberAsync(
        JsonBody<RememberRequest> body,
        NamedStore store,
        HttpContext context,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken) => TypedResults.Ok(await store.Memory.RememberAsync(
            body.Value with { Origin = SourceEndpoints.Claimed(context, body.Value.Origin) }, token, cancellationToken));

    private static async Task<Ok<Page<MemoryRecord>>> ListAsync(
        NamedStore store,
        [Description("Only records in this namespace or under it.")] string? @namespace,
        [Description("Only records about or for this actor.")] string? actorId,
        [Description(Describe.Cursor)] string? cursor,
        [Description("Only records with a key.")] bool keysOnly = false,
        [Range(1, PageRequest.MaxLimit), Description(Describe.Limit)] int limit = PageRequest.DefaultLimit,
        CancellationToken cancellationToken = default)
    {
        var query = new RecordQuery { Namespace = @namespace, ActorId = actorId, KeysOnly = keysOnly, Page = new(limit, cursor) };
        return TypedResults.Ok(await store.Memory.ListAsync(query, cancellationToken));
    }

    private static async Task<Ok<MemoryRecord>> GetAsync(
        [Description(Describe.RecordId)] string id, NamedStore store, HttpResponse response, CancellationToken cancellationToken)
    {
        var record = await store.Memory.GetAsync(id, cancellationToken);
        RecordVersion.Tell(response, record);
        return TypedResults.Ok(record);
    }

    private static async Task<Ok<MemoryRecord>> UpdateAsync(
        [Description(Describe.RecordId)] string id,
        JsonBody<RecordPatch> body,
        NamedStore store,
        RecordVersion match,
        HttpResponse response,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken)
    {
        var record = await store.Memory.UpdateAsync(id, body.Value, match.Version, token, cancellationToken);
        RecordVersion.Tell(response, record);
        return TypedResults.Ok(record);
    }

    private static async Task<Ok<DeleteAnswer>> ForgetAsync(
        [Description(Describe.RecordId)] string id,
        NamedStore store,
        RecordVersion match,
        [Description(Describe.Reason)] string? reason,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        [Description(Describe.Hard)] bool hard = false,
        CancellationToken cancellationToken = default)
    {
        var answer = await store.Memory.ForgetAsync([id], hard, reason, match.Version, token, cancellationToken);
        return answer.Deleted > 0
            ? TypedResults.Ok(answer)
            : throw MemoryException.NotFound("There is no record or event with that id. It may be deleted already.");
    }

    private static async Task<Ok<MemoryRecord>> RestoreAsync(
        [Description(Describe.RecordId)] string id,
        NamedStore store,
        HttpResponse response,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken)
    {
        var record = await store.Memory.RestoreAsync(id, token, cancellationToken);
        RecordVersion.Tell(response, record);
        return TypedResults.Ok(record);
    }
}
