using System.Text.Json;
using Keepsake.Protection.Sealing;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>An event with what its row holds of it, made before its turn to be written, like a <see cref="PreparedRecord"/>.</summary>
internal sealed class PreparedEvent
{
    /// <summary>Prepares an event.</summary>
    /// <param name="item">The event.</param>
    /// <param name="vault">The store's vault; <see langword="null"/>: the store is not encrypted.</param>
    public PreparedEvent(MemoryEvent item, StoreVault? vault)
    {
        Event = item;
        Body = JsonSerializer.SerializeToUtf8Bytes(
            item.Embedding.IsEmpty ? item : item with { Embedding = default }, KeepsakeJson.Default.MemoryEvent);
        Embedding = EmbeddingColumn.ToBytes(item.Embedding);
        if (vault is { Seals: true })
        {
            Sealed = vault.Seal(new(IsRecord: false, item.Namespace?.Path, item.ActorId, item.Id, 1), Body, Embedding);
            (Body, Embedding) = (Sealed.Body, Sealed.Embedding);
        }

        Digest = EventRow.Of(this, 0, 0).Digest();
    }

    public MemoryEvent Event { get; }

    /// <inheritdoc cref="PreparedRecord.Body"/>
    public byte[] Body { get; }

    /// <inheritdoc cref="PreparedRecord.Embedding"/>
    public byte[]? Embedding { get; }

    /// <inheritdoc cref="PreparedRecord.Sealed"/>
    public SealedRow? Sealed { get; }

    /// <inheritdoc cref="PreparedRecord.Digest"/>
    public byte[] Digest { get; }

    /// <inheritdoc cref="PreparedRecord.For"/>
    public PreparedEvent For(StoreVault? vault) => SealedRow.IsFor(Sealed, vault) ? this : new(Event, vault);
}
