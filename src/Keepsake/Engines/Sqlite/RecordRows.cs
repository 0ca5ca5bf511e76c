using System.Text.Json;
using Keepsake.Serialization;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the table of records: written whole, and read only after their checksum has been verified.</summary>
internal static class RecordRows
{
    private const string Columns =
        "seq, store, id, path, actor, key, kind, content_hash, expires_at, deleted_at, version, body, embedding, checksum";

    /// <summary>Reads the live record with an id.</summary>
    public static MemoryRecord? ById(SqliteSession session, SqliteHealth health, long store, string id) => One(
        session, health, $"SELECT {Columns} FROM records WHERE store = $1 AND id = $2 AND deleted_at IS NULL", store, id);

    /// <summary>Reads the record with an id, deleted or not.</summary>
    public static MemoryRecord? ByIdEvenDeleted(SqliteSession session, SqliteHealth health, long store, string id) => One(
        session, health, $"SELECT {Columns} FROM records WHERE store = $1 AND id = $2", store, id);

    /// <summary>Reads the live record with the key of another in its namespace and actor.</summary>
    public static MemoryRecord? ByKeyOf(SqliteSession session, SqliteHealth health, long store, MemoryRecord record) => One(
        session,
        health,
        $"SELECT {Columns} FROM records WHERE store = $1 AND path = $2 AND actor = $3 AND key = $4 AND deleted_at IS NULL",
        store, record.Namespace.Path, record.ActorId ?? "", record.Key);

    /// <summary>Reads the live record without a key that has the content of another in its namespace and actor.</summary>
    public static MemoryRecord? ByContentOf(SqliteSession session, SqliteHealth health, long store, MemoryRecord record) => One(
        session,
        health,
        $"SELECT {Columns} FROM records WHERE store = $1 AND path = $2 AND actor = $3 AND content_hash = $4 AND key IS NULL AND deleted_at IS NULL",
        store, record.Namespace.Path, record.ActorId ?? "", ContentHash.Of(record.Content));

    /// <summary>Reads a part of a list.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="health">Where damaged rows are noted; they are left out.</param>
    /// <param name="store">The store's number.</param>
    /// <param name="filter">What is wanted.</param>
    /// <param name="showsClosed">Whether rows in quarantine are listed too.</param>
    /// <param name="limit">Most records.</param>
    /// <param name="afterPath">The path where the last part ended; empty: from the start.</param>
    /// <param name="afterSeq">The row where the last part ended.</param>
    /// <param name="atEnd">Whether there are no more.</param>
    public static List<MemoryRecord> List(
        SqliteSession session, SqliteHealth health, long store, RecordFilter filter, bool showsClosed, int limit,
        ref string afterPath, ref long afterSeq, out bool atEnd)
    {
        const string Sql = $"""
            SELECT {Columns} FROM records
            WHERE store = $1 AND deleted_at IS NULL
              AND (path, seq) > ($2, $3) AND path < $11
              AND ($4 = '' OR path = $4 OR (path > $4 || '/' AND path < $4 || '0'))
              AND ($5 IS NULL OR actor = $5) AND ($6 IS NULL OR kind = $6) AND ($7 IS NULL OR key = $7)
              AND ($8 = 0 OR key IS NOT NULL) AND ($9 IS NULL OR expires_at IS NULL OR expires_at > $9)
              AND ($12 = 1 OR {QuarantineRows.RecordIsOpen})
            ORDER BY path, seq LIMIT $10
            """;
        var scope = filter.Scope.Path;
        if (afterPath.Length == 0)
        {
            (afterPath, afterSeq) = (scope, -1);
        }

        // '0' follows '/', so everything under the scope sorts before scope + '0'.
        using var reader = session.Query(
            Sql, store, afterPath, afterSeq, scope, filter.ActorId, (long?)filter.Kind, filter.Key, filter.KeyedOnly ? 1 : 0, filter.Now?.UtcTicks, limit + 1,
            scope.Length == 0 ? "~" : scope + "0", showsClosed ? 1 : 0);
        List<MemoryRecord> records = [];
        var rows = 0;
        var progressed = false;
        atEnd = true;
        while (reader.Read())
        {
            if (rows++ == limit)
            {
                atEnd = false;
                break;
            }

            // A damaged index may give a row out of its order; going on from there would skip others, or come back for ever.
            var (path, seq) = (reader.TextOrNull(3) ?? "", reader.GetInt64(0));
            if (string.CompareOrdinal(path, afterPath) is var order && (order < 0 || (order == 0 && seq <= afterSeq)))
            {
                health.Damaged("records", seq);
                continue;
            }

            (afterPath, afterSeq) = (path, seq);
            progressed = true;
            if (TryRead(reader, out var record))
            {
                records.Add(record);
            }
            else
            {
                health.Damaged("records", afterSeq);
            }
        }

        return progressed || atEnd ? records : throw SqliteFaults.DamagedFile();
    }

    /// <summary>Reads live rows in the order of writing.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="health">Where damaged rows are noted; they are left out.</param>
    /// <param name="store">The store's number.</param>
    /// <param name="after">The row after which to begin.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="last">The last row read; <see langword="null"/>: there are no more.</param>
    public static List<MemoryRecord> After(SqliteSession session, SqliteHealth health, long store, long after, int limit, out long? last)
    {
        using var reader = session.Query(
            $"SELECT {Columns} FROM records WHERE seq > $2 AND +store = $1 AND deleted_at IS NULL ORDER BY seq LIMIT $3", store, after, limit);
        List<MemoryRecord> found = [];
        var rows = 0;
        for (last = null; reader.Read(); last = rows == limit ? reader.GetInt64(0) : null)
        {
            rows++;
            if (TryRead(reader, out var item))
            {
                found.Add(item);
            }
            else
            {
                health.Damaged("records", reader.GetInt64(0));
            }
        }

        return found;
    }

