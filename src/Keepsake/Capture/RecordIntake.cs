using Keepsake.Protection.Redaction;

namespace Keepsake.Capture;

/// <summary>Makes records of facts, and takes whole records back from an export: validated, then redacted.</summary>
/// <param name="redactor">Takes the secrets out.</param>
/// <param name="watcher">Finds suspicious text.</param>
/// <param name="embedder">Checks embeddings that callers bring.</param>
/// <param name="ids">Makes ids.</param>
internal sealed class RecordIntake(Redactor redactor, Watcher watcher, ContentEmbedder embedder, Ids ids)
{
    /// <summary>Makes a record of a fact.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/> or <see cref="MemoryErrorCode.TooLarge"/>.</exception>
    public Prepared<MemoryRecord> FromFact(
        MemoryFact? fact, MemoryNamespace @namespace, Provenance provenance, DateTimeOffset now, List<Hit>? known = null)
    {
        if (fact is null)
        {
            throw MemoryException.Invalid("A fact is null. Each is a string, or an object with 'content'.");
        }

        // It would be called stored and be gone, and with a key what was there before it, too.
        if (fact.ExpiresAt <= now)
        {
            throw MemoryException.Invalid("expiresAt is in the past, so nothing would be remembered. Use a later time, or leave it out for never.");
        }

        var cleaner = new Cleaner(redactor);
        var (content, redactions) = cleaner.Content(Rules.Seen(fact.Content), known);
        var embedding = fact.Embedding is null
            ? fact.EmbeddingModel is null ? default : throw MemoryException.Invalid("embeddingModel comes with an embedding only.")
            : embedder.Brought(fact.Embedding, fact.EmbeddingModel, content);
        var record = new MemoryRecord
        {
            Id = ids.NewRecord(),
            Namespace = @namespace,
            Kind = fact.Kind ?? (fact.Key is not null && @namespace.IsOfPreferences ? MemoryKind.Preference : MemoryKind.Fact),
            Key = Key(fact.Key),
            Content = content,
            Redactions = redactions,
            Metadata = cleaner.Metadata(Rules.Metadata(fact.Metadata)),
            ActorId = fact.ActorId is null ? null : Cleaner.Identifier(redactor, Rules.ActorId(fact.ActorId), "actorId"),
            SessionId = fact.SessionId is null ? null : Cleaner.Identifier(redactor, Rules.SessionId(fact.SessionId), "sessionId"),
            Speaker = cleaner.Text(Rules.Name(fact.Speaker, MemoryRecord.MaxSpeakerLength, "speaker")),
            OccurredAt = (fact.OccurredAt ?? now).ToUniversalTime(),
            ExpiresAt = fact.ExpiresAt?.ToUniversalTime(),
            Importance = Rules.Share(fact.Importance, 0.5, "importance"),
            Confidence = Rules.Share(fact.Confidence, 1, "confidence"),
            Provenance = provenance,
            Reason = cleaner.Text(Rules.Text(fact.Reason, MemoryRecord.MaxReasonLength, "reason")),
            CreatedAt = now,
            UpdatedAt = now,

            // What redaction changed is no longer what the caller embedded.
            Embedding = redactions is null ? embedding : default,
            EmbeddingModel = redactions is null && !embedding.IsEmpty ? fact.EmbeddingModel : null,
        };
        return new() { Item = Watched(record), Redactions = cleaner.Counts };
    }

    /// <summary>Takes a record from an export, id and times as they are.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/> or <see cref="MemoryErrorCode.TooLarge"/>.</exception>
    public Prepared<MemoryRecord> FromExport(MemoryRecord record)
    {
        var cleaner = new Cleaner(redactor);
        var (content, redactions) = cleaner.Stored(Exported(record), record.Redactions);
        if (record.Version is < 1 or > MemoryRecord.MaxVersion)
        {
            throw MemoryException.Invalid($"version is {record.Version}; it is 1 to {MemoryRecord.MaxVersion}, and 1 when it is left out.");
        }

        if (Ids.IsEvent(record.Id))
        {
            throw MemoryException.Invalid("The id of a record holds '#', which only ids of events do; a search would not find it. Use another id.");
        }

        var fits = ReferenceEquals(content, record.Content) && !record.Embedding.IsEmpty && string.Equals(record.EmbeddingModel, embedder.Model, StringComparison.Ordinal);
        var embedding = fits ? embedder.Brought(record.Embedding, content) : default;
        return new()
        {
            Redactions = cleaner.Counts,
            Item = Watched(record with
            {
                Id = Cleaner.Identifier(redactor, Rules.GivenId(record.Id), "id"),
                Content = content,
                Redactions = redactions,
                Key = Key(record.Key),
                Metadata = cleaner.Metadata(Rules.Metadata(record.Metadata)),
                ActorId = record.ActorId is null ? null : Cleaner.Identifier(redactor, Rules.ActorId(record.ActorId), "actorId"),
                SessionId = record.SessionId is null ? null : Cleaner.Identifier(redactor, Rules.SessionId(record.SessionId), "sessionId"),
                Speaker = cleaner.Text(Rules.Name(record.Speaker, MemoryRecord.MaxSpeakerLength, "speaker")),
                Importance = Rules.Share(record.Importance, 0.5, "importance"),
                Confidence = Rules.Share(record.Confidence, 1, "confidence"),
                Reason = cleaner.Text(Rules.Text(record.Reason, MemoryRecord.MaxReasonLength, "reason")),
                Provenance = Clean(cleaner, record.Provenance),
                Trust = TrustRule.Least(record.Trust, TrustRule.Of(record.Provenance)),
                OccurredAt = record.OccurredAt.ToUniversalTime(),
                CreatedAt = record.CreatedAt.ToUniversalTime(),
                UpdatedAt = record.UpdatedAt.ToUniversalTime(),
                LastRecalledAt = record.LastRecalledAt?.ToUniversalTime(),
                ExpiresAt = record.ExpiresAt?.ToUniversalTime(),
                DeletedAt = null,
                Embedding = embedding,
                EmbeddingModel = embedding.IsEmpty ? null : record.EmbeddingModel,
            }),
        };
    }

