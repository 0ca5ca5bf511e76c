namespace Keepsake;

/// <summary>What an operator does with a data folder beyond remembering and recalling: measure, back up, restore, quarantine, rebuild.</summary>
/// <remarks>
/// <para>Safe for concurrent use. A data folder's stores have it beside <see cref="IMemoryStores"/>. Failures that a caller can be told about throw
/// <see cref="MemoryException"/>.</para>
/// <para>Cancelling one of them, or ending the process in the middle, leaves the data as it was before or as it is after, and the same call made
/// again goes on or begins anew.</para>
/// </remarks>
public interface IMemoryOperations
{
    /// <summary>Says how well a namespace finds its own records, and keeps the answer.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="namespace">The namespace, with all under it; <see langword="null"/>: the whole store.</param>
    /// <param name="request">Which questions.</param>
    /// <param name="token">Names this call, as in <see cref="IMemory"/>: sent again, it gives the report that was kept; <see langword="null"/>: nothing does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<BenchmarkReport> BenchmarkAsync(
        string store, string? @namespace, BenchmarkRequest request, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the kept answers of a namespace's benchmarks, the newest first.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="namespace">The namespace itself, without those under it; <see langword="null"/>: the whole store.</param>
    /// <param name="limit">Most answers, 1 to 1,000; of one namespace the last 100 are kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<BenchmarkReport>> ListBenchmarksAsync(
        string store, string? @namespace, int limit = PageRequest.DefaultLimit, CancellationToken cancellationToken = default);

    /// <summary>Lists the namespaces of a store that are in quarantine, in ordinal order.</summary>
    Task<IReadOnlyList<QuarantinedNamespace>> ListQuarantineAsync(string store, CancellationToken cancellationToken = default);

    /// <summary>Takes a namespace and all under it out of reading and writing, for everybody. Its data stays as it is. Said again it changes nothing.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="namespace">The namespace.</param>
    /// <param name="reason">Why, at most 1,000 characters; shown to who lists the quarantine.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    Task<QuarantinedNamespace> QuarantineAsync(
        string store, string @namespace, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Puts a namespace back into reading and writing.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: it is not in quarantine.</exception>
    Task<QuarantinedNamespace> ReleaseAsync(string store, string @namespace, CancellationToken cancellationToken = default);

    /// <summary>Makes a backup of all stores as they are at one moment, and verifies it row by row.</summary>
    /// <param name="progress">Told how far it is; <see langword="null"/>: nobody.</param>
    /// <param name="cancellationToken">Stops; nothing is left behind.</param>
    Task<BackupInfo> CreateBackupAsync(IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the backups, the newest first. What was not verified, or altered since, is none.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>: the folder of backups is a link, or others may look into it.</exception>
    Task<IReadOnlyList<BackupInfo>> ListBackupsAsync(CancellationToken cancellationToken = default);

    /// <summary>Verifies a backup again: its manifest, its hash, its tables, every row.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>; <see cref="MemoryErrorCode.Corrupt"/>: it was altered;
    /// <see cref="MemoryErrorCode.Forbidden"/>: it is a link, or others may read it; <see cref="MemoryErrorCode.NotSupported"/>: of a newer program.</exception>
    Task<BackupInfo> VerifyBackupAsync(
        string name, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Puts a backup in the place of all data, once a copy of it has been verified. What was there is kept until the new has opened.</summary>
    /// <param name="name">The backup.</param>
    /// <param name="withDamage">Whether to take one that had damaged rows already when it was made.</param>
    /// <param name="progress">Told how far it is; <see langword="null"/>: nobody.</param>
    /// <param name="cancellationToken">Stops before the switch is decided.</param>
    /// <returns>What became of it. <see cref="MemoryStores"/> themselves only decide: it is <see cref="RestoreReport.Pending"/> until they are opened again.</returns>
    /// <inheritdoc cref="VerifyBackupAsync"/>
    Task<RestoreReport> RestoreBackupAsync(
        string name, bool withDamage = false, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Says what became of the last restore.</summary>
    /// <returns>The report, or <see langword="null"/> when there was none.</returns>
    Task<RestoreReport?> LastRestoreAsync(CancellationToken cancellationToken = default);

    /// <summary>Rebuilds a namespace: takes a snapshot, puts it into quarantine, derives it anew or puts back what is lost, verifies it, measures it, and
    /// releases it when it is well. Interrupted, the same call goes on.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="request">What and from where.</param>
    /// <param name="progress">Told how far it is; <see langword="null"/>: nobody.</param>
    /// <param name="cancellationToken">Stops between two steps; the namespace stays in quarantine until the rebuild is run again, or it is released.</param>
    /// <returns>What was done. Without success the namespace stays in quarantine.</returns>
    Task<RebuildReport> RebuildAsync(
        string store, RebuildRequest request, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default);
}
