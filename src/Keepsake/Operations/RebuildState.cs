namespace Keepsake.Operations;

/// <summary>How far the rebuild of a namespace is: kept in the database, so that the same call goes on after a kill.</summary>
internal sealed record RebuildState
{
    public const string Begun = "begun";
    public const string Measured = "measured";
    public const string Watching = "watching";
    public const string Failed = "failed";

    /// <summary>Gets one of the constants.</summary>
    public required string Stage { get; init; }

    /// <summary>Gets the backup that was made before anything was changed; <see langword="null"/>: not yet.</summary>
    public string? Snapshot { get; init; }

    public double? HitRateBefore { get; init; }

    public long DamagedBefore { get; init; }

    /// <summary>Gets the live rows by namespace when it began, the largest namespaces.</summary>
    public IReadOnlyList<BackupNamespace> Before { get; init; } = [];

    /// <summary>Gets the damaged rows that were erased without another in their place, by namespace.</summary>
    public IReadOnlyDictionary<string, long> Erased { get; init; } = new Dictionary<string, long>();

    public long Restored { get; init; }

    public long Refused { get; init; }

    /// <summary>Gets how many rows were known to be missing when it was released; <see langword="null"/>: nobody looked.</summary>
    public long? Missing { get; init; }

    /// <summary>Gets until when it is watched.</summary>
    public DateTimeOffset? WatchedUntil { get; init; }

    /// <summary>Gets whether it was begun and not ended.</summary>
    public bool IsUnderWay => Stage is Begun or Measured;
}
