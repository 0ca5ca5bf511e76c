using System.Diagnostics.CodeAnalysis;
using Keepsake.Engines.Sqlite.Integrity;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the table of records: written whole, and read only after their checksum has been verified.</summary>
internal static class RecordRows
{
    private const string Guarded = RecordRow.Guarded;

    /// <summary>Reads the live record with an id.</summary>
    public static MemoryRecord? ById(SqliteSession session, SqliteHealth health, long store, string id) => One(
        session, health, $"SELECT {Guarded} WHERE store = $1 AND id = $2 AND deleted_at IS NULL", store, id);

    /// <summary>Reads the record with an id, deleted or not.</summary>
    public static MemoryRecord? ByIdEvenDeleted(SqliteSession session, SqliteHealth health, long store, string id) => One(
        session, health, $"SELECT {Guarded} WHERE store = $1 AND id = $2", store, id);

    /// <summary>Reads a row by its number, deleted or not; <see langword="null"/>: it is another store's, gone or damaged.</summary>
    public static MemoryRecord? BySeq(SqliteSession session, SqliteHealth health, long store, long seq)
    {
        try
        {
            return One(session, health, $"SELECT {Guarded} WHERE seq = $1 AND store = $2", seq, store);
        }
        catch (MemoryException e) when (e.Code == MemoryErrorCode.Corrupt)
        {
            return null;
        }
    }

    /// <summary>Reads the live record with the key of another in its namespace and actor.</summary>
    public static MemoryRecord? ByKeyOf(SqliteSession session, SqliteHealth health, long store, MemoryRecord record) => One(
        session,
        health,
        $"SELECT {Guarded} WHERE store = $1 AND path = $2 AND actor = $3 AND key IN ($4, $5) AND deleted_at IS NULL",
        [store, record.Namespace.Path, record.ActorId ?? "", .. Forms.OfKey(session.Guard.VaultOf(store), record.Key!)]);

