namespace Keepsake;

/// <summary>Asks for a namespace to be rebuilt.</summary>
public sealed record RebuildRequest
{
    /// <summary>Gets the namespace; all under it is rebuilt too.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets what to put lost records and events back from: a backup's name, or the path of an export on the machine of the process that owns the
    /// data; <see langword="null"/>: nothing is put back, index and embeddings are derived anew from the records that are there.</summary>
    public string? From { get; init; }
}

/// <summary>What a rebuild did.</summary>
public sealed record RebuildReport
{
    /// <summary>The share of lost records above which a report warns.</summary>
    public const double MaxLost = 0.10;

    /// <summary>Gets the store.</summary>
    public required string Store { get; init; }

    /// <summary>Gets the namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets <c>soft</c> (index and embeddings derived anew) or <c>hard</c> (records put back too).</summary>
    public required string Mode { get; init; }

    /// <summary>Gets whether it is well now: the whole source was read, no row is damaged, and the hit rate was measured, is at least
    /// <see cref="BenchmarkReport.MinHitRate"/> and not worse than before. What holds nothing needs no hit rate.</summary>
    public required bool Success { get; init; }

    /// <summary>Gets the backup that holds everything as it was before.</summary>
    public required string Snapshot { get; init; }

    /// <summary>Gets the part of the asked records that was found before, 0 to 1; <see langword="null"/>: there are none with enough words.</summary>
    public double? HitRateBefore { get; init; }

    /// <summary>Gets the part of the same records that is found now, 0 to 1.</summary>
    public double? HitRateAfter { get; init; }

    /// <summary>Gets how many rows were damaged before.</summary>
    public required long DamagedBefore { get; init; }

    /// <summary>Gets how many rows are damaged now.</summary>
    public required long DamagedAfter { get; init; }

    /// <summary>Gets how many records and events are there now.</summary>
    public required long Items { get; init; }

    /// <summary>Gets how many records and events were put back.</summary>
    public required long Restored { get; init; }

    /// <summary>Gets how many records and events of the source were refused, by the rules of any import, and lines of an export that are neither.</summary>
    public required long Refused { get; init; }

    /// <summary>Gets what is lost by namespace, the worst first, at most 1,000; empty: nothing is.</summary>
    public IReadOnlyList<LostRecords> Lost { get; init; } = [];

    /// <summary>Gets until when it is watched, in UTC: damage or a low hit rate until then puts it back into quarantine; <see langword="null"/>: it is not.</summary>
    public DateTimeOffset? WatchedUntil { get; init; }

    /// <summary>Gets what an operator should know, first of all why it did not succeed; empty: nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What one namespace lost.</summary>
/// <param name="Namespace">The namespace's path.</param>
/// <param name="Lost">Records and events that were damaged and could not be put back.</param>
/// <param name="Of">How many there were.</param>
/// <param name="Percent">The same in per cent.</param>
public sealed record LostRecords(string Namespace, long Lost, long Of, double Percent);
