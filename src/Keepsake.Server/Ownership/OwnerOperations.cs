using Keepsake.Access;
using Keepsake.Server.Access;
using Keepsake.Server.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Keepsake.Server.Ownership;

/// <summary>The operations that only the owner's socket offers: backups, quarantine, rebuilds. Long ones answer with lines.</summary>
internal static class OwnerOperations
{
    public static void MapOperations(this RouteGroupBuilder owner, OwnerHooks hooks)
    {
        owner.MapGet("/backups", async Task<Ok<Page<BackupInfo>>> (IMemoryStores stores, CancellationToken cancellationToken) =>
            TypedResults.Ok(new Page<BackupInfo>(await Of(stores).ListBackupsAsync(cancellationToken), NextCursor: null))).Needs(MemoryOperation.InspectOperations);
        owner.MapPost("/backups", OperationStream<BackupInfo> (IMemoryStores stores) =>
            new((progress, cancellationToken) => Of(stores).CreateBackupAsync(progress, cancellationToken))).Needs(MemoryOperation.Operate);
        owner.MapPost("/backups/{name}/verify", OperationStream<BackupInfo> (string name, IMemoryStores stores) =>
            new((progress, cancellationToken) => Of(stores).VerifyBackupAsync(name, progress, cancellationToken))).Needs(MemoryOperation.InspectOperations);
        owner.MapPost("/backups/{name}/restore", OperationStream<RestoreReport> (string name, IMemoryStores stores, bool withDamage = false) =>
            new(async (progress, cancellationToken) =>
            {
                var decided = await Of(stores).RestoreBackupAsync(name, withDamage, progress, cancellationToken);
                hooks.Reopen?.Invoke();
                return decided;
            })).Needs(MemoryOperation.Operate);
        owner.MapGet("/restored", async Task<Ok<LastRestore>> (IMemoryStores stores, CancellationToken cancellationToken) =>
            TypedResults.Ok(new LastRestore(await Of(stores).LastRestoreAsync(cancellationToken)))).Needs(MemoryOperation.InspectOperations);
        owner.MapGet("/quarantine", async Task<Ok<Page<QuarantinedNamespace>>> (IMemoryStores stores, string name, CancellationToken cancellationToken) =>
            TypedResults.Ok(new Page<QuarantinedNamespace>(await Of(stores).ListQuarantineAsync(name, cancellationToken), NextCursor: null))).Needs(MemoryOperation.InspectOperations);
        owner.MapPost("/quarantine", async Task<Ok<QuarantinedNamespace>> (
            JsonBody<QuarantineOrder> body, IMemoryStores stores, string name, CancellationToken cancellationToken) =>
            TypedResults.Ok(await (body.Value.Release
                ? Of(stores).ReleaseAsync(name, body.Value.Namespace, cancellationToken)
                : Of(stores).QuarantineAsync(name, body.Value.Namespace, body.Value.Reason, cancellationToken)))).Needs(MemoryOperation.Operate);
        owner.MapPost("/benchmark", async Task<Ok<BenchmarkReport>> (
            JsonBody<BenchmarkRequest> body, IMemoryStores stores, string name, string? scope,
            [FromHeader(Name = RequestRules.TokenHeader)] string? token, CancellationToken cancellationToken) =>
            TypedResults.Ok(await Of(stores).BenchmarkAsync(name, scope, body.Value, token, cancellationToken))).Needs(MemoryOperation.Benchmark);
        owner.MapGet("/benchmark", async Task<Ok<Page<BenchmarkReport>>> (
            IMemoryStores stores, string name, string? scope, CancellationToken cancellationToken, int limit = PageRequest.DefaultLimit) =>
            TypedResults.Ok(new Page<BenchmarkReport>(await Of(stores).ListBenchmarksAsync(name, scope, limit, cancellationToken), NextCursor: null))).Needs(MemoryOperation.ListBenchmarks);
        owner.MapPost("/rebuild", OperationStream<RebuildReport> (JsonBody<RebuildRequest> body, IMemoryStores stores, string name) =>
            new((progress, cancellationToken) => Of(stores).RebuildAsync(name, body.Value, progress, cancellationToken))).Needs(MemoryOperation.Operate);
    }

    private static IMemoryOperations Of(IMemoryStores stores) => MemoryOperations.Of(stores);
}

/// <summary>What became of the last restore.</summary>
/// <param name="Report">The report; <see langword="null"/>: there was none.</param>
internal sealed record LastRestore(RestoreReport? Report = null);

/// <summary>A namespace to put into quarantine, or to release.</summary>
internal sealed record QuarantineOrder
{
    /// <summary>Gets the namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets whether it is to be released.</summary>
    public bool Release { get; init; }

    /// <summary>Gets why; <see langword="null"/>: not said.</summary>
    public string? Reason { get; init; }
}
