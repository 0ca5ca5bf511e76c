namespace Keepsake.Engines;

/// <summary>What one engine can do, for callers to adapt to and the conformance suite to hold it to.</summary>
public sealed record EngineCapabilities
{
    /// <summary>Gets the engine's own stable name: <c>sqlite</c>, <c>reference</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets its word in configuration and answers: <c>embedded</c>, <c>postgres</c>, <c>chromadb</c>, <c>agentcore</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>Gets the most records or events in one write.</summary>
    public required int MaxBatchSize { get; init; }

    /// <summary>Gets whether a write that returned survives the process.</summary>
    public required bool IsDurable { get; init; }
}

/// <summary>The caller's name for one write, so that repeating it changes nothing.</summary>
/// <param name="Value">The name, 1 to <see cref="MaxLength"/> characters.</param>
/// <param name="Fingerprint">A hash of what is written: the same name with another fingerprint is a conflict.</param>
public sealed record WriteToken(string Value, string Fingerprint)
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Gets what the whole call answers, for a call that is more than the engine's write: ids, counts and outcomes, never content.
    /// <see langword="null"/>: what the engine answers says all.</summary>
    public string? Answer { get; init; }
}

/// <summary>What a change or a deletion with a token did the first time.</summary>
/// <param name="Count">How many it changed or deleted.</param>
/// <param name="Answer">The token's <see cref="WriteToken.Answer"/>.</param>
public sealed record WriteReply(int Count, string? Answer = null);

/// <summary>How something is deleted.</summary>
/// <param name="Hard">Erase now, rather than keep to be restored.</param>
/// <param name="At">The time of deletion, in UTC.</param>
/// <param name="Reason">Why; kept with what is kept.</param>
public sealed record Deletion(bool Hard, DateTimeOffset At, string? Reason = null)
{
    /// <summary>Gets the version that each record must have; <see langword="null"/>: any. Events have none, so they are not there for who asks for one.</summary>
    public long? Version { get; init; }

    /// <summary>Gets the caller's name for this deletion; <see langword="null"/>: none.</summary>
    public WriteToken? Token { get; init; }
}

/// <summary>Which records to list.</summary>
public sealed record RecordFilter
{
    /// <summary>Gets the scope.</summary>
    public MemoryNamespace Scope { get; init; } = MemoryNamespace.Everything;

    /// <summary>Gets the actor; <see langword="null"/>: any.</summary>
    public string? ActorId { get; init; }

    /// <summary>Gets the kind; <see langword="null"/>: any.</summary>
    public MemoryKind? Kind { get; init; }

    /// <summary>Gets the key; <see langword="null"/>: any or none.</summary>
    public string? Key { get; init; }

    /// <summary>Gets whether only records with a key are wanted.</summary>
    public bool KeyedOnly { get; init; }

    /// <summary>Gets the time at which a record must not have expired; <see langword="null"/>: expired ones too.</summary>
    public DateTimeOffset? Now { get; init; }
}

/// <summary>Which events to list.</summary>
public sealed record EventFilter
{
    /// <summary>Gets the actor; <see langword="null"/>: any.</summary>
    public string? ActorId { get; init; }

    /// <summary>Gets the session; <see langword="null"/>: any.</summary>
    public string? SessionId { get; init; }

    /// <summary>Gets the branch; <see langword="null"/>: any.</summary>
    public string? Branch { get; init; }

    /// <summary>Gets the scope in which the events' namespaces lie; <see langword="null"/>: events with and without one.</summary>
    public MemoryNamespace? Scope { get; init; }

    /// <summary>Gets the time at which an event must not have expired; <see langword="null"/>: expired ones too.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Gets whether the list starts with the event appended first, rather than with the last.</summary>
    public bool OldestFirst { get; init; }
}

/// <summary>A record or event that was written, or is gone.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Item">What it is now, with its embedding; <see langword="null"/>: it is gone from every answer.</param>
/// <param name="Position">Where it stands in the order of changes, from 1; see <see cref="IMemoryEngine.ChangesAsync"/>.</param>
public readonly record struct MemoryChange(string Id, MemoryItem? Item, long Position = 0);

/// <summary>A part of what changed.</summary>
/// <param name="Changes">In the order of positions, with each item as it is now.</param>
/// <param name="Position">Where this part ends: ask for what is after it.</param>
/// <param name="IsLast">Whether there was no more when this was read.</param>
public sealed record ChangePage(IReadOnlyList<MemoryChange> Changes, long Position, bool IsLast);

/// <summary>A record or event that came from a source.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsEvent">Whether it is an event.</param>
/// <param name="IsDerived">Whether it does not name the source itself.</param>
/// <param name="IsDeleted">Whether it is deleted and not yet erased.</param>
/// <param name="Namespace">Its namespace; <see langword="null"/>: it has none.</param>
public readonly record struct SourcedItem(string Id, bool IsEvent, bool IsDerived, bool IsDeleted, MemoryNamespace? Namespace)
{
    internal static SourcedItem Of(MemoryItem item, string source) => item is MemoryRecord record
        ? new(record.Id, false, !Names(record.Provenance, source), record.DeletedAt is not null, record.Namespace)
        : Of((MemoryEvent)item, source);

    private static SourcedItem Of(MemoryEvent item, string source) =>
        new(item.Id, true, !Names(item.Provenance, source), item.DeletedAt is not null, item.Namespace);

    private static bool Names(Provenance? provenance, string source) => string.Equals(provenance?.Source, source, StringComparison.Ordinal);
}

/// <summary>An embedding for something that is stored already.</summary>
/// <param name="Id">The record or event.</param>
/// <param name="Version">The version whose content was embedded; 1 for an event.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Embedding">The passages' unit-length embeddings one after another; empty when the content has none.</param>
public sealed record NewEmbedding(string Id, long Version, string Model, ReadOnlyMemory<float> Embedding);

/// <summary>What a purge erases.</summary>
/// <param name="DeletedBefore">Deleted records and events whose deletion is older.</param>
/// <param name="ExpiredBefore">Events and records that expired before.</param>
/// <param name="TokensBefore">Tokens first used before.</param>
public sealed record PurgeLimits(DateTimeOffset DeletedBefore, DateTimeOffset ExpiredBefore, DateTimeOffset TokensBefore);

/// <summary>What an engine holds and how it is.</summary>
public sealed record EngineStatistics
{
    /// <summary>Gets the counts.</summary>
    public required MemoryCounts Counts { get; init; }

    /// <summary>Gets why writes are refused; <see langword="null"/>: they are not.</summary>
    public string? ReadOnly { get; init; }

    /// <summary>Gets what an operator should know; empty: nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Gets facts, such as versions and settings.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();
}
