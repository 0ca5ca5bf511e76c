namespace Keepsake;

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
