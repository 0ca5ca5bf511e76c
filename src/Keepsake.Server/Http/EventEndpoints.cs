using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Keepsake.Access;
using Keepsake.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Http;

/// <summary>Events, and the actors and sessions that have them.</summary>
internal static class EventEndpoints
{
    private const string SessionEvents = "/actors/{actorId}/sessions/{sessionId}/events";

    public static void MapEvents(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("").WithTags("Events");
        group.MapPost("/events", AppendAsync).WithName("appendEvent").Needs(MemoryOperation.AppendEvent).WithSummary("Append an event to a session")
            .WithDescription("Two equal events are two events, unless they carry one Idempotency-Key.").Fails(404, 409, 413, 415, 507);
        group.MapGet("/actors", ListActorsAsync).WithName("listActors").Needs(MemoryOperation.ListActors).WithSummary("List the actors that have events")
            .WithDescription("In ordinal order.").Fails(404);
        group.MapGet("/actors/{actorId}/sessions", ListSessionsAsync).WithName("listSessions").Needs(MemoryOperation.ListSessions).WithSummary("List an actor's sessions")
            .WithDescription("In ordinal order. An actor who is not there has none.").Fails(404);
        group.MapGet(SessionEvents, ListAsync).WithName("listEvents").Needs(MemoryOperation.ListEvents).WithSummary("List the newest events of a session")
            .WithDescription("The oldest of the page first; nextCursor leads to older ones. A session that is not there is empty.")
            .Fails(404);
        group.MapDelete(SessionEvents, ForgetAsync).WithName("forgetSession").Needs(MemoryOperation.ForgetSession).WithSummary("Delete the events of a session")
            .WithDescription("Kept for Store:DeletedRetention (30 days unless set) unless hard is true. A session that is not there has none to delete.").Fails(404);
    }

    private static async Task<Created<EventAnswer>> AppendAsync(
        JsonBody<EventInput> body,
        NamedStore store,
        HttpContext context,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        CancellationToken cancellationToken) => TypedResults.Created((string?)null, await store.Memory.AppendEventAsync(
            body.Value with { Origin = SourceEndpoints.Claimed(context, body.Value.Origin) }, token, cancellationToken));

    private static async Task<Ok<Page<ActorSummary>>> ListActorsAsync(
        NamedStore store,
        [Description(Describe.Cursor)] string? cursor,
        [Range(1, PageRequest.MaxLimit), Description(Describe.Limit)] int limit = PageRequest.DefaultLimit,
        CancellationToken cancellationToken = default) =>
        TypedResults.Ok(await store.Memory.ListActorsAsync(new(limit, cursor), cancellationToken));

    private static async Task<Ok<Page<SessionSummary>>> ListSessionsAsync(
        [Description(Describe.ActorId)] string actorId,
        NamedStore store,
        [Description(Describe.Cursor)] string? cursor,
        [Range(1, PageRequest.MaxLimit), Description(Describe.Limit)] int limit = PageRequest.DefaultLimit,
        CancellationToken cancellationToken = default) =>
        TypedResults.Ok(await store.Memory.ListSessionsAsync(actorId, new(limit, cursor), cancellationToken));

    private static async Task<Ok<SessionEvents>> ListAsync(
        [Description(Describe.ActorId)] string actorId,
        [Description(Describe.SessionId)] string sessionId,
        NamedStore store,
        [Description("Only events of this branch.")] string? branch,
        [Description("Only events that have a namespace, in this one or under it.")] string? @namespace,
        [Description(Describe.Cursor)] string? cursor,
        [Range(1, PageRequest.MaxLimit), Description(Describe.Limit)] int limit = PageRequest.DefaultLimit,
        CancellationToken cancellationToken = default)
    {
        var query = new EventQuery
        {
            ActorId = actorId,
            SessionId = sessionId,
            Branch = branch,
            Namespace = @namespace,
            Page = new(limit, cursor),
        };
        return TypedResults.Ok(await store.Memory.ListEventsAsync(query, cancellationToken));
    }

    private static async Task<Ok<DeleteAnswer>> ForgetAsync(
        [Description(Describe.ActorId)] string actorId,
        [Description(Describe.SessionId)] string sessionId,
        NamedStore store,
        [Description(Describe.Reason)] string? reason,
        [FromHeader(Name = RequestRules.TokenHeader), Description(Describe.Token)] string? token,
        [Description(Describe.Hard)] bool hard = false,
        CancellationToken cancellationToken = default) =>
        TypedResults.Ok(await store.Memory.ForgetSessionAsync(actorId, sessionId, hard, reason, token, cancellationToken));
}
