using System.Text.Json.Serialization;
using Keepsake.Protection.Redaction;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>One long-term memory: a fact in plain words, where it belongs, and what is known about it.</summary>
/// <remarks>Immutable. Compare records by <see cref="Id"/> and <see cref="Version"/>.</remarks>
public sealed record MemoryRecord : MemoryItem
{
    /// <summary>Longest <see cref="Content"/>, in UTF-16 characters.</summary>
    public const int MaxContentLength = 16_000;

    /// <summary>Longest <see cref="Key"/>, in characters.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>Longest <see cref="Speaker"/>, in characters.</summary>
    public const int MaxSpeakerLength = 128;

    /// <summary>Longest <see cref="Reason"/>, in characters.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>Most entries in <see cref="Metadata"/>.</summary>
    public const int MaxMetadataEntries = 64;

    /// <summary>Longest metadata key, in characters.</summary>
    public const int MaxMetadataKeyLength = 128;

    /// <summary>Highest <see cref="Version"/> that an import brings: the integers to here are the same to every reader of JSON.</summary>
    internal const long MaxVersion = 1L << 53;

    /// <summary>Makes a record with the defaults of its members.</summary>
    public MemoryRecord()
    {
    }

    // The generated reader sets every init-only member, to zero where the JSON has none; of a constructor's parameters it takes the defaults.
    [JsonConstructor]
    internal MemoryRecord(MemoryTier tier = MemoryTier.Core, double importance = 0.5, double confidence = 1, long version = 1) =>
        (Tier, Importance, Confidence, Version) = (tier, importance, confidence, version);

    /// <summary>Gets the identity: opaque to callers, unique within a store. Ours are <c>mem-</c> and a UUIDv7.</summary>
    public required string Id { get; init; }

    /// <summary>Gets where the memory belongs.</summary>
    public required MemoryNamespace Namespace { get; init; }

    /// <summary>Gets what the record is about.</summary>
    public MemoryKind Kind { get; init; }

    /// <summary>Gets its name within namespace and actor: writing the same key again replaces it. <see langword="null"/>: none.</summary>
    public string? Key { get; init; }

    /// <summary>Gets the fact itself. Never empty; secrets are already redacted.</summary>
    public required string Content { get; init; }

    /// <summary>Gets what else the writer knows of it.</summary>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }

    /// <summary>Gets who the memory is about or for; <see langword="null"/>: nobody in particular.</summary>
    public string? ActorId { get; init; }

    /// <summary>Gets the session it stems from; <see langword="null"/>: none.</summary>
    public string? SessionId { get; init; }

    /// <summary>Gets who said it; <see langword="null"/>: not said.</summary>
    public string? Speaker { get; init; }

    /// <summary>Gets when it happened or was said, in UTC.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Gets how close at hand it is kept.</summary>
    /// <value>The default is <see cref="MemoryTier.Core"/>.</value>
    public MemoryTier Tier { get; init; } = MemoryTier.Core;

    /// <summary>Gets how much it matters, from 0 to 1.</summary>
    /// <value>The default is 0.5.</value>
    public double Importance { get; init; } = 0.5;

    /// <summary>Gets how sure the writer is, from 0 (a guess) to 1 (verified).</summary>
    /// <value>The default is 1.</value>
    public double Confidence { get; init; } = 1;

    /// <summary>Gets who wrote it, from what.</summary>
    /// <value>The default is that of <see cref="Keepsake.Provenance"/>: an agent, from nothing that is named.</value>
    public Provenance Provenance { get; init => field = value ?? new(); } = new();

    /// <summary>Gets how far it can be relied on: what its provenance earns, and no more than what it was derived from.</summary>
    /// <value>Set by the store; where it is not noted, what the provenance earns.</value>
    public MemoryTrust Trust
    {
        get => field != default ? field : TrustRule.Of(Provenance);
        init;
    }

    /// <summary>Gets what is suspicious in it, by kind: see <see cref="Protection.Poisoning.Suspicion"/>; <see langword="null"/>: nothing. Set by the store.</summary>
    public IReadOnlyList<string>? Suspicions { get; init; }

    /// <summary>Gets when it was first stored, in UTC. The store sets it; import keeps the one it brings.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when its writer last changed it, in UTC.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Gets when a search last returned it, in UTC, some seconds late; <see langword="null"/>: never.</summary>
    public DateTimeOffset? LastRecalledAt { get; init; }

    /// <summary>Gets when it stops being returned, in UTC; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets the id of the record that took its place; <see langword="null"/>: it stands.</summary>
    public string? SupersededBy { get; init; }

    /// <summary>Gets when it was deleted, in UTC. Set only on what is kept to be restored, which no read returns.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Gets why its writer last wrote or deleted it; <see langword="null"/>: not said.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets which parts of <see cref="Content"/> are markers of ours, in order. Text that merely looks like one is not listed.</summary>
    public IReadOnlyList<Redaction>? Redactions { get; init; }

    /// <summary>Gets the name of the model that made <see cref="Embedding"/>; <see langword="null"/>: not embedded.</summary>
    public string? EmbeddingModel { get; init; }

    /// <summary>Gets how often the record was written; starts at 1. The ETag.</summary>
    public long Version { get; init; } = 1;

    /// <summary>Gets the unit-length embeddings of the content's passages one after another; empty when not embedded.</summary>
    /// <remarks>Reads leave it out, except an export: base64 of little-endian float32.</remarks>
    [JsonConverter(typeof(EmbeddingConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>Gets the order of writing within the engine, ascending. Set by the engine.</summary>
    [JsonIgnore]
    public long Order { get; init; }

    /// <summary>Whether it is no longer returned at a time.</summary>
    internal bool IsExpiredAt(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Refuses to go on where a version is asked for and this is another.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.PreconditionFailed"/>.</exception>
    internal void ThrowIfNotAt(long? version)
    {
        if (version is not null && Version != version)
        {
            throw new MemoryException(MemoryErrorCode.PreconditionFailed, $"The record is at version {Version} now. Read it again before changing it.");
        }
    }
}
