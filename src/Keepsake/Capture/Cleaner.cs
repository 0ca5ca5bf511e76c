using Keepsake.Protection.Redaction;

namespace Keepsake.Capture;

/// <summary>Takes the secrets out of one thing that is to be written, and counts them.</summary>
/// <param name="redactor">Finds the secrets.</param>
/// <param name="refuses">Whether what the store's policy refuses is refused; else it is taken out too.</param>
internal sealed class Cleaner(Redactor redactor, bool refuses = true)
{
    private Dictionary<string, int>? _counts;

    /// <summary>Gets how many secrets of each kind were taken out so far.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts ?? WriteOutcome.NoRedactions;

    /// <summary>Cleans the content and says where the markers are.</summary>
    /// <param name="content">The content.</param>
    /// <param name="known">What is secret in it for a reason that it does not show; <see langword="null"/>: nothing.</param>
    public (string Content, IReadOnlyList<Redaction>? Redactions) Content(string content, List<Hit>? known = null)
    {
        var redacted = redactor.Redact(content, known);
        Count(redacted.Redactions);
        return (redacted.Text, redacted.Redactions.Count == 0 ? null : redacted.Redactions);
    }

    /// <summary>Cleans content that was stored once, and keeps what is known of its markers.</summary>
    /// <param name="content">The content.</param>
    /// <param name="markers">Which parts of it are markers of ours; what is none is dropped.</param>
    public (string Content, IReadOnlyList<Redaction>? Redactions) Stored(string content, IReadOnlyList<Redaction>? markers)
    {
        var redacted = redactor.Redact(content, null);
        Count(redacted.Redactions);
        var spans = Markers.Carry(content, markers, redacted.Redactions);
        return (redacted.Text, spans.Count == 0 ? null : spans);
    }

    /// <summary>Cleans a short text.</summary>
    public string? Text(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var redacted = redactor.Redact(text);
        Count(redacted.Redactions);
        return redacted.Text;
    }

    public IReadOnlyDictionary<string, MetadataValue>? Metadata(IReadOnlyDictionary<string, MetadataValue>? metadata)
    {
        if (metadata is null)
        {
            return null;
        }

        var clean = new Dictionary<string, MetadataValue>(metadata.Count, StringComparer.Ordinal);
        foreach (var (key, value) in metadata)
        {
            var cleanKey = Text(key)!;

            // Two secrets may give one marker: both values stay.
            for (var i = 2; clean.ContainsKey(cleanKey); i++)
            {
                cleanKey = $"{Text(key)} {i}";
            }

            clean[cleanKey] = value.Value switch
            {
                string text => Labelled(key, text),
                IReadOnlyList<string> list => MetadataValue.Of([.. list.Select(item => Text(item)!)]),
                _ => value,
            };
        }

        return clean;
    }

    /// <summary>Refuses an identifier that holds a secret: rewriting it would mix up whose memory, or which one, it is.</summary>
    public static string Identifier(Redactor redactor, string id, string name) => !redactor.HoldsKnownSecret(id, out var kind)
        ? id
        : throw MemoryException.Invalid($"{name} holds a secret ({kind}). Use a name that is not one.");

    // A value such as "password": "hunter2" is a secret by its name only, so the two are read together.
    private MetadataValue Labelled(string key, string text)
    {
        var alone = redactor.Redact(text);
        if (alone.Redactions.Count == 0)
        {
            var prefix = key + ": ";
            var labelled = redactor.Redact(prefix + text);
            if (labelled.Text.StartsWith(prefix, StringComparison.Ordinal))
            {
                Count(labelled.Redactions);
                return MetadataValue.Of(labelled.Text[prefix.Length..]);
            }
        }

        Count(alone.Redactions);
        return MetadataValue.Of(alone.Text);
    }

    private void Count(IReadOnlyList<Redaction> redactions)
    {
        foreach (var redaction in redactions)
        {
            if (refuses && redactor.Refuses(redaction.Kind))
            {
                throw MemoryException.Invalid($"It holds what this store refuses ({redaction.Kind}). Take it out and send it again.");
            }

            _counts ??= new(StringComparer.Ordinal);
            _counts[redaction.Kind] = _counts.GetValueOrDefault(redaction.Kind) + 1;
        }
    }
}
