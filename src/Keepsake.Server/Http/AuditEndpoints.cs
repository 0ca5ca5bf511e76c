using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Keepsake.Access;
using Keepsake.Protection.Audit;
using Keepsake.Server.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Keepsake.Server.Http;

/// <summary>The audit log, for administrators.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/audit").WithTags("Audit");
        group.MapGet("", ListAsync).WithName("listAudit").Needs(MemoryOperation.Audit).WithSummary("List what was done, newest first")
            .WithDescription("Who did or tried what to which ids, through which door, with which outcome; never content.").Fails();
        group.MapGet("/verification", VerifyAsync).WithName("verifyAudit").Needs(MemoryOperation.VerifyAudit).WithSummary("Check the whole audit log")
            .WithDescription("Whether an entry was changed, removed, put in, moved or cut off.").Fails();
        group.MapGet("/anomalies", AnomaliesAsync).WithName("listAuditAnomalies").Needs(MemoryOperation.AuditAnomalies)
            .WithSummary("Find what is unusual in the audit log")
            .WithDescription("Much written, deleted or read at once by one caller, refused attempts, writes while keys are rotated.").Fails();
    }

    private static async Task<Ok<Page<AuditEntry>>> ListAsync(
        IMemoryStores stores,
        [Description("Who did it, or whom it was about.")] string? actor,
        [Description("Only what named this namespace or one under it.")] string? @namespace,
        [Description("From when on, RFC 3339.")] string? since,
        [Description(Describe.Cursor)] string? cursor,
        [Range(1, PageRequest.MaxLimit), Description(Describe.Limit)] int limit = PageRequest.DefaultLimit,
        CancellationToken cancellationToken = default)
    {
        var query = new AuditQuery { Actor = actor, Namespace = @namespace, Since = TimeOf(since), Page = new(limit, cursor) };
        return TypedResults.Ok(await stores.Administration().AuditAsync(query, cancellationToken));
    }

    private static async Task<Ok<AuditReport>> VerifyAsync(IMemoryStores stores, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stores.Administration().VerifyAuditAsync(cancellationToken));

    private static async Task<Ok<IReadOnlyList<AuditAnomaly>>> AnomaliesAsync(
        IMemoryStores stores, [Description("From when on, RFC 3339.")] string? since, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stores.Administration().AuditAnomaliesAsync(TimeOf(since), cancellationToken));

    private static DateTimeOffset? TimeOf(string? text) => string.IsNullOrEmpty(text) ? null
        : AuditTime.TryParse(text) ?? throw MemoryException.Invalid("since is not a time such as 2026-01-31T09:30:00Z.");
}
