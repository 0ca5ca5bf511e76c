using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Keepsake.Serialization;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the table of events: written whole, and read only after their checksum has been verified.</summary>
internal static class EventRows
{
    private const string Columns =
        "seq, store, id, actor, session, branch, path, created_at, expires_at, deleted_at, body, embedding, checksum";

    public static MemoryEvent? ById(SqliteSession session, SqliteHealth health, long store, string id)
    {
        using var reader = session.Query($"SELECT {Columns} FROM events WHERE store = $1 AND id = $2 AND deleted_at IS NULL", store, id);
        if (!reader.Read())
        {
            return null;
        }

        if (TryRead(reader, out var found))
        {
            return found;
        }

        health.Damaged("events", reader.GetInt64(0));
        throw new MemoryException(MemoryErrorCode.Corrupt, "This event is damaged on disk and is not returned.");
    }

    public static bool Exists(SqliteSession session, long store, string id) =>
        session.Number("SELECT 1 FROM events WHERE store = $1 AND id = $2", store, id) == 1;

    /// <summary>Reads a part of a list.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="health">Where damaged rows are noted; they are left out.</param>
    /// <param name="store">The store's number.</param>
    /// <param name="filter">What is wanted.</param>
    /// <param name="showsClosed">Whether rows in quarantine are listed too.</param>
    /// <param name="limit">Most events.</param>
    /// <param name="last">The row where the last part ended; set to the last row looked at.</param>
    /// <param name="atEnd">Whether there are no more.</param>
    public static List<MemoryEvent> List(
        SqliteSession session, SqliteHealth health, long store, EventFilter filter, bool showsClosed, int limit, ref long last, out bool atEnd)
    {
        const string Where = $"""
            store = $1 AND deleted_at IS NULL AND ($9 = 1 OR {QuarantineRows.EventIsOpen})
              AND ($3 IS NULL OR branch = $3)
              AND ($4 IS NULL OR (path IS NOT NULL AND ($4 = '' OR path = $4 OR (path > $4 || '/' AND path < $4 || '0'))))
              AND ($5 IS NULL OR expires_at IS NULL OR expires_at > $5)
            """;
        const string OfSession = "AND actor = $6 AND session = $7";
        const string OfAny = "AND ($6 IS NULL OR actor = $6) AND ($7 IS NULL OR session = $7)";
        const string Newest = "AND seq < $2 ORDER BY seq DESC LIMIT $8";
        const string Oldest = "AND seq > $2 ORDER BY seq LIMIT $8";
        var sql = (filter.ActorId is not null && filter.SessionId is not null, filter.OldestFirst) switch
        {
            (true, false) => $"SELECT {Columns} FROM events WHERE {Where} {OfSession} {Newest}",
            (true, true) => $"SELECT {Columns} FROM events WHERE {Where} {OfSession} {Oldest}",
            (false, false) => $"SELECT {Columns} FROM events WHERE {Where} {OfAny} {Newest}",
            (false, true) => $"SELECT {Columns} FROM events WHERE {Where} {OfAny} {Oldest}",
        };
        using var reader = session.Query(
            sql, store, last, filter.Branch, filter.Scope?.Path, filter.Now?.UtcTicks, filter.ActorId, filter.SessionId, limit + 1,
            showsClosed ? 1 : 0);
        List<MemoryEvent> events = [];
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
            var seq = reader.GetInt64(0);
            if (filter.OldestFirst ? seq <= last : seq >= last)
            {
                health.Damaged("events", seq);
                continue;
            }

            last = seq;
            progressed = true;
            if (TryRead(reader, out var found))
            {
                events.Add(found);
            }
            else
            {
                health.Damaged("events", last);
            }
        }

