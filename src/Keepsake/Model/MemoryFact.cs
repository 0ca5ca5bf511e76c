namespace Keepsake;

/// <summary>A fact as a caller hands it in. In JSON a string will do where only the content is known.</summary>
public sealed record MemoryFact
{
    /// <summary>Gets the fact in plain words, 1 to <see cref="MemoryRecord.MaxContentLength"/> characters.</summary>
    public required string Content { get; init; }

    /// <inheritdoc cref="MemoryRecord.Key"/>
    public string? Key { get; init; }

    /// <summary>Gets what it is about; <see langword="null"/>: a fact.</summary>
    public MemoryKind? Kind { get; init; }

    /// <inheritdoc cref="MemoryRecord.ActorId"/>
    public string? ActorId { get; init; }

    /// <inheritdoc cref="MemoryRecord.SessionId"/>
    public string? SessionId { get; init; }

    /// <inheritdoc cref="MemoryRecord.Speaker"/>
    public string? Speaker { get; init; }

    /// <summary>Gets when it happened or was said; <see langword="null"/>: now.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <inheritdoc cref="MemoryRecord.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets how much it matters, 0 to 1; <see langword="null"/>: 0.5.</summary>
    public double? Importance { get; init; }

    /// <summary>Gets how sure the writer is, 0 to 1; <see langword="null"/>: 1.</summary>
    public double? Confidence { get; init; }

    /// <inheritdoc cref="MemoryRecord.Metadata"/>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }

    /// <summary>Gets why it is written; <see langword="null"/>: not said.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets the content's embedding as base64 of little-endian float32; <see langword="null"/>: the store makes it.</summary>
    public string? Embedding { get; init; }

    /// <summary>Gets the model that made <see cref="Embedding"/>; it must be the store's own.</summary>
    public string? EmbeddingModel { get; init; }
}
