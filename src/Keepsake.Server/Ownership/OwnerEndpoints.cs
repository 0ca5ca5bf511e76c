using Keepsake.Operations;
using Keepsake.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace Keepsake.Server.Ownership;

/// <summary>What only the owner's socket offers: who the owner is, handing over, and what is too large or too raw for the API.</summary>
internal static class OwnerEndpoints
{
    public static void MapOwner(this IEndpointRouteBuilder app, OwnerHooks hooks)
    {
        var group = app.MapGroup("/owner").CheckRequests();
        group.MapGet("", Ok<OwnerInfo> () => TypedResults.Ok(hooks.Self));
        group.MapPost("/hand-over", async Task<Ok<HandOverAnswer>> (JsonBody<OwnerInfo> body, CancellationToken cancellationToken) =>
            TypedResults.Ok(new HandOverAnswer(await hooks.HandOver(body.Value, cancellationToken))));
        group.MapPost("/forget", ForgetAsync);
        group.MapGet("/export", ExportAsync);
        group.MapPost("/import", ImportAsync).WithMetadata(new ImportLimit());
        group.MapOperations(hooks);
        group.MapGet("/model", ProgressAsync);
        group.MapGet("/probe", ProbeAsync);
        group.MapKeys();
        group.MapPost("/model", async Task<Ok<ModelChoice>> (JsonBody<ModelChoice> body, CancellationToken cancellationToken) =>
        {
            await (hooks.UseModel ?? throw NoModels())(body.Value.Name, cancellationToken);
            return TypedResults.Ok(body.Value);
        });
    }

    private static async Task<Ok<DeleteAnswer>> ForgetAsync(
        JsonBody<ForgetRequest> body, NamedStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.Memory.ForgetAsync(body.Value.Ids, body.Value.Hard, body.Value.Reason, cancellationToken));

    private static async Task<Ok<Page<MemoryItem>>> ExportAsync(
        NamedStore store, string? scope, string? cursor, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.Memory.ExportAsync(scope, cursor, cancellationToken));

    private static async Task<Ok<IReadOnlyList<WriteOutcome>>> ImportAsync(
        JsonBody<IReadOnlyList<MemoryItem>> body, NamedStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.Memory.ImportAsync(body.Value, cancellationToken));

    private static async Task<Ok<ModelProgress>> ProgressAsync(NamedStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Own(store).ModelProgressAsync(cancellationToken));

    private static async Task<Ok<BenchmarkReport>> ProbeAsync(NamedStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await Own(store).ProbeAsync(cancellationToken));

    private static MemoryStore Own(NamedStore store) => store.Memory as MemoryStore ?? throw NoModels();

    private static MemoryException NoModels() => new(MemoryErrorCode.NotSupported, "The owner process does not manage models.");

    // Routing sets the limit from this before the body is read.
    private sealed class ImportLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => HttpLimits.MaxImportBytes;
    }
}