    /// <summary>Verifies rows in the order of writing, deleted ones too.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="store">The store's number; <see langword="null"/>: all stores.</param>
    /// <param name="scope">The scope in which they lie; everything: rows without a namespace too.</param>
    /// <param name="after">The row after which to begin.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="seen">Told of each.</param>
    /// <returns>The last row; <see langword="null"/>: there are no more.</returns>
    public static long? Check(SqliteSession session, long? store, MemoryNamespace scope, long after, int limit, Action<CheckedRow> seen)
    {
        using var reader = session.Query(
            $"SELECT {Columns} FROM records WHERE seq > $1 AND ($2 IS NULL OR store = $2) AND {CheckedRow.InScope} ORDER BY seq LIMIT $4", after, store, scope.Path, limit);
        var rows = 0;
        long? last = null;
        while (reader.Read())
        {
            rows++;
            last = reader.GetInt64(0);
            seen(Checked(reader));
        }

        return rows == limit ? last : null;
    }

    /// <summary>Verifies the rows that stand where a record is to be: under its id, its key or its content.</summary>
    public static List<CheckedRow> CheckPlaceOf(SqliteSession session, long store, MemoryRecord record)
    {
        using var reader = session.Query(
            $"""
            SELECT {Columns} FROM records WHERE store = $1 AND (id = $2
                OR (path = $3 AND actor = $4 AND deleted_at IS NULL AND ((key IS NOT NULL AND key = $5) OR (key IS NULL AND content_hash = $6))))
            """,
            store, record.Id, record.Namespace.Path, record.ActorId ?? "", record.Key, ContentHash.Of(record.Content));
        List<CheckedRow> rows = [];
        while (reader.Read())
        {
            rows.Add(Checked(reader));
        }

        return rows;
    }

    /// <summary>Inserts a record, unless one with its id, its key or its content is there.</summary>
    /// <returns>Whether it was inserted.</returns>
    public static bool TryInsert(SqliteSession session, long store, PreparedRecord record, long seq) => session.Execute(
        $"INSERT INTO records ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
        Values(store, record, seq)) == 1;

    public static void Update(SqliteSession session, long store, MemoryRecord record) => session.Execute(
        """
        UPDATE records SET store = $2, id = $3, path = $4, actor = $5, key = $6, kind = $7, content_hash = $8, expires_at = $9,
            deleted_at = $10, version = $11, body = $12, embedding = $13, checksum = $14
        WHERE seq = $1
        """,
        Values(store, new(record), record.Order));

    public static void Erase(SqliteSession session, MemoryRecord record) => session.Execute("DELETE FROM records WHERE seq = $1", record.Order);

    private static object?[] Values(long store, PreparedRecord prepared, long seq)
    {
        var record = prepared.Record;
        var row = new Row(
            seq, store, record.Id, record.Namespace.Path, record.ActorId ?? "", record.Key, (long)record.Kind, prepared.ContentHash,
            record.ExpiresAt?.UtcTicks, record.DeletedAt?.UtcTicks, record.Version, prepared.Body, prepared.Embedding);
        return
        [
            row.Seq, row.Store, row.Id, row.Path, row.Actor, row.Key, row.Kind, row.ContentHash, row.ExpiresAt, row.DeletedAt, row.Version,
            row.Body, row.Embedding, row.Checksum(),
        ];
    }

    private static MemoryRecord? One(SqliteSession session, SqliteHealth health, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = session.Query(sql, values);
        if (!reader.Read())
        {
            return null;
        }

        if (TryRead(reader, out var record))
        {
            return record;
        }

        health.Damaged("records", reader.GetInt64(0));
        throw new MemoryException(
            MemoryErrorCode.Corrupt, "This record is damaged on disk and is not returned. Forget it for good (hard), then import it again from an export.");
    }

    private static CheckedRow Checked(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetValue(1) as long? ?? 0, reader.GetValue(3) as string, reader.IsDBNull(9), reader.GetValue(2) as string, TryRead(reader, out _));

    private static bool TryRead(SqliteDataReader reader, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MemoryRecord? record)
    {
        record = null;
        try
        {
            var row = new Row(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.TextOrNull(5), reader.GetInt64(6),
                reader.Bytes(7), reader.NumberOrNull(8), reader.NumberOrNull(9), reader.GetInt64(10), reader.Bytes(11), reader.BytesOrNull(12));
            if (!reader.Bytes(13).AsSpan().SequenceEqual(row.Checksum()))
            {
                return false;
            }

            record = JsonSerializer.Deserialize(row.Body, KeepsakeJson.Default.MemoryRecord)! with
            {
                Order = row.Seq,
                Embedding = row.Embedding is null ? default : EmbeddingText.FromBytes(row.Embedding),
            };
            return true;
        }
        catch (Exception e) when (e is InvalidCastException or JsonException or InvalidOperationException)
        {
            // A flipped bit in a row's header changes the columns' types before the checksum is reached.
            return false;
        }
    }

    private readonly record struct Row(
        long Seq, long Store, string Id, string Path, string Actor, string? Key, long Kind, byte[] ContentHash,
        long? ExpiresAt, long? DeletedAt, long Version, byte[] Body, byte[]? Embedding)
    {
        public byte[] Checksum()
        {
            var checksum = new RowChecksum("records");
            checksum.Add(Seq);
            checksum.Add(Store);
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
}
