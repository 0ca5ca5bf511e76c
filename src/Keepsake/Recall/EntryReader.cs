using Keepsake.Embedding;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall;

/// <summary>Reads of a record or an event what the index is told of it.</summary>
/// <param name="embedder">Whose vectors are taken: those of another model cannot be compared with a question's.</param>
internal sealed class EntryReader(Embedder embedder)
{
    /// <summary>Reads an item.</summary>
    /// <returns>The entry, or <see langword="null"/>: it is not searched.</returns>
    public IndexEntry? Of(MemoryItem? item) => item switch
    {
        MemoryRecord { SupersededBy: null } record => new()
        {
            Id = record.Id,
            Version = record.Version,
            Path = record.Namespace.Path,
            Content = record.Content,
            Session = SessionOf(record.ActorId, record.SessionId),
            Speaker = record.Speaker,
            OccurredAt = record.OccurredAt,
            ExpiresAt = record.ExpiresAt,
            Importance = record.Importance,
            LastRecalledAt = record.LastRecalledAt,
            Tier = record.Tier,
            IsSuspicious = record.Suspicions is not null,
            Metadata = record.Metadata,
            Order = record.Order,
            IsEmbedded = record.EmbeddingModel == embedder.Model,
            Vectors = VectorsOf(record.Embedding, record.EmbeddingModel, record.Content),
        },
        MemoryEvent { Namespace: { } @namespace } @event => new()
        {
            Id = @event.Id,
            Version = 1,
            IsEvent = true,
            Path = @namespace.Path,
            Content = @event.Content,
            Session = SessionOf(@event.ActorId, @event.SessionId),
            Speaker = @event.Role,
            OccurredAt = @event.OccurredAt,
            ExpiresAt = @event.ExpiresAt,
            IsSuspicious = @event.Suspicions is not null,
            Metadata = @event.Metadata,
            Order = @event.Order,
            IsEmbedded = @event.EmbeddingModel == embedder.Model,
            Vectors = VectorsOf(@event.Embedding, @event.EmbeddingModel, @event.Content),
        },
        _ => null,
    };

    // Sessions of two actors may bear one name.
    private static string? SessionOf(string? actor, string? session) => session is null ? null : $"{actor}\n{session}";

    // How long an embedding is, an endpoint says only when it is asked.
    private float[][] VectorsOf(ReadOnlyMemory<float> embedding, string? model, string content)
    {
        if (embedding.IsEmpty || model != embedder.Model)
        {
            return [];
        }

        var vectors = new float[Passages.Split(content).Length][];
        var dimensions = embedding.Length / vectors.Length;
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = embedding.Slice(i * dimensions, dimensions).ToArray();
        }

        return vectors;
    }
}
