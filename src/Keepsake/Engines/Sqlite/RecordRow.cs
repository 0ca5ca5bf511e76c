using System.Text.Json;
using Keepsake.Engines.Sqlite.Integrity;
using Keepsake.Protection.Sealing;
using Keepsake.Serialization;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>The columns of a record's row, as they are stored.</summary>
internal readonly record struct RecordRow(
    long Seq, long Store, string Id, string Path, string Actor, string? Key, long Kind, byte[] ContentHash,
    long? ExpiresAt, long? DeletedAt, long Version, byte[] Body, byte[]? Embedding)
{
    /// <summary>The columns in their order, the checksum last.</summary>
    public const string Columns =
        "seq, store, id, path, actor, key, kind, content_hash, expires_at, deleted_at, version, body, embedding, checksum";

    /// <summary>What is read of a record: its columns and its guard's.</summary>
    public const string Guarded = $"{Columns}, {GuardedRow.Columns} FROM records {GuardedRow.Join}";

    private const int ChecksumColumn = 13;

    /// <summary>The row of a record.</summary>
    public static RecordRow Of(PreparedRecord prepared, long store, long seq)
    {
        var record = prepared.Record;
        return new(
            seq, store, record.Id, record.Namespace.Path, record.ActorId ?? "", prepared.Key, (long)record.Kind, prepared.ContentHash,
            record.ExpiresAt?.UtcTicks, record.DeletedAt?.UtcTicks, record.Version, prepared.Body, prepared.Embedding);
    }

    /// <summary>Reads a row, if it may be given out.</summary>
    /// <returns>The row with its guard, or <see langword="null"/>: it is damaged, or not what it was.</returns>
    public static (RecordRow Row, GuardedRow Guard)? Read(RowGuard guard, SqliteDataReader reader)
    {
        var row = new RecordRow(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.TextOrNull(5), reader.GetInt64(6),
            reader.Bytes(7), reader.NumberOrNull(8), reader.NumberOrNull(9), reader.GetInt64(10), reader.Bytes(11), reader.BytesOrNull(12));
        var guarded = GuardedRow.Read(reader, row.Store, row.Seq, reader.Bytes(ChecksumColumn), ChecksumColumn + 1);
        return guard.Passes(guarded, row.Digest) ? (row, guarded) : null;
    }

    /// <summary>What the row's seal says of it.</summary>
    public RowName Name => new(IsRecord: true, Path, Actor.Length == 0 ? null : Actor, Id, Version);

    /// <summary>The record that the row holds.</summary>
    public MemoryRecord Record(RowGuard guard, GuardedRow guarded)
    {
        var (body, embedding) = guard.Open(guarded, Name, Body, Embedding);
        return JsonSerializer.Deserialize(body, KeepsakeJson.Default.MemoryRecord)! with
        {
            Order = Seq,
            Embedding = EmbeddingColumn.FromBytes(embedding),
        };
    }

    /// <summary>The columns' values in their order.</summary>
    public object?[] Values(byte[] checksum) =>
    [
        Seq, Store, Id, Path, Actor, Key, Kind, ContentHash, ExpiresAt, DeletedAt, Version, Body, Embedding, checksum,
    ];

    /// <summary>The digest of all columns but the row's and the store's number.</summary>
    public byte[] Digest() => Digest(withNumbers: false);

    /// <summary>The digest.</summary>
    /// <param name="withNumbers">Whether both numbers are in it, as schema 3 had it.</param>
    public byte[] Digest(bool withNumbers)
    {
        var checksum = new RowChecksum("records");
        if (withNumbers)
        {
            checksum.Add(Seq);
            checksum.Add(Store);
        }

        checksum.Add(Id);
        checksum.Add(Path);
        checksum.Add(Actor);
        checksum.Add(Key);
        checksum.Add(Kind);
        checksum.Add(ContentHash);
        checksum.Add(ExpiresAt);
        checksum.Add(DeletedAt);
        checksum.Add(Version);
        checksum.Add(Body);
        checksum.Add(Embedding);
        return checksum.Finish();
    }
}
