using System.Globalization;
using Keepsake.Operations;

namespace Keepsake.Access;

/// <content>Measuring, backing up, closing, rebuilding and scanning.</content>
internal sealed partial class GuardedStores : IMemoryOperations
{
    /// <inheritdoc/>
    public Task<BenchmarkReport> BenchmarkAsync(
        string store, string? @namespace, BenchmarkRequest request, string? token = null, CancellationToken cancellationToken = default) => OfStoreAsync(
            MemoryOperation.Benchmark, store, @namespace, null, () => stores.BenchmarkAsync(store, @namespace, request, guard.Token(token), cancellationToken));

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

    /// <inheritdoc cref="MemoryStores.ScanAsync"/>
    public Task<ScanPage> ScanAsync(string store, bool apply, string? cursor, CancellationToken cancellationToken)
    {
        var how = apply ? "apply" : "dry run";
        return guard.RunAsync(
            new(MemoryOperation.Scan, store, Detail: how, Changes: apply),
            () =>
            {
                DemandStoreWhole(store);
                return stores.Own(store).ScanAsync(apply, cursor, cancellationToken);
            },
            page => apply ? (page.Redacted, []) : Held(page),
            page => string.Create(CultureInfo.InvariantCulture, $"{how} over {page.Scanned}"));

        // Each item once, and none by an id that holds a secret itself.
        static (long, IEnumerable<string>) Held(ScanPage page)
        {
            var items = page.Findings.Select(finding => finding.Id).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            return (page.Items, items);
        }
    }

    /// <inheritdoc cref="MemoryStores.ReadersAsync"/>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadersAsync(string store, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        OfStoreAsync(
            MemoryOperation.Audit, store, null, string.Create(CultureInfo.InvariantCulture, $"readers of {ids.Count}"),
            () => stores.Log.ReadersAsync(stores.Own(store).Name, ids, cancellationToken));

    private Task<T> OfFolderAsync<T>(MemoryOperation operation, string? what, Func<Task<T>> body) =>
        guard.RunAsync(new(operation, Detail: what), () => Folder(body));

    private Task<T> OfStoreAsync<T>(MemoryOperation operation, string store, string? @namespace, string? what, Func<Task<T>> body) => guard.RunAsync(
        new(operation, store, @namespace, Detail: what),
        () =>
        {
            DemandStoreWhole(store);
            return body();
        });

    private void DemandStoreWhole(string store)
    {
        _ = guard.Reach.ReachesStore(store) ? store : throw MemoryStores.NoSuchStore(store);
        DemandWhole();
    }
}
