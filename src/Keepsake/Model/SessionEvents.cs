using System.Text.Json.Serialization;

namespace Keepsake;

/// <summary>Events of one session.</summary>
public sealed record SessionEvents
{
    /// <summary>Gets whose session it is.</summary>
    public required string ActorId { get; init; }

    /// <summary>Gets the session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Gets how many events follow.</summary>
    public required int Count { get; init; }

    /// <summary>Gets the newest events, oldest of them first.</summary>
    public required IReadOnlyList<MemoryEvent> Events { get; init; }

    /// <summary>Gets where the next older events start; <see langword="null"/> at the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? NextCursor { get; init; }
}

/// <summary>A session that has events.</summary>
public sealed record SessionSummary
{
    /// <summary>Gets whose session it is.</summary>
    public required string ActorId { get; init; }

    /// <summary>Gets the session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Gets how many events it has.</summary>
    public required int Count { get; init; }

    /// <summary>Gets when its first event was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when its last event was stored.</summary>
    public required DateTimeOffset LastEventAt { get; init; }
}

/// <summary>An actor who has events.</summary>
/// <param name="ActorId">The actor.</param>
public sealed record ActorSummary(string ActorId);
