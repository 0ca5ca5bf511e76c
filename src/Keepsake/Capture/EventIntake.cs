using Keepsake.Protection.Redaction;

namespace Keepsake.Capture;

/// <summary>Makes events of what callers send, and takes whole events back from an export: validated, then redacted.</summary>
/// <param name="redactor">Takes the secrets out.</param>
/// <param name="watcher">Finds suspicious text.</param>
/// <param name="embedder">Checks embeddings that an export brings.</param>
/// <param name="ids">Makes ids.</param>
/// <param name="retention">How long an event is kept; <see langword="null"/>: for ever.</param>
internal sealed class EventIntake(Redactor redactor, Watcher watcher, ContentEmbedder embedder, Ids ids, TimeSpan? retention)
{
    /// <summary>Makes an event.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/> or <see cref="MemoryErrorCode.TooLarge"/>.</exception>
    public Prepared<MemoryEvent> FromInput(EventInput input, DateTimeOffset now)
    {
        var cleaner = new Cleaner(redactor);
        var (content, redactions) = cleaner.Content(Rules.Seen(input.Content));
        var occurredAt = (input.OccurredAt ?? now).ToUniversalTime();
        var item = new MemoryEvent
        {
            Id = ids.NewEvent(occurredAt),
            ActorId = Cleaner.Identifier(redactor, Rules.ActorId(input.ActorId), "actorId"),
            SessionId = Cleaner.Identifier(redactor, Rules.SessionId(input.SessionId), "sessionId"),
            Branch = cleaner.Text(Rules.Name(input.Branch, MemoryEvent.MaxNameLength, "branch")) ?? MemoryEvent.MainBranch,
            Namespace = input.Namespace is null ? null : Namespace(input.Namespace),
            Role = cleaner.Text(Rules.Name(input.Role, MemoryEvent.MaxNameLength, "role")),
            EventType = cleaner.Text(Rules.Name(input.EventType, MemoryEvent.MaxNameLength, "eventType")),
            Content = content,
            Redactions = redactions,
            Metadata = cleaner.Metadata(Rules.Metadata(input.Metadata)),
            Provenance = ProvenanceOf(input, cleaner),
            OccurredAt = occurredAt,
            CreatedAt = now,
            ExpiresAt = now + retention,
        };
        return new() { Item = Watched(item), Redactions = cleaner.Counts };
    }

    /// <summary>Takes an event from an export, id and times as they are.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/> or <see cref="MemoryErrorCode.TooLarge"/>.</exception>
    public Prepared<MemoryEvent> FromExport(MemoryEvent item)
    {
        if (!Ids.IsEvent(Rules.GivenId(item.Id)))
        {
            throw MemoryException.Invalid(
                "The id of an event holds no '#'; without one a search would not find it. Use the time in milliseconds as 19 digits, '#' and 8 hex digits.");
        }

        var cleaner = new Cleaner(redactor);
        var (content, redactions) = cleaner.Stored(
            item.Redactions is { Count: > 0 } ? Rules.WellFormed(item.Content, "content") : Rules.Content(item.Content), item.Redactions);
        var fits = ReferenceEquals(content, item.Content) && !item.Embedding.IsEmpty && string.Equals(item.EmbeddingModel, embedder.Model, StringComparison.Ordinal);
        var embedding = fits ? embedder.Brought(item.Embedding, content) : default;
        return new()
        {
            Redactions = cleaner.Counts,
            Item = Watched(item with
            {
                Id = Cleaner.Identifier(redactor, Rules.GivenId(item.Id), "id"),
                ActorId = Cleaner.Identifier(redactor, Rules.ActorId(item.ActorId), "actorId"),
                SessionId = Cleaner.Identifier(redactor, Rules.SessionId(item.SessionId), "sessionId"),
                Branch = cleaner.Text(Rules.Name(item.Branch, MemoryEvent.MaxNameLength, "branch"))!,
                Role = cleaner.Text(Rules.Name(item.Role, MemoryEvent.MaxNameLength, "role")),
                EventType = cleaner.Text(Rules.Name(item.EventType, MemoryEvent.MaxNameLength, "eventType")),
                Content = content,
                Redactions = redactions,
                Metadata = cleaner.Metadata(Rules.Metadata(item.Metadata)),
                OccurredAt = item.OccurredAt.ToUniversalTime(),
                CreatedAt = item.CreatedAt.ToUniversalTime(),
                ExpiresAt = item.ExpiresAt?.ToUniversalTime(),
                DeletedAt = null,
                Embedding = embedding,
                EmbeddingModel = embedding.IsEmpty ? null : item.EmbeddingModel,
                Provenance = item.Provenance is { } provenance
                    ? provenance with { Source = Source(provenance.Source, cleaner), Agent = cleaner.Text(Rules.Name(provenance.Agent, Provenance.MaxLength, "agent")) }
                    : null,
                Trust = TrustRule.Least(item.Trust, (item with { Trust = default }).Trust),
            }),
        };
    }

    private MemoryEvent Watched(MemoryEvent item) => item with
    {
        Suspicions = watcher.Suspicions(item.Metadata, item.Content, item.Role, item.EventType, item.Provenance?.Source),
    };

    // What the role says already is not noted a second time.
    private static Provenance? ProvenanceOf(EventInput input, Cleaner cleaner)
    {
        var origin = input.Origin ?? MemoryEvent.OriginOf(input.Role);
        return input.Source is null && origin == MemoryEvent.OriginOf(input.Role)
            ? null
            : new() { Source = Source(input.Source, cleaner), Origin = origin };
    }

    private static string? Source(string? source, Cleaner cleaner) => cleaner.Text(Rules.Text(source, Provenance.MaxLength, "source"));

    private MemoryNamespace Namespace(string value)
    {
        Cleaner.Identifier(redactor, value, "namespace");
        return MemoryNamespace.Parse(value);
    }
}
