using Keepsake.Access;
using Keepsake.Operations;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Keepsake.Server.Mcp.Transport;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Ownership;

/// <summary>What only the owner's socket offers: who the owner is, handing over, and what is too large or too raw for the API.</summary>
internal static class OwnerEndpoints
{
    public static void MapOwner(this IEndpointRouteBuilder app, OwnerHooks hooks)
    {
        var group = app.MapGroup("/owner").CheckRequests();
        group.MapGet("", Ok<OwnerInfo> () => TypedResults.Ok(hooks.Self)).NeedsCaller();
        group.MapPost("/hand-over", async Task<Ok<HandOverAnswer>> (JsonBody<OwnerInfo> body, CancellationToken cancellationToken) =>
            TypedResults.Ok(new HandOverAnswer(await hooks.HandOver(body.Value, cancellationToken)))).NeedsCaller();
        group.MapPost("/forget", ForgetAsync).Needs(MemoryOperation.Forget);
        group.MapGet("/export", ExportAsync).Needs(MemoryOperation.Export);
        group.MapPost("/import", ImportAsync).Needs(MemoryOperation.Import).WithMetadata(new ImportLimit());
        group.MapGet("/model", ProgressAsync).Needs(MemoryOperation.InspectModel);
        group.MapGet("/probe", ProbeAsync).Needs(MemoryOperation.InspectModel);
        group.MapPost("/scan", ScanAsync).Needs(MemoryOperation.Scan);
        group.MapPost("/readers", ReadersAsync).Needs(MemoryOperation.Audit);
        group.MapPost("/rebuild-index", RebuildIndexAsync).Needs(MemoryOperation.Scan);
        group.MapOperations(hooks);
        group.MapKeys(hooks);
        group.MapPost("/model", async Task<Ok<ModelChoice>> (JsonBody<ModelChoice> body, IMemoryStores stores, CancellationToken cancellationToken) =>
        {
            await DemandWritingAsync(stores, cancellationToken);
            await (hooks.UseModel ?? throw NoModels())(body.Value.Name, cancellationToken);
            return TypedResults.Ok(body.Value);
        }).Needs(MemoryOperation.UseModel);
        group.MapAdministration();
    }

    private static async Task<Ok<DeleteAnswer>> ForgetAsync(
        JsonBody<ForgetRequest> body, NamedStore store, RecordVersion match, [FromHeader(Name = RequestRules.TokenHeader)] string? token,
        CancellationToken cancellationToken) => TypedResults.Ok(
            await store.Memory.ForgetAsync(body.Value.Ids, body.Value.Hard, body.Value.Reason, match.Version, token, cancellationToken));

    private static async Task<Ok<Page<MemoryItem>>> ExportAsync(
        NamedStore store, string? scope, string? cursor, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.Memory.ExportAsync(scope, cursor, cancellationToken));

    private static async Task<Ok<IReadOnlyList<WriteOutcome>>> ImportAsync(
        JsonBody<IReadOnlyList<MemoryItem>> body, NamedStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.Memory.ImportAsync(body.Value, cancellationToken));

    private static async Task<Ok<ModelProgress>> ProgressAsync([FromServices] ServedStores served, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Own(served, context).ModelProgressAsync(cancellationToken));

    private static async Task<Ok<BenchmarkReport>> ProbeAsync([FromServices] ServedStores served, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Own(served, context).ProbeAsync(cancellationToken));

    private static MemoryStore Own(ServedStores served, HttpContext context) =>
        (served.Stores as MemoryStores ?? throw NoModels()).Own(StreamableHttpDoor.StoreOf(context));

    private static async Task DemandWritingAsync(IMemoryStores stores, CancellationToken cancellationToken)
    {
        if (stores is IAdministration administration && await administration.ReadOnlyAsync(cancellationToken) is { On: true } mode)
        {
            throw new MemoryException(MemoryErrorCode.ReadOnly, mode.Reason!);
        }
    }

    private static async Task<Ok<ScanPage>> ScanAsync(JsonBody<ScanStep> body, [FromServices] ServedStores served, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await (served.Stores as MemoryStores ?? throw NoModels()).ScanAsAsync(
            RequestCaller.Of(context), StreamableHttpDoor.StoreOf(context), body.Value.Apply, body.Value.Cursor, cancellationToken));

    private static async Task<Ok<IReadOnlyDictionary<string, IReadOnlyList<string>>>> ReadersAsync(
        JsonBody<ReadersQuestion> body, [FromServices] ServedStores served, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await (served.Stores as MemoryStores ?? throw NoModels()).ReadersAsAsync(
            RequestCaller.Of(context), StreamableHttpDoor.StoreOf(context), body.Value.Ids, cancellationToken));

    private static async Task<Ok<Done>> RebuildIndexAsync([FromServices] ServedStores served, HttpContext context, CancellationToken cancellationToken)
    {
        await Own(served, context).RebuildIndexAsync(cancellationToken);
        return TypedResults.Ok(new Done(Success: true));
    }

    private static MemoryException NoModels() => new(MemoryErrorCode.NotSupported, "The owner process does not manage models.");

    // Routing sets the limit from this before the body is read.
    internal sealed class ImportLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => HttpLimits.MaxImportBytes;
    }
}
