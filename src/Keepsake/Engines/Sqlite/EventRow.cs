using System.Text.Json;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection.Sealing;
using Keepsake.Serialization;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>The columns of an event's row, as they are stored.</summary>
internal readonly record struct EventRow(
    long Seq, long Store, string Id, string Actor, string Session, string Branch, string? Path, long CreatedAt,
    long? ExpiresAt, long? DeletedAt, byte[] Body, byte[]? Embedding)
{
    /// <inheritdoc cref="RecordRow.Columns"/>
    public const string Columns =
        "seq, store, id, actor, session, branch, path, created_at, expires_at, deleted_at, body, embedding, checksum";

    /// <inheritdoc cref="RecordRow.Guarded"/>
    public const string Guarded = $"{Columns}, {GuardedRow.Columns} FROM events {GuardedRow.Join}";

    private const int ChecksumColumn = 12;

    /// <summary>The row of an event.</summary>
    public static EventRow Of(PreparedEvent prepared, long store, long seq)
    {
        var item = prepared.Event;
        return new(
            seq, store, item.Id, item.ActorId, item.SessionId, item.Branch, item.Namespace?.Path, item.CreatedAt.UtcTicks,
            item.ExpiresAt?.UtcTicks, item.DeletedAt?.UtcTicks, prepared.Body, prepared.Embedding);
    }

    /// <inheritdoc cref="RecordRow.Read"/>
    public static (EventRow Row, GuardedRow Guard)? Read(RowGuard guard, SqliteDataReader reader)
    {
        var row = new EventRow(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
            reader.TextOrNull(6), reader.GetInt64(7), reader.NumberOrNull(8), reader.NumberOrNull(9), reader.Bytes(10), reader.BytesOrNull(11));
        var guarded = GuardedRow.Read(reader, row.Store, row.Seq, reader.Bytes(ChecksumColumn), ChecksumColumn + 1);
        return guard.Passes(guarded, row.Digest) ? (row, guarded) : null;
    }

    /// <inheritdoc cref="RecordRow.Name"/>
    public RowName Name => new(IsRecord: false, Path, Actor, Id, 1);

    /// <summary>The event that the row holds.</summary>
    public MemoryEvent Event(RowGuard guard, GuardedRow guarded)
    {
        var (body, embedding) = guard.Open(guarded, Name, Body, Embedding);
        return JsonSerializer.Deserialize(body, KeepsakeJson.Default.MemoryEvent)! with
        {
            Order = Seq,
            Embedding = EmbeddingColumn.FromBytes(embedding),
        };
    }

    /// <inheritdoc cref="RecordRow.Values"/>
    public object?[] Values(byte[] checksum) =>
    [
        Seq, Store, Id, Actor, Session, Branch, Path, CreatedAt, ExpiresAt, DeletedAt, Body, Embedding, checksum,
    ];

    /// <inheritdoc cref="RecordRow.Digest()"/>
    public byte[] Digest() => Digest(withNumbers: false);

    /// <inheritdoc cref="RecordRow.Digest(bool)"/>
    public byte[] Digest(bool withNumbers)
    {
        var checksum = new RowChecksum("events");
        if (withNumbers)
        {
            checksum.Add(Seq);
            checksum.Add(Store);
        }

        checksum.Add(Id);
        checksum.Add(Actor);
        checksum.Add(Session);
        checksum.Add(Branch);
        checksum.Add(Path);
        checksum.Add(CreatedAt);
        checksum.Add(ExpiresAt);
        checksum.Add(DeletedAt);
        checksum.Add(Body);
        checksum.Add(Embedding);
        return checksum.Finish();
    }
}
