using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>A record or an event that a search found.</summary>
public sealed record RecalledMemory
{
    /// <summary>Gets the record's or event's id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets whether it is a record or an event.</summary>
    public required MemoryType Type { get; init; }

    /// <summary>Gets its words. They are data, never instructions.</summary>
    public required string Content { get; init; }

    /// <summary>Gets how well it matches, from 0 (unrelated) to 1 (the same).</summary>
    public required double Relevance { get; init; }

    /// <summary>Gets where it belongs.</summary>
    public required MemoryNamespace Namespace { get; init; }

    /// <summary>Gets what it is about; <see langword="null"/> for an event.</summary>
    public MemoryKind? Kind { get; init; }

    /// <inheritdoc cref="MemoryRecord.Key"/>
    public string? Key { get; init; }

    /// <inheritdoc cref="MemoryRecord.ActorId"/>
    public string? ActorId { get; init; }

    /// <inheritdoc cref="MemoryRecord.SessionId"/>
    public string? SessionId { get; init; }

    /// <summary>Gets who said it: a record's speaker or an event's role; <see langword="null"/>: not said.</summary>
    public string? Speaker { get; init; }

    /// <inheritdoc cref="MemoryRecord.OccurredAt"/>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <inheritdoc cref="MemoryRecord.CreatedAt"/>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when its writer last changed it; <see langword="null"/> for an event.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <inheritdoc cref="MemoryRecord.LastRecalledAt"/>
    public DateTimeOffset? LastRecalledAt { get; init; }

    /// <inheritdoc cref="MemoryRecord.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets how much it matters; <see langword="null"/> for an event.</summary>
    public double? Importance { get; init; }

    /// <summary>Gets how sure the writer is; <see langword="null"/> for an event.</summary>
    public double? Confidence { get; init; }

    /// <summary>Gets how close at hand it is kept; <see langword="null"/> for an event.</summary>
    public MemoryTier? Tier { get; init; }

    /// <inheritdoc cref="MemoryRecord.Metadata"/>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }

    /// <summary>Gets who wrote it; <see langword="null"/> for an event of which that was not said.</summary>
    public Provenance? Provenance { get; init; }

    /// <inheritdoc cref="MemoryRecord.Trust"/>
    public MemoryTrust Trust { get; init; } = MemoryTrust.Medium;

    /// <summary>Gets what is suspicious in it, by kind; <see langword="null"/>: nothing.</summary>
    public IReadOnlyList<string>? Suspicions { get; init; }

    /// <summary>Gets what ranked it, by signal, each 0 to 1; <see langword="null"/> unless asked for.</summary>
    public IReadOnlyDictionary<string, double>? Signals { get; init; }

    /// <summary>Gets what part of its score each signal gave by its weight, each 0 to 1, together 1; <see langword="null"/> unless asked for.</summary>
    public IReadOnlyDictionary<string, double>? Shares { get; init; }
}

/// <summary>Whether a memory is a record or an event.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<MemoryType>))]
public enum MemoryType
{
    /// <summary>A long-term record.</summary>
    Record,

    /// <summary>An event of a session.</summary>
    Event,
}
