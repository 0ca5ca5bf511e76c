using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>Facts to remember in one namespace.</summary>
public sealed record RememberRequest
{
    /// <summary>Most <see cref="Facts"/> in one call.</summary>
    public const int MaxFacts = 1_000;

    /// <summary>Gets where they belong.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets the facts, 1 to <see cref="MaxFacts"/>.</summary>
    [JsonConverter(typeof(FactsConverter))]
    public required IReadOnlyList<MemoryFact> Facts { get; init; }

    /// <inheritdoc cref="Provenance.Source"/>
    public string? Source { get; init; }

    /// <inheritdoc cref="Provenance.Agent"/>
    public string? Agent { get; init; }
}

/// <summary>An event to append to a session.</summary>
public sealed record EventInput
{
    /// <inheritdoc cref="MemoryEvent.ActorId"/>
    public required string ActorId { get; init; }

    /// <inheritdoc cref="MemoryEvent.SessionId"/>
    public required string SessionId { get; init; }

    /// <summary>Gets what happened, 1 to <see cref="MemoryEvent.MaxContentLength"/> characters.</summary>
    public required string Content { get; init; }

    /// <inheritdoc cref="MemoryEvent.Role"/>
    public string? Role { get; init; }

    /// <inheritdoc cref="MemoryEvent.EventType"/>
    public string? EventType { get; init; }

    /// <summary>Gets the line of the conversation; <see langword="null"/>: <see cref="MemoryEvent.MainBranch"/>.</summary>
    public string? Branch { get; init; }

    /// <summary>Gets where searches find it; <see langword="null"/>: it is only listed.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets when it happened; <see langword="null"/>: now.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <inheritdoc cref="MemoryEvent.Metadata"/>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }
}

/// <summary>A question to the memory.</summary>
public sealed record RecallRequest
{
    /// <summary>Longest <see cref="Query"/>, in characters.</summary>
    public const int MaxQueryLength = 16_000;

    /// <summary>Largest <see cref="TopK"/>.</summary>
    public const int MaxTopK = 100;

    /// <summary><see cref="TopK"/> when nothing is said.</summary>
    public const int DefaultTopK = 5;

    /// <summary>Gets what is asked, in any words.</summary>
    public required string Query { get; init; }

    /// <summary>Gets the scope: a namespace and all under it; <see langword="null"/> or empty: everything.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the most memories wanted, 1 to <see cref="MaxTopK"/>; <see langword="null"/>: <see cref="DefaultTopK"/>.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets the least relevance wanted, 0 to 1; <see langword="null"/>: the floor that keeps noise out.</summary>
    public double? MinRelevance { get; init; }

    /// <summary>Gets the most tokens (four characters each) of content in the answer, from 1; <see langword="null"/>: no limit.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Gets whether each memory comes with the signals that ranked it.</summary>
    public bool Explain { get; init; }
}

/// <summary>What to change in a record. A member that is absent leaves its value; <c>null</c> clears what may be empty.</summary>
[JsonConverter(typeof(RecordPatchConverter))]
public sealed record RecordPatch
{
    /// <summary>Gets the new content.</summary>
    public Patched<string> Content { get; init; }

    /// <summary>Gets the new kind.</summary>
    public Patched<MemoryKind> Kind { get; init; }

    /// <summary>Gets the new tier.</summary>
    public Patched<MemoryTier> Tier { get; init; }

    /// <summary>Gets the new importance, 0 to 1.</summary>
    public Patched<double> Importance { get; init; }

    /// <summary>Gets the new confidence, 0 to 1.</summary>
    public Patched<double> Confidence { get; init; }

    /// <summary>Gets the new metadata, which replaces the old as a whole; <see langword="null"/> clears it.</summary>
    public Patched<IReadOnlyDictionary<string, MetadataValue>?> Metadata { get; init; }

    /// <summary>Gets the new speaker; <see langword="null"/> clears it.</summary>
    public Patched<string?> Speaker { get; init; }

    /// <summary>Gets the new time of happening.</summary>
    public Patched<DateTimeOffset> OccurredAt { get; init; }

    /// <summary>Gets the new expiry; <see langword="null"/>: never.</summary>
    public Patched<DateTimeOffset?> ExpiresAt { get; init; }

    /// <summary>Gets why; kept with the record.</summary>
    public string? Reason { get; init; }
}

/// <summary>Which records to list.</summary>
public sealed record RecordQuery
{
    /// <summary>Gets the scope; <see langword="null"/> or empty: everything.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the actor; <see langword="null"/>: any.</summary>
    public string? ActorId { get; init; }

    /// <summary>Gets whether only records with a key are wanted.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Gets the part of the list.</summary>
    public PageRequest Page { get; init; } = new();
}

/// <summary>Which events of a session to list.</summary>
public sealed record EventQuery
{
    /// <summary>Gets whose session it is.</summary>
    public required string ActorId { get; init; }

    /// <summary>Gets the session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Gets the branch; <see langword="null"/>: all.</summary>
    public string? Branch { get; init; }

    /// <summary>Gets the scope in which the events' namespaces lie; <see langword="null"/>: events with and without one.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the part of the list.</summary>
    public PageRequest Page { get; init; } = new();
}
