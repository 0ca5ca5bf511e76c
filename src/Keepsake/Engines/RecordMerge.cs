using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Engines;

/// <summary>What becomes of a record that meets one that is stored: the rules of <see cref="IMemoryEngine.UpsertAsync"/>.</summary>
internal static class RecordMerge
{
    /// <summary>The record with the same id: it is replaced, or nothing changed.</summary>
    public static (WriteResult Result, MemoryRecord Stored) OntoSameId(MemoryRecord stored, MemoryRecord incoming)
    {
        // Having been recalled since it was exported makes it no other record.
        if (stored.DeletedAt is null
            && IsSame(stored with { LastRecalledAt = null }, incoming with { LastRecalledAt = null, Version = stored.Version }))
        {
            return (WriteResult.Unchanged, stored);
        }

        return (WriteResult.Replaced, incoming with { Version = Math.Max(stored.Version + 1, incoming.Version), Order = stored.Order });
    }

    /// <summary>The record with the same key: it is replaced, or nothing changed.</summary>
    public static (WriteResult Result, MemoryRecord Stored) OntoSameKey(MemoryRecord stored, MemoryRecord incoming)
    {
        var replaced = incoming with
        {
            Id = stored.Id,
            Order = stored.Order,
            Version = stored.Version + 1,
            CreatedAt = IsGone(stored, incoming) ? incoming.CreatedAt : stored.CreatedAt,
        };
        var isSame = IsSame(
            stored with { OccurredAt = default, UpdatedAt = default, LastRecalledAt = null, Version = 0 },
            replaced with { OccurredAt = default, UpdatedAt = default, LastRecalledAt = null, Version = 0 });
        return isSame ? (WriteResult.Unchanged, stored) : (WriteResult.Replaced, replaced);
    }

    /// <summary>The record with the same content and no key: the two become one.</summary>
    public static (WriteResult Result, MemoryRecord Stored) OntoSameContent(MemoryRecord stored, MemoryRecord incoming)
    {
        if (IsGone(stored, incoming))
        {
            return (WriteResult.Replaced, incoming with { Id = stored.Id, Order = stored.Order, Version = stored.Version + 1 });
        }

        var merged = stored with
        {
            Importance = Math.Max(stored.Importance, incoming.Importance),
            Confidence = Math.Max(stored.Confidence, incoming.Confidence),
            Metadata = Unite(stored.Metadata, incoming.Metadata),
            ExpiresAt = stored.ExpiresAt is { } a && incoming.ExpiresAt is { } b ? (a > b ? a : b) : null,
            Reason = incoming.Reason ?? stored.Reason,

            // What comes with equal words is the incoming writer's: it is trusted no more than that one, and what is suspicious in it stays suspicious.
            Trust = incoming.Metadata is null && incoming.Reason is null ? stored.Trust : TrustRule.Least(stored.Trust, incoming.Trust),
            Suspicions = stored.Suspicions is null ? incoming.Suspicions
                : incoming.Suspicions is null ? stored.Suspicions
                : [.. stored.Suspicions.Union(incoming.Suspicions, StringComparer.Ordinal)],
        };
        return IsSame(stored, merged)
            ? (WriteResult.Merged, stored)
            : (WriteResult.Merged, merged with { UpdatedAt = incoming.UpdatedAt, Version = stored.Version + 1 });
    }

    /// <summary>Another live record stands where this one would: the two would be one, under two ids.</summary>
    public static MemoryException PlaceIsTaken(Exception? cause = null) => new(
        MemoryErrorCode.Conflict, "Another record has this key or content in the same namespace and actor. Forget that one first, or change it instead.", cause);

    // An expired record waits to be erased; for a writer it is not there any more.
    private static bool IsGone(MemoryRecord stored, MemoryRecord incoming) => stored.IsExpiredAt(incoming.UpdatedAt);

    private static IReadOnlyDictionary<string, MetadataValue>? Unite(
        IReadOnlyDictionary<string, MetadataValue>? old, IReadOnlyDictionary<string, MetadataValue>? @new)
    {
        if (old is null || @new is null)
        {
            return old ?? @new;
        }

        var united = new Dictionary<string, MetadataValue>(old, StringComparer.Ordinal);
        foreach (var (name, value) in @new)
        {
            if (united.ContainsKey(name) || united.Count < MemoryRecord.MaxMetadataEntries)
            {
                united[name] = value;
            }
        }

        return united;
    }

    private static bool IsSame(MemoryRecord a, MemoryRecord b) => Json(a).AsSpan().SequenceEqual(Json(b));

    private static byte[] Json(MemoryRecord record) => JsonSerializer.SerializeToUtf8Bytes(
        record with { Embedding = default, EmbeddingModel = null }, KeepsakeJson.Default.MemoryRecord);
}
