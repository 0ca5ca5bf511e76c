using Keepsake.Access;

namespace Keepsake.Server.Ownership;

/// <summary>The operations on a shared data folder: by this process where it owns the folder, else through the owner. See <see cref="SharedStores"/>.</summary>
/// <param name="shared">The stores.</param>
/// <param name="time">Waits.</param>
/// <param name="caller">Who asks.</param>
internal sealed class SharedOperations(SharedStores shared, TimeProvider time, Caller caller) : IMemoryOperations
{
    /// <summary>Longest wait until the owner has opened its stores again after a restore.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public Task<BenchmarkReport> BenchmarkAsync(
        string store, string? @namespace, BenchmarkRequest request, string? token = null, CancellationToken cancellationToken = default) =>
        shared.WriteAsync(
            token,
            (stores, named) => MemoryOperations.Of(stores.As(caller)).BenchmarkAsync(store, @namespace, request, named, cancellationToken),
            cancellationToken);

    public Task<IReadOnlyList<BenchmarkReport>> ListBenchmarksAsync(
        string store, string? @namespace, int limit = PageRequest.DefaultLimit, CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.ListBenchmarksAsync(store, @namespace, limit, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<QuarantinedNamespace>> ListQuarantineAsync(string store, CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.ListQuarantineAsync(store, cancellationToken), cancellationToken);

    public Task<QuarantinedNamespace> QuarantineAsync(
        string store, string @namespace, string? reason = null, CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.QuarantineAsync(store, @namespace, reason, cancellationToken), cancellationToken);

    public Task<QuarantinedNamespace> ReleaseAsync(string store, string @namespace, CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.ReleaseAsync(store, @namespace, cancellationToken), cancellationToken);

    public Task<BackupInfo> CreateBackupAsync(IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.CreateBackupAsync(progress, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<BackupInfo>> ListBackupsAsync(CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.ListBackupsAsync(cancellationToken), cancellationToken);

    public Task<BackupInfo> VerifyBackupAsync(
        string name, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.VerifyBackupAsync(name, progress, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<RestoreReport> RestoreBackupAsync(
        string name, bool withDamage = false, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var decided = await CallAsync(operations => operations.RestoreBackupAsync(name, withDamage, progress, cancellationToken), cancellationToken);

        // An owner elsewhere opens its stores again by itself; this process does when it is the owner. Saying it twice costs one opening.
        await shared.ReopenAsync();
        progress?.Report(new("putting in place", null));
        var startedAt = time.GetTimestamp();
        while (await LastRestoreAsync(cancellationToken) is not { } last || last.Outcome == RestoreReport.Pending)
        {
            if (time.GetElapsedTime(startedAt) > MaxWait)
            {
                return decided;
            }

            await Task.Delay(Poll, time, cancellationToken);
        }

        return (await LastRestoreAsync(cancellationToken))!;
    }

    public Task<RestoreReport?> LastRestoreAsync(CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.LastRestoreAsync(cancellationToken), cancellationToken);

    public Task<RebuildReport> RebuildAsync(
        string store, RebuildRequest request, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        CallAsync(operations => operations.RebuildAsync(store, request, progress, cancellationToken), cancellationToken);

    private Task<T> CallAsync<T>(Func<IMemoryOperations, Task<T>> call, CancellationToken cancellationToken) => shared.CallAsync(
        (stores, _) => call(MemoryOperations.Of(stores.As(caller))), cancellationToken);
}
