using System.Text.Json;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>A record with what its row holds of it, made before the record's turn to be written: the one thread that writes is not to wait for it.</summary>
internal sealed class PreparedRecord(MemoryRecord record)
{
    /// <summary>The record. Its order is not known yet.</summary>
    public MemoryRecord Record => record;

    /// <summary>The record as JSON, without its embedding.</summary>
    public byte[] Body { get; } = JsonSerializer.SerializeToUtf8Bytes(
        record.Embedding.IsEmpty ? record : record with { Embedding = default }, KeepsakeJson.Default.MemoryRecord);

    /// <summary>The embedding as bytes, or <see langword="null"/>.</summary>
    public byte[]? Embedding { get; } = record.Embedding.IsEmpty ? null : EmbeddingText.ToBytes(record.Embedding);

    /// <summary>What equal contents share.</summary>
    public byte[] ContentHash { get; } = Engines.ContentHash.Of(record.Content);
}
