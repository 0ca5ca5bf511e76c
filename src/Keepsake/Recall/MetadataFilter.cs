using Keepsake.Capture;
using Keepsake.Protection.Redaction;
using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>The metadata that a record or an event must have to be found: each key with exactly its value.</summary>
internal sealed class MetadataFilter
{
    private readonly KeyValuePair<string, MetadataValue>[] _pairs;

    /// <summary>Takes valid pairs, at least one.</summary>
    public MetadataFilter(IReadOnlyDictionary<string, MetadataValue> pairs)
    {
        _pairs = [.. pairs.OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        Hashes = [.. _pairs.Select(pair => MetadataHash.Of(pair.Key, pair.Value)).Distinct()];
    }

    /// <summary>The pairs by <see cref="MetadataHash"/>.</summary>
    public ulong[] Hashes { get; }

    /// <summary>Reads what a caller asks for.</summary>
    /// <param name="metadata">The pairs; <see langword="null"/> or empty: everything matches.</param>
    /// <param name="redactor">Knows what is never stored, so that nothing could match it.</param>
    /// <returns>The filter, or <see langword="null"/>: there is none.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>.</exception>
    public static MetadataFilter? Of(IReadOnlyDictionary<string, MetadataValue>? metadata, Redactor redactor)
    {
        if (metadata?.Count > RecallRequest.MaxMetadataPairs)
        {
            throw MemoryException.Invalid(
                $"metadata asks for {metadata.Count} keys; at most {RecallRequest.MaxMetadataPairs} are compared. Ask for those that tell most.");
        }

        if (Rules.Metadata(metadata) is not { } valid)
        {
            return null;
        }

        // Markers stand in the place of secrets, the same one for many: compared by it, something else would be found than was asked for.
        var cleaner = new Cleaner(redactor, refuses: false);
        var clean = cleaner.Metadata(valid)!;
        return valid.All(pair => clean.TryGetValue(pair.Key, out var value) && value.Equals(pair.Value))
            ? new(clean)
            : throw MemoryException.Invalid(
                $"metadata holds a secret ({string.Join(", ", cleaner.Counts.Keys)}). Secrets are taken out of what is stored, so nothing has it; ask for other metadata.");
    }

    /// <summary>Whether a record or an event has all of it.</summary>
    public bool Matches(MemoryItem item) => Missing(item) is null;

    /// <summary>The first key, ordinally, that a record or an event has not, or with another value; <see langword="null"/>: it matches.</summary>
    public string? Missing(MemoryItem item)
    {
        var metadata = item is MemoryRecord record ? record.Metadata : ((MemoryEvent)item).Metadata;
        foreach (var (key, wanted) in _pairs)
        {
            if (metadata is null || !metadata.TryGetValue(key, out var value) || !value.Equals(wanted))
            {
                return key;
            }
        }

        return null;
    }
}
