using System.Text.Json;
using Keepsake.Protection.Sealing;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>A record with what its row holds of it, made before the record's turn to be written: the one thread that writes is not to wait for it.</summary>
internal sealed class PreparedRecord
{
    /// <summary>Prepares a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="vault">The store's vault; <see langword="null"/>: the store is not encrypted.</param>
    public PreparedRecord(MemoryRecord record, StoreVault? vault)
    {
        Record = record;
        Body = JsonSerializer.SerializeToUtf8Bytes(
            record.Embedding.IsEmpty ? record : record with { Embedding = default }, KeepsakeJson.Default.MemoryRecord);
        Embedding = EmbeddingColumn.ToBytes(record.Embedding);
        if (vault is { Seals: true })
        {
            Sealed = vault.Seal(new(IsRecord: true, record.Namespace.Path, record.ActorId, record.Id, record.Version), Body, Embedding);
            (Body, Embedding) = (Sealed.Body, Sealed.Embedding);
            (Key, ContentHash) = (record.Key is null ? null : vault.BlindKey(record.Key), vault.BlindContent(record.Namespace.Path, record.ActorId, record.Content));
        }
        else
        {
            (Key, ContentHash) = (record.Key, Engines.ContentHash.Of(record.Content));
        }

        Digest = RecordRow.Of(this, 0, 0).Digest();
    }

    /// <summary>Gets the record. Its order is not known yet.</summary>
    public MemoryRecord Record { get; }

    /// <summary>Gets the record as JSON, without its embedding; sealed in an encrypted store.</summary>
    public byte[] Body { get; }

    /// <summary>Gets the embedding as bytes, or <see langword="null"/>; sealed in an encrypted store.</summary>
    public byte[]? Embedding { get; }

    /// <summary>Gets the record's key, or what stands for it in an encrypted store.</summary>
    public string? Key { get; }

    /// <summary>Gets what equal contents share.</summary>
    public byte[] ContentHash { get; }

    /// <summary>Gets what was sealed; <see langword="null"/>: the store is not encrypted.</summary>
    public SealedRow? Sealed { get; }

    /// <summary>Gets the digest of the row's columns but its numbers.</summary>
    public byte[] Digest { get; }

    /// <summary>The same for how the store is now, where it is another than when this was prepared: keys are replaced and stores encrypted while writes wait.</summary>
    public PreparedRecord For(StoreVault? vault) => SealedRow.IsFor(Sealed, vault) ? this : new(Record, vault);
}
