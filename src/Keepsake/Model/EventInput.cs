namespace Keepsake;

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

    /// <inheritdoc cref="Provenance.Source"/>
    public string? Source { get; init; }

    /// <summary>Gets where the words came from; <see langword="null"/>: a tool where that is the <see cref="Role"/>, else an agent.</summary>
    public MemoryOrigin? Origin { get; init; }

    /// <summary>Gets when it happened; <see langword="null"/>: now.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <inheritdoc cref="MemoryEvent.Metadata"/>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }
}
