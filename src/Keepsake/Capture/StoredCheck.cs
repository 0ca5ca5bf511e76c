using Keepsake.Protection.Redaction;

namespace Keepsake.Capture;

/// <summary>Looks at what is stored with today's rules, field by field, and takes out what is secret.</summary>
/// <param name="redactor">Finds the secrets. What its policy refuses of a write is taken out here; what it flags stays.</param>
internal sealed class StoredCheck(Redactor redactor)
{
    /// <summary>Checks a record.</summary>
    /// <returns>The record without its secrets, the same instance where nothing changed; and where they are.</returns>
    public (MemoryItem Clean, IReadOnlyList<FoundSecret> Found) Of(MemoryItem item)
    {
        var fields = new Fields(redactor);
        MemoryItem clean = item switch
        {
            MemoryRecord record => Of(record, fields),
            MemoryEvent happened => Of(happened, fields),
            _ => item,
        };
        return (fields.HasChanged ? clean : item, fields.Found);
    }

    private static MemoryRecord Of(MemoryRecord record, Fields fields)
    {
        fields.Identifier("id", record.Id);
        fields.Identifier("namespace", record.Namespace.Path);
        fields.Identifier("actorId", record.ActorId);
        fields.Identifier("sessionId", record.SessionId);
        var (content, redactions, isSame) = fields.Content(record.Content, record.Redactions);
        return record with
        {
            Content = content,
            Redactions = redactions,
            Key = fields.Key(record.Key),
            Metadata = fields.Metadata(record.Metadata),
            Speaker = fields.Text("speaker", record.Speaker),
            Reason = fields.Text("reason", record.Reason),
            Provenance = record.Provenance with
            {
                Source = fields.Text("source", record.Provenance.Source),
                Agent = fields.Text("agent", record.Provenance.Agent),
            },
            Embedding = isSame ? record.Embedding : default,
            EmbeddingModel = isSame ? record.EmbeddingModel : null,
        };
    }

    private static MemoryEvent Of(MemoryEvent happened, Fields fields)
    {
        fields.Identifier("id", happened.Id);
        fields.Identifier("namespace", happened.Namespace?.Path);
        fields.Identifier("actorId", happened.ActorId);
        fields.Identifier("sessionId", happened.SessionId);
        var (content, redactions, isSame) = fields.Content(happened.Content, happened.Redactions);
        return happened with
        {
            Content = content,
            Redactions = redactions,
            Metadata = fields.Metadata(happened.Metadata),
            Branch = fields.Text("branch", happened.Branch)!,
            Role = fields.Text("role", happened.Role),
            EventType = fields.Text("eventType", happened.EventType),
            Embedding = isSame ? happened.Embedding : default,
            EmbeddingModel = isSame ? happened.EmbeddingModel : null,
        };
    }

    // One item's fields, and what was found in them.
    private sealed class Fields(Redactor redactor)
    {
        private readonly List<FoundSecret> _found = [];

        public IReadOnlyList<FoundSecret> Found => _found;

        public bool HasChanged { get; private set; }

        // An identifier is not rewritten: that would mix up whose memory it is.
        public void Identifier(string field, string? value)
        {
            if (value is not null && redactor.HoldsKnownSecret(value, out var kind))
            {
                _found.Add(new(field, kind, 1, Stays: true));
            }
        }

        // An earlier program stored keys that would be refused now.
        public string? Key(string? key) => key is not null && redactor.HoldsKnownSecret(key, out _) ? Text("key", key) : key;

        public (string Content, IReadOnlyList<Redaction>? Redactions, bool IsSame) Content(string content, IReadOnlyList<Redaction>? markers)
        {
            var cleaner = new Cleaner(redactor, refuses: false);
            var (clean, redactions) = cleaner.Stored(content, markers);
            var isSame = Note("content", cleaner, string.Equals(clean, content, StringComparison.Ordinal));
            return (clean, isSame ? markers : redactions, isSame);
        }

        public string? Text(string field, string? value)
        {
            var cleaner = new Cleaner(redactor, refuses: false);
            var clean = cleaner.Text(value);
            Note(field, cleaner, string.Equals(clean, value, StringComparison.Ordinal));
            return clean;
        }

        public IReadOnlyDictionary<string, MetadataValue>? Metadata(IReadOnlyDictionary<string, MetadataValue>? metadata)
        {
            var cleaner = new Cleaner(redactor, refuses: false);
            var clean = cleaner.Metadata(metadata);
            return Note("metadata", cleaner, cleaner.Counts.Count == 0 || cleaner.Counts.Keys.All(redactor.Flags)) ? metadata : clean;
        }

        private bool Note(string field, Cleaner cleaner, bool isSame)
        {
            foreach (var (kind, count) in cleaner.Counts)
            {
                _found.Add(new(field, kind, count, Stays: redactor.Flags(kind)));
            }

            HasChanged |= !isSame;
            return isSame;
        }
    }
}

/// <summary>Secrets of one kind in one field of something stored.</summary>
/// <param name="Field">The field, as JSON names it.</param>
/// <param name="Kind">The kind, as its marker says it.</param>
/// <param name="Count">How many.</param>
/// <param name="Stays">Whether a scan leaves it: it is in an identifier, or the store's policy flags it only.</param>
internal readonly record struct FoundSecret(string Field, string Kind, int Count, bool Stays);