    /// <summary>Applies a patch to a record.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/> or <see cref="MemoryErrorCode.TooLarge"/>.</exception>
    public MemoryRecord Patch(MemoryRecord record, RecordPatch patch, DateTimeOffset now)
    {
        if (patch.ExpiresAt.Or(null) <= now)
        {
            throw MemoryException.Invalid("expiresAt is in the past, and the record would be gone. Use a later time or null for never, or delete the record.");
        }

        var cleaner = new Cleaner(redactor);
        var patched = record with
        {
            Kind = patch.Kind.Or(record.Kind),
            Tier = patch.Tier.Or(record.Tier),
            Importance = Rules.Share(patch.Importance.Or(record.Importance), 0.5, "importance"),
            Confidence = Rules.Share(patch.Confidence.Or(record.Confidence), 1, "confidence"),
            Metadata = patch.Metadata.IsSet ? cleaner.Metadata(Rules.Metadata(patch.Metadata.Or(null))) : record.Metadata,
            Speaker = patch.Speaker.IsSet
                ? cleaner.Text(Rules.Name(patch.Speaker.Or(null), MemoryRecord.MaxSpeakerLength, "speaker"))
                : record.Speaker,
            OccurredAt = patch.OccurredAt.Or(record.OccurredAt).ToUniversalTime(),
            ExpiresAt = patch.ExpiresAt.Or(record.ExpiresAt)?.ToUniversalTime(),
            Reason = cleaner.Text(Rules.Text(patch.Reason, MemoryRecord.MaxReasonLength, "reason")) ?? record.Reason,
            UpdatedAt = now,
        };
        if (!patch.Content.IsSet)
        {
            return Watched(patched);
        }

        // Other words are no longer those of the first writer, so they are trusted no more than an agent's.
        var (content, redactions) = cleaner.Content(Rules.Seen(patch.Content.Or("")));
        var trust = TrustRule.Least(record.Trust, TrustRule.Of(MemoryOrigin.Agent));
        return Watched(patched with { Content = content, Redactions = redactions, Trust = trust, Embedding = default, EmbeddingModel = null });
    }

    /// <summary>Who wrote what a call brings.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>.</exception>
    public Provenance Provenance(RememberRequest request)
    {
        IReadOnlyList<string> parents = request.DerivedFrom ?? [];
        return Clean(new(redactor), new()
        {
            Source = request.Source,
            Agent = request.Agent,
            Origin = request.Origin ?? MemoryOrigin.Agent,
            Events = [.. parents.Where(Ids.IsEvent).Distinct(StringComparer.Ordinal)],
            Records = parents.Where(id => !Ids.IsEvent(id)).Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } records ? records : null,
        });
    }

    // A key says which record is replaced: two that became one marker, or one that looks random, would replace what they are not.
    private string? Key(string? key) => Rules.Name(key, MemoryRecord.MaxKeyLength, "key") is { } name ? Cleaner.Identifier(redactor, name, "key") : null;

    private MemoryRecord Watched(MemoryRecord record) => record with
    {
        Suspicions = watcher.Suspicions(
            record.Metadata, record.Content, record.Key, record.Speaker, record.Reason, record.Provenance.Source, record.Provenance.Agent),
    };

    private static Provenance Clean(Cleaner cleaner, Provenance provenance) => provenance with
    {
        Source = cleaner.Text(Rules.Text(provenance.Source, Keepsake.Provenance.MaxLength, "source")),
        Agent = cleaner.Text(Rules.Name(provenance.Agent, Keepsake.Provenance.MaxLength, "agent")),
        Events = Rules.Parents(provenance.Events) ?? [],
        Records = Rules.Parents(provenance.Records),
        Sources = provenance.Sources is null
            ? null
            : [.. Rules.Few(provenance.Sources).Select(source => cleaner.Text(Rules.Text(source, Keepsake.Provenance.MaxLength, "source"))!)],
    };

    // A marker is longer than a short secret, so what was stored may be longer than what may be written.
    private static string Exported(MemoryRecord record) => record.Redactions is { Count: > 0 }
        ? Rules.WellFormed(record.Content, "content")
        : Rules.Content(record.Content);
}
