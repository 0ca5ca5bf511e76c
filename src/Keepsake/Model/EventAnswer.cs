namespace Keepsake;

/// <summary>What became of one event.</summary>
public sealed record EventAnswer
{
    /// <summary>Gets whether it is stored.</summary>
    public required bool Success { get; init; }

    /// <summary>Gets the event's id.</summary>
    public required string EventId { get; init; }

    /// <summary>Gets the engine's word in configuration, such as <c>embedded</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>Gets what became of it.</summary>
    public required WriteResult Outcome { get; init; }

    /// <inheritdoc cref="WriteOutcome.Redactions"/>
    public required IReadOnlyDictionary<string, int> Redactions { get; init; }

    /// <inheritdoc cref="WriteOutcome.Suspicions"/>
    public IReadOnlyList<string>? Suspicions { get; init; }

    /// <inheritdoc cref="WriteOutcome.Trimmed"/>
    public int? Trimmed { get; init; }
}