    /// <summary>Reads the live record without a key that has the content of another in its namespace and actor.</summary>
    public static MemoryRecord? ByContentOf(SqliteSession session, SqliteHealth health, long store, MemoryRecord record) => One(
        session,
        health,
        $"SELECT {Guarded} WHERE store = $1 AND path = $2 AND actor = $3 AND content_hash IN ($4, $5) AND key IS NULL AND deleted_at IS NULL",
        [store, record.Namespace.Path, record.ActorId ?? "", .. Forms.OfContent(session.Guard.VaultOf(store), record)]);

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
            SELECT {Guarded}
            WHERE store = $1 AND deleted_at IS NULL
              AND (path, seq) > ($2, $3) AND path < $11
              AND ($4 = '' OR path = $4 OR (path > $4 || '/' AND path < $4 || '0'))
              AND ($5 IS NULL OR actor = $5) AND ($6 IS NULL OR kind = $6) AND ($7 IS NULL OR key IN ($7, $12))
              AND ($8 = 0 OR key IS NOT NULL) AND ($9 IS NULL OR expires_at IS NULL OR expires_at > $9)
              AND ($13 = 1 OR {QuarantineRows.RecordIsOpen})
            ORDER BY path, seq LIMIT $10
            """;
        var scope = filter.Scope.Path;
        if (afterPath.Length == 0)
        {
            (afterPath, afterSeq) = (scope, -1);
        }

        // '0' follows '/', so everything under the scope sorts before scope + '0'.
        string?[] key = [null, null];
        if (filter.Key is not null)
        {
            key = Forms.OfKey(session.Guard.VaultOf(store), filter.Key);
        }

        using var reader = session.Query(
            Sql, store, afterPath, afterSeq, scope, filter.ActorId, (long?)filter.Kind, key[0], filter.KeyedOnly ? 1 : 0, filter.Now?.UtcTicks, limit + 1,
            scope.Length == 0 ? "~" : scope + "0", key[1], showsClosed ? 1 : 0);
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
            if (TryRead(session, reader, out var record))
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
    /// <param name="evenDeleted">Also what was deleted and not yet erased.</param>
    public static List<MemoryRecord> After(
        SqliteSession session, SqliteHealth health, long store, long after, int limit, out long? last, bool evenDeleted = false)
    {
        using var reader = session.Query(
            $"SELECT {Guarded} WHERE seq > $2 AND +store = $1 AND ($4 OR deleted_at IS NULL) ORDER BY seq LIMIT $3", store, after, limit, evenDeleted ? 1 : 0);
        List<MemoryRecord> found = [];
        var rows = 0;
        for (last = null; reader.Read(); last = rows == limit ? reader.GetInt64(0) : null)
        {
            rows++;
            if (TryRead(session, reader, out var item))
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
            $"SELECT {Guarded} WHERE seq > $1 AND ($2 IS NULL OR store = $2) AND {CheckedRow.InScope} ORDER BY seq LIMIT $4", after, store, scope.Path, limit);
        var rows = 0;
        long? last = null;
        while (reader.Read())
        {
            rows++;
            last = reader.GetInt64(0);
            seen(Checked(session, reader));
        }

        return rows == limit ? last : null;
    }

    /// <summary>Verifies the rows that stand where a record is to be: under its id, its key or its content.</summary>
    public static List<CheckedRow> CheckPlaceOf(SqliteSession session, long store, MemoryRecord record)
    {
        var vault = session.Guard.VaultOf(store);
        string?[] key = [null, null];
        if (record.Key is not null)
        {
            key = Forms.OfKey(vault, record.Key);
        }

        var content = Forms.OfContent(vault, record);
        using var reader = session.Query(
            $"""
            SELECT {Guarded} WHERE store = $1 AND (id = $2
                OR (path = $3 AND actor = $4 AND deleted_at IS NULL AND ((key IS NOT NULL AND key IN ($5, $6)) OR (key IS NULL AND content_hash IN ($7, $8)))))
            """,
            store, record.Id, record.Namespace.Path, record.ActorId ?? "", key[0], key[1], content[0], content[1]);
        List<CheckedRow> rows = [];
        while (reader.Read())
        {
            rows.Add(Checked(session, reader));
        }

        return rows;
    }

    /// <summary>Inserts a record, unless one with its id, its key or its content is there.</summary>
    /// <returns>Whether it was inserted.</returns>
    public static bool TryInsert(SqliteSession session, long store, PreparedRecord record, long seq)
    {
        var vault = session.Guard.VaultOf(store);
        record = record.For(vault);
        if (Forms.AreTwo(vault) && IsTaken(session, store, record.Record, seq))
        {
            return false;
        }

        var checksum = session.Guard.Key.Checksum(store, seq, record.Digest);
        if (session.Execute(
            $"INSERT INTO records ({RecordRow.Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
            RecordRow.Of(record, store, seq).Values(checksum)) != 1)
        {
            return false;
        }

        session.Guard.Heads.Add(session, seq, store, GuardedTable.Records, record.Record.Namespace.Path, checksum, record.Sealed?.Key);
        MarkRows.Insert(session, store, seq, record.Record);
        return true;
    }

    /// <summary>Writes a record anew.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: another live record has its key or content.</exception>
    public static void Update(SqliteSession session, long store, MemoryRecord record)
    {
        if (Forms.AreTwo(session.Guard.VaultOf(store)) && IsTaken(session, store, record, record.Order))
        {
            throw RecordMerge.PlaceIsTaken();
        }

        try
        {
            Write(session, store, record);
        }
        catch (SqliteException taken) when (taken.IsConflict())
        {
            throw RecordMerge.PlaceIsTaken(taken);
        }
    }

    private static void Write(SqliteSession session, long store, MemoryRecord record)
    {
        var prepared = new PreparedRecord(record, session.Guard.VaultOf(store));
        var checksum = session.Guard.Key.Checksum(store, record.Order, prepared.Digest);
        session.Execute(
            """
            UPDATE records SET store = $2, id = $3, path = $4, actor = $5, key = $6, kind = $7, content_hash = $8, expires_at = $9,
                deleted_at = $10, version = $11, body = $12, embedding = $13, checksum = $14
            WHERE seq = $1
            """,
            RecordRow.Of(prepared, store, record.Order).Values(checksum));
        session.Guard.Heads.Change(session, record.Order, store, GuardedTable.Records, record.Namespace.Path, checksum, prepared.Sealed?.Key);
        MarkRows.Update(session, store, record.Order, record);
    }

    /// <summary>Writes a row as the store's rows are written now.</summary>
    /// <returns>Whether it says what it said: <see langword="false"/>, another has its key or content, and it was forgotten.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: it is damaged.</exception>
    public static bool TryRewrite(SqliteSession session, long store, long seq, DateTimeOffset now)
    {
        if (One(session, session.Guard.Health, $"SELECT {Guarded} WHERE seq = $1 AND store = $2", seq, store) is not { } record)
        {
            return true;
        }

        // Two of one key or content may be there from a program that did not look at both forms. Nobody can say which is meant, so this one can be restored.
        var isTaken = IsTaken(session, store, record, seq);
        Write(session, store, isTaken ? record with { DeletedAt = now } : record);
        return !isTaken;
    }

    /// <summary>Erases rows.</summary>
    /// <returns>How many.</returns>
    public static int Erase(SqliteSession session, long seq)
    {
        session.Guard.Heads.HasErased = true;
        session.Guard.Heads.Remove(session, seq);
        return session.Execute("DELETE FROM records WHERE seq = $1", seq);
    }

    /// <summary>The row with an id, deleted or not, undamaged or not.</summary>
    public static long? SeqOf(SqliteSession session, long store, string id) =>
        session.Number("SELECT seq FROM records WHERE store = $1 AND id = $2", store, id) is > 0 and var seq ? seq : null;

    // The unique indexes do not see that a plain and a sealed row are of one key or content.
    private static bool IsTaken(SqliteSession session, long store, MemoryRecord record, long seq)
    {
        if (record.DeletedAt is not null)
        {
            return false;
        }

        const string Place = "SELECT EXISTS (SELECT 1 FROM records WHERE store = $1 AND path = $2 AND actor = $3 AND deleted_at IS NULL AND seq <> $4 AND ";
        var vault = session.Guard.VaultOf(store);
        object?[] place = [store, record.Namespace.Path, record.ActorId ?? "", seq];
        return session.Number(
            record.Key is null ? Place + "content_hash IN ($5, $6) AND key IS NULL)" : Place + "key IN ($5, $6))",
            [.. place, .. record.Key is null ? (object[])Forms.OfContent(vault, record) : Forms.OfKey(vault, record.Key)]) == 1;
    }

    private static MemoryRecord? One(SqliteSession session, SqliteHealth health, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = session.Query(sql, values);
        if (!reader.Read())
        {
            return null;
        }

        if (TryRead(session, reader, out var record))
        {
            return record;
        }

        health.Damaged("records", reader.GetInt64(0));
        throw new MemoryException(
            MemoryErrorCode.Corrupt, "This record is damaged on disk and is not returned. Forget it for good (hard), then import it again from an export.");
    }

    // Where rows are checked without the means to open them, their checksum says what can be said.
    private static CheckedRow Checked(SqliteSession session, SqliteDataReader reader)
    {
        var row = new CheckedRow(reader.GetInt64(0), reader.GetValue(1) as long? ?? 0, reader.GetValue(3) as string, reader.IsDBNull(9), reader.GetValue(2) as string, IsIntact: false);
        if (session.Guard.Destroyed is null)
        {
            return row with { IsIntact = TryRead(session, reader, out _) };
        }

        try
        {
            return RecordRow.Read(session.Guard, reader) is var (_, guarded) ? row with { IsIntact = true, IsShredded = session.Guard.IsShredded(guarded) } : row;
        }
        catch (Exception e) when (RowFaults.AreDamage(e))
        {
            return row;
        }
    }

    private static bool TryRead(SqliteSession session, SqliteDataReader reader, [NotNullWhen(true)] out MemoryRecord? record)
    {
        record = null;
        try
        {
            if (RecordRow.Read(session.Guard, reader) is not var (row, guard))
            {
                return false;
            }

            record = row.Record(session.Guard, guard);
            return true;
        }
        catch (Exception e) when (RowFaults.AreDamage(e))
        {
            return false;
        }
    }
}
