namespace Keepsake;

/// <summary>A backup of a data folder: all stores in one file that has been verified row by row.</summary>
public sealed record BackupInfo
{
    /// <summary>Gets the name that it was given when it was made, such as <c>20260131T093000Z-0198c0de</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets when it was made, in UTC: it holds every write acknowledged before.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets the version of the program that made it.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the version of its tables. A program restores those up to its own.</summary>
    public required int Schema { get; init; }

    /// <summary>Gets the size of its file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Gets the SHA-256 of its file, in hex digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Gets how many rows failed their check already when it was made. It is what the data was; restoring it brings them back as they are.</summary>
    public long DamagedRows { get; init; }

    /// <summary>Gets how many rows nobody can read, because a key that they are sealed with was destroyed. They are no damage, and a restore leaves them out.</summary>
    public long ShreddedRows { get; init; }

    /// <summary>Gets the stores, by name.</summary>
    public required IReadOnlyList<BackupStore> Stores { get; init; }
}

/// <summary>What a backup holds of one store. Deleted items that can still be restored are held and not counted.</summary>
/// <param name="Name">The store's name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Records">Its records.</param>
/// <param name="Events">Its events.</param>
/// <param name="Namespaces">Records and events by namespace, the largest 1,000.</param>
public sealed record BackupStore(string Name, string Id, long Records, long Events, IReadOnlyList<BackupNamespace> Namespaces);

/// <summary>What a backup holds of one namespace, without those under it.</summary>
/// <param name="Namespace">The namespace's path.</param>
/// <param name="Records">Its records.</param>
/// <param name="Events">Its searchable events.</param>
public sealed record BackupNamespace(string Namespace, long Records, long Events);

/// <summary>What became of a restore.</summary>
/// <param name="Backup">The backup's name.</param>
/// <param name="At">When it was put in place, or was not, in UTC.</param>
/// <param name="Outcome"><c>pending</c>: verified, and put in place when the stores are opened next; <c>restored</c>; <c>kept_old</c>: what was there
/// before is there again.</param>
/// <param name="Reason">Why the old was kept, or what to look at in what was restored; <see langword="null"/>: nothing.</param>
public sealed record RestoreReport(string Backup, DateTimeOffset At, string Outcome, string? Reason = null)
{
    /// <summary>Gets how many rows of the backup were left out, because a key that they are sealed with was destroyed since.</summary>
    public long ShreddedRows { get; init; }

    /// <summary>The outcome of a restore that waits for the stores to be opened.</summary>
    public const string Pending = "pending";

    /// <summary>The outcome of a restore that is done.</summary>
    public const string Restored = "restored";

    /// <summary>The outcome of a restore whose file did not open.</summary>
    public const string KeptOld = "kept_old";
}

/// <summary>How far an operation is.</summary>
/// <param name="Step">What is being done, in a few words.</param>
/// <param name="Share">Which part of that is done, 0 to 1; <see langword="null"/>: not known.</param>
public sealed record OperationProgress(string Step, double? Share = null);
