namespace Keepsake.Server.Ownership;

/// <summary>The operations on a data folder that another process owns, through that process.</summary>
internal sealed class RemoteOperations(OwnerClient owner) : IMemoryOperations
{
    private const string Name = "name";

    public Task<BenchmarkReport> BenchmarkAsync(
        string store, string? @namespace, BenchmarkRequest request, string? token = null, CancellationToken cancellationToken = default) =>
        owner.SendAsync<BenchmarkRequest, BenchmarkReport>(
            HttpMethod.Post, RemotePath.Of("/owner/benchmark").With(Name, store).With("scope", @namespace), request, cancellationToken, token);

    public async Task<IReadOnlyList<BenchmarkReport>> ListBenchmarksAsync(
        string store, string? @namespace, int limit = PageRequest.DefaultLimit, CancellationToken cancellationToken = default) =>
        (await owner.GetAsync<Page<BenchmarkReport>>(
            RemotePath.Of("/owner/benchmark").With(Name, store).With("scope", @namespace).With("limit", limit), cancellationToken)).Items;

    public async Task<IReadOnlyList<QuarantinedNamespace>> ListQuarantineAsync(string store, CancellationToken cancellationToken = default) =>
        (await owner.GetAsync<Page<QuarantinedNamespace>>(RemotePath.Of("/owner/quarantine").With(Name, store), cancellationToken)).Items;

    public Task<QuarantinedNamespace> QuarantineAsync(
        string store, string @namespace, string? reason = null, CancellationToken cancellationToken = default) =>
        OrderAsync(store, new() { Namespace = @namespace, Reason = reason }, cancellationToken);

    public Task<QuarantinedNamespace> ReleaseAsync(string store, string @namespace, CancellationToken cancellationToken = default) =>
        OrderAsync(store, new() { Namespace = @namespace, Release = true }, cancellationToken);

    public Task<BackupInfo> CreateBackupAsync(IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        owner.RunAsync<BackupInfo>("/owner/backups", null, progress, cancellationToken);

    public async Task<IReadOnlyList<BackupInfo>> ListBackupsAsync(CancellationToken cancellationToken = default) =>
        (await owner.GetAsync<Page<BackupInfo>>("/owner/backups", cancellationToken)).Items;

    public Task<BackupInfo> VerifyBackupAsync(
        string name, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        owner.RunAsync<BackupInfo>(RemotePath.Of("/owner/backups/", name, "/verify"), null, progress, cancellationToken);

    public Task<RestoreReport> RestoreBackupAsync(
        string name, bool withDamage = false, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        owner.RunAsync<RestoreReport>(RemotePath.Of("/owner/backups/", name, "/restore").With("withDamage", withDamage), null, progress, cancellationToken);

    public async Task<RestoreReport?> LastRestoreAsync(CancellationToken cancellationToken = default) =>
        (await owner.GetAsync<LastRestore>("/owner/restored", cancellationToken)).Report;

    public Task<RebuildReport> RebuildAsync(
        string store, RebuildRequest request, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        owner.RunAsync<RebuildReport>(RemotePath.Of("/owner/rebuild").With(Name, store), OwnerClient.JsonOf(request), progress, cancellationToken);

    private Task<QuarantinedNamespace> OrderAsync(string store, QuarantineOrder order, CancellationToken cancellationToken) =>
        owner.SendAsync<QuarantineOrder, QuarantinedNamespace>(
            HttpMethod.Post, RemotePath.Of("/owner/quarantine").With(Name, store), order, cancellationToken);
}
