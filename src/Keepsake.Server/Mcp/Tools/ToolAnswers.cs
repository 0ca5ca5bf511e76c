namespace Keepsake.Server.Mcp.Tools;

// Answers that are not the library's own, because a model needs less than a program does. The others are the library's, in snake_case.

/// <summary>Events of a session, without what only an operator looks at.</summary>
internal sealed record RecallEventsAnswer(string ActorId, string SessionId, int Count, IReadOnlyList<RecalledEvent> Events, bool More)
{
    public static RecallEventsAnswer Of(SessionEvents events) =>
        new(events.ActorId, events.SessionId, events.Count, [.. events.Events.Select(RecalledEvent.Of)], events.NextCursor is not null);
}

internal sealed record RecalledEvent(
    string Id,
    string Content,
    string? Role,
    string? EventType,
    string? Branch,
    string? Namespace,
    DateTimeOffset OccurredAt,
    IReadOnlyDictionary<string, MetadataValue>? Metadata,
    Provenance? Provenance,
    MemoryTrust Trust,
    IReadOnlyList<string>? Suspicions)
{
    public static RecalledEvent Of(MemoryEvent item) => new(
        item.Id,
        item.Content,
        item.Role,
        item.EventType,
        item.Branch == MemoryEvent.MainBranch ? null : item.Branch,
        item.Namespace?.Value,
        item.OccurredAt,
        item.Metadata,
        item.Provenance,
        item.Trust,
        item.Suspicions);
}

internal sealed record UpdatePreferenceAnswer(
    bool Success, WriteResult Outcome, string? Id, IReadOnlyDictionary<string, int> Redactions, IReadOnlyList<string>? Suspicions);
