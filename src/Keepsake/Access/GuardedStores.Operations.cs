
namespace Keepsake.Access;

/// <content>Measuring, backing up, closing and rebuilding.</content>
internal sealed partial class GuardedStores : IMemoryOperations
{
    /// <inheritdoc/>
    public Task<BenchmarkReport> BenchmarkAsync(
        string store, string? @namespace, BenchmarkRequest request, CancellationToken cancellationToken = default) =>
        OfStoreAsync(MemoryOperation.Benchmark, store, @namespace, null, () => stores.BenchmarkAsync(store, @namespace, request, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<BenchmarkReport>> ListBenchmarksAsync(
        string store, string? @namespace, int limit = PageRequest.DefaultLimit, CancellationToken cancellationToken = default) => OfStoreAsync(
            MemoryOperation.ListBenchmarks, store, @namespace, null, () => stores.ListBenchmarksAsync(store, @namespace, limit, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<QuarantinedNamespace>> ListQuarantineAsync(string store, CancellationToken cancellationToken = default) =>
        OfStoreAsync(MemoryOperation.InspectOperations, store, null, null, () => stores.ListQuarantineAsync(store, cancellationToken));

    /// <inheritdoc/>
    public Task<QuarantinedNamespace> QuarantineAsync(
        string store, string @namespace, string? reason = null, CancellationToken cancellationToken = default) => OfStoreAsync(
            MemoryOperation.Operate, store, @namespace, "quarantine", () => stores.QuarantineAsync(store, @namespace, reason, cancellationToken));

    /// <inheritdoc/>
    public Task<QuarantinedNamespace> ReleaseAsync(string store, string @namespace, CancellationToken cancellationToken = default) => OfStoreAsync(
        MemoryOperation.Operate, store, @namespace, "release", () => stores.ReleaseAsync(store, @namespace, cancellationToken));

    /// <inheritdoc/>
    public Task<BackupInfo> CreateBackupAsync(IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        OfFolderAsync(MemoryOperation.Operate, "backup", () => stores.CreateBackupAsync(progress, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackupInfo>> ListBackupsAsync(CancellationToken cancellationToken = default) =>
        OfFolderAsync(MemoryOperation.InspectOperations, null, () => stores.ListBackupsAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<BackupInfo> VerifyBackupAsync(
        string name, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        OfFolderAsync(MemoryOperation.InspectOperations, null, () => stores.VerifyBackupAsync(name, progress, cancellationToken));

    /// <inheritdoc/>
    public Task<RestoreReport> RestoreBackupAsync(
        string name, bool withDamage = false, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        OfFolderAsync(MemoryOperation.Operate, "restore", () => stores.RestoreBackupAsync(name, withDamage, progress, cancellationToken));

    /// <inheritdoc/>
    public Task<RestoreReport?> LastRestoreAsync(CancellationToken cancellationToken = default) =>
        OfFolderAsync(MemoryOperation.InspectOperations, null, () => stores.LastRestoreAsync(cancellationToken));

    /// <inheritdoc/>
    public Task<RebuildReport> RebuildAsync(
        string store, RebuildRequest request, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) => OfStoreAsync(
            MemoryOperation.Operate, store, request.Namespace, "rebuild", () => stores.RebuildAsync(store, request, progress, cancellationToken));

    private Task<T> OfFolderAsync<T>(MemoryOperation operation, string? what, Func<Task<T>> body) =>
        guard.RunAsync(new(operation, Detail: what), () => Folder(body));

    private Task<T> OfStoreAsync<T>(MemoryOperation operation, string store, string? @namespace, string? what, Func<Task<T>> body) => guard.RunAsync(
        new(operation, store, @namespace, Detail: what),
        () =>
        {
            _ = guard.Reach.ReachesStore(store) ? store : throw MemoryStores.NoSuchStore(store);
            DemandWhole();
            return body();
        });
}