        return progressed || atEnd ? events : throw SqliteFaults.DamagedFile();
    }

    /// <summary>Reads live rows in the order of writing.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="health">Where damaged rows are noted; they are left out.</param>
    /// <param name="store">The store's number.</param>
    /// <param name="after">The row after which to begin.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="last">The last row read; <see langword="null"/>: there are no more.</param>
    public static List<MemoryEvent> After(SqliteSession session, SqliteHealth health, long store, long after, int limit, out long? last)
    {
        using var reader = session.Query(
            $"SELECT {Columns} FROM events WHERE seq > $2 AND +store = $1 AND deleted_at IS NULL ORDER BY seq LIMIT $3", store, after, limit);
        List<MemoryEvent> found = [];
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
                health.Damaged("events", reader.GetInt64(0));
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
            $"SELECT {Columns} FROM events WHERE seq > $1 AND ($2 IS NULL OR store = $2) AND {CheckedRow.InScope} ORDER BY seq LIMIT $4", after, store, scope.Path, limit);
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

    /// <summary>Verifies the row with an id, deleted or not.</summary>
    public static List<CheckedRow> CheckById(SqliteSession session, long store, string id)
    {
        using var reader = session.Query($"SELECT {Columns} FROM events WHERE store = $1 AND id = $2", store, id);
        return reader.Read() ? [Checked(reader)] : [];
    }

    public static void Insert(SqliteSession session, long store, MemoryEvent item) => session.Execute(
        $"INSERT INTO events ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", Values(store, item));

    public static void Update(SqliteSession session, long store, MemoryEvent item) => session.Execute(
        """
        UPDATE events SET store = $2, id = $3, actor = $4, session = $5, branch = $6, path = $7, created_at = $8, expires_at = $9,
            deleted_at = $10, body = $11, embedding = $12, checksum = $13
        WHERE seq = $1
        """,
        Values(store, item));

    /// <summary>The first or the last event of an actor, or of one of its sessions, that passes its check.</summary>
    public static MemoryEvent? Edge(
        SqliteSession session, SqliteHealth health, long store, string actor, string? sessionId, DateTimeOffset now, bool newest)
    {
        const string Where =
            $"store = $1 AND actor = $2 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $3) AND {QuarantineRows.EventIsOpen}";
        var sql = (sessionId is not null, newest) switch
        {
            (true, false) => $"SELECT {Columns} FROM events WHERE {Where} AND session = $4 ORDER BY seq",
            (true, true) => $"SELECT {Columns} FROM events WHERE {Where} AND session = $4 ORDER BY seq DESC",
            _ => $"SELECT {Columns} FROM events WHERE {Where} AND $4 IS NULL",
        };
        using var reader = session.Query(sql, store, actor, now.UtcTicks, sessionId);
        while (reader.Read())
        {
            if (TryRead(reader, out var found))
            {
                return found;
            }

            health.Damaged("events", reader.GetInt64(0));
        }

        return null;
    }

    /// <summary>The rows of a session's live events, oldest first, without those in quarantine.</summary>
    public static List<(long Seq, string Id)> OfSession(SqliteSession session, long store, string actor, string sessionId, int limit)
    {
        using var reader = session.Query(
            $"SELECT seq, id FROM events WHERE store = $1 AND actor = $2 AND session = $3 AND deleted_at IS NULL AND {QuarantineRows.EventIsOpen} ORDER BY seq LIMIT $4",
            store, actor, sessionId, limit);
        List<(long, string)> rows = [];
        while (reader.Read())
        {
            rows.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        return rows;
    }

    public static int CountOfSession(SqliteSession session, long store, string actor, string sessionId) => (int)session.Number(
        "SELECT count(*) FROM events WHERE store = $1 AND actor = $2 AND session = $3 AND deleted_at IS NULL", store, actor, sessionId);

    public static void Erase(SqliteSession session, long seq) => session.Execute("DELETE FROM events WHERE seq = $1", seq);

    private static object?[] Values(long store, MemoryEvent item)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            item.Embedding.IsEmpty ? item : item with { Embedding = default }, KeepsakeJson.Default.MemoryEvent);
        var row = new Row(
            item.Order, store, item.Id, item.ActorId, item.SessionId, item.Branch, item.Namespace?.Path, item.CreatedAt.UtcTicks,
            item.ExpiresAt?.UtcTicks, item.DeletedAt?.UtcTicks, body, item.Embedding.IsEmpty ? null : EmbeddingText.ToBytes(item.Embedding));
        return
        [
            row.Seq, row.Store, row.Id, row.Actor, row.Session, row.Branch, row.Path, row.CreatedAt, row.ExpiresAt, row.DeletedAt,
            row.Body, row.Embedding, row.Checksum(),
        ];
    }

    private static CheckedRow Checked(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetValue(1) as long? ?? 0, reader.GetValue(6) as string, reader.IsDBNull(9), reader.GetValue(2) as string, TryRead(reader, out _));

    private static bool TryRead(SqliteDataReader reader, [NotNullWhen(true)] out MemoryEvent? item)
    {
        item = null;
        try
        {
            var row = new Row(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                reader.TextOrNull(6), reader.GetInt64(7), reader.NumberOrNull(8), reader.NumberOrNull(9), reader.Bytes(10), reader.BytesOrNull(11));
            if (!reader.Bytes(12).AsSpan().SequenceEqual(row.Checksum()))
            {
                return false;
            }

            item = JsonSerializer.Deserialize(row.Body, KeepsakeJson.Default.MemoryEvent)! with
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
        long Seq, long Store, string Id, string Actor, string Session, string Branch, string? Path, long CreatedAt,
        long? ExpiresAt, long? DeletedAt, byte[] Body, byte[]? Embedding)
    {
        public byte[] Checksum()
        {
            var checksum = new RowChecksum("events");
            checksum.Add(Seq);
            checksum.Add(Store);
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
}
