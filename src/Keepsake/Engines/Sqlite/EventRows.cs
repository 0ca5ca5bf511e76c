using System.Diagnostics.CodeAnalysis;
using Keepsake.Engines.Sqlite.Integrity;
using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows of the table of events: written whole, and read only after their checksum has been verified.</summary>
internal static class EventRows
{
    private const string Guarded = EventRow.Guarded;

    public static MemoryEvent? ById(SqliteSession session, SqliteHealth health, long store, string id, bool evenDeleted = false) =>
        One(session, health, $"SELECT {Guarded} WHERE store = $1 AND id = $2 AND ($3 OR deleted_at IS NULL)", store, id, evenDeleted ? 1 : 0);

    /// <summary>Reads a row by its number, deleted or not; <see langword="null"/>: it is another store's, gone or damaged.</summary>
    public static MemoryEvent? BySeq(SqliteSession session, SqliteHealth health, long store, long seq)
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
            (true, false) => $"SELECT {Guarded} WHERE {Where} {OfSession} {Newest}",
            (true, true) => $"SELECT {Guarded} WHERE {Where} {OfSession} {Oldest}",
            (false, false) => $"SELECT {Guarded} WHERE {Where} {OfAny} {Newest}",
            (false, true) => $"SELECT {Guarded} WHERE {Where} {OfAny} {Oldest}",
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
            if (TryRead(session, reader, out var found))
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
    /// <param name="evenDeleted">Also what was deleted and not yet erased.</param>
    public static List<MemoryEvent> After(
        SqliteSession session, SqliteHealth health, long store, long after, int limit, out long? last, bool evenDeleted = false)
    {
        using var reader = session.Query(
            $"SELECT {Guarded} WHERE seq > $2 AND +store = $1 AND ($4 OR deleted_at IS NULL) ORDER BY seq LIMIT $3", store, after, limit, evenDeleted ? 1 : 0);
        List<MemoryEvent> found = [];
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

    /// <summary>Verifies the row with an id, deleted or not.</summary>
    public static List<CheckedRow> CheckById(SqliteSession session, long store, string id)
    {
        using var reader = session.Query($"SELECT {Guarded} WHERE store = $1 AND id = $2", store, id);
        return reader.Read() ? [Checked(session, reader)] : [];
    }

    public static void Insert(SqliteSession session, long store, PreparedEvent prepared, long seq)
    {
        prepared = prepared.For(session.Guard.VaultOf(store));
        var checksum = session.Guard.Key.Checksum(store, seq, prepared.Digest);
        session.Execute(
            $"INSERT INTO events ({EventRow.Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            EventRow.Of(prepared, store, seq).Values(checksum));
        session.Guard.Heads.Add(session, seq, store, GuardedTable.Events, prepared.Event.Namespace?.Path ?? "", checksum, prepared.Sealed?.Key);
        MarkRows.Insert(session, store, seq, prepared.Event);
    }

    public static void Update(SqliteSession session, long store, MemoryEvent item)
    {
        var prepared = new PreparedEvent(item, session.Guard.VaultOf(store));
        var checksum = session.Guard.Key.Checksum(store, item.Order, prepared.Digest);
        session.Execute(
            """
            UPDATE events SET store = $2, id = $3, actor = $4, session = $5, branch = $6, path = $7, created_at = $8, expires_at = $9,
                deleted_at = $10, body = $11, embedding = $12, checksum = $13
            WHERE seq = $1
            """,
            EventRow.Of(prepared, store, item.Order).Values(checksum));
        session.Guard.Heads.Change(session, item.Order, store, GuardedTable.Events, item.Namespace?.Path ?? "", checksum, prepared.Sealed?.Key);
        MarkRows.Update(session, store, item.Order, item);
    }

    /// <summary>Writes a row as the store's rows are written now.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: it is damaged.</exception>
    public static void Rewrite(SqliteSession session, long store, long seq)
    {
        if (One(session, session.Guard.Health, $"SELECT {Guarded} WHERE seq = $1 AND store = $2", seq, store) is { } found)
        {
            Update(session, store, found);
        }
    }

    /// <inheritdoc cref="RecordRows.SeqOf"/>
    public static long? SeqOf(SqliteSession session, long store, string id) =>
        session.Number("SELECT seq FROM events WHERE store = $1 AND id = $2", store, id) is > 0 and var seq ? seq : null;

    /// <summary>The first or the last event of an actor, or of one of its sessions, that passes its check.</summary>
    public static MemoryEvent? Edge(
        SqliteSession session, SqliteHealth health, long store, string actor, string? sessionId, DateTimeOffset now, bool newest)
    {
        const string Where =
            $"store = $1 AND actor = $2 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $3) AND {QuarantineRows.EventIsOpen}";
        var sql = (sessionId is not null, newest) switch
        {
            (true, false) => $"SELECT {Guarded} WHERE {Where} AND session = $4 ORDER BY seq",
            (true, true) => $"SELECT {Guarded} WHERE {Where} AND session = $4 ORDER BY seq DESC",
            _ => $"SELECT {Guarded} WHERE {Where} AND $4 IS NULL",
        };
        using var reader = session.Query(sql, store, actor, now.UtcTicks, sessionId);
        while (reader.Read())
        {
            if (TryRead(session, reader, out var found))
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

    /// <inheritdoc cref="RecordRows.Erase"/>
    public static int Erase(SqliteSession session, long seq)
    {
        session.Guard.Heads.HasErased = true;
        session.Guard.Heads.Remove(session, seq);
        return session.Execute("DELETE FROM events WHERE seq = $1", seq);
    }

    private static MemoryEvent? One(SqliteSession session, SqliteHealth health, string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = session.Query(sql, values);
        if (!reader.Read())
        {
            return null;
        }

        if (TryRead(session, reader, out var found))
        {
            return found;
        }

        health.Damaged("events", reader.GetInt64(0));
        throw new MemoryException(MemoryErrorCode.Corrupt, "This event is damaged on disk and is not returned.");
    }

    // Where rows are checked without the means to open them, their checksum says what can be said.
    private static CheckedRow Checked(SqliteSession session, SqliteDataReader reader)
    {
        var row = new CheckedRow(reader.GetInt64(0), reader.GetValue(1) as long? ?? 0, reader.GetValue(6) as string, reader.IsDBNull(9), reader.GetValue(2) as string, IsIntact: false);
        if (session.Guard.Destroyed is null)
        {
            return row with { IsIntact = TryRead(session, reader, out _) };
        }

        try
        {
            return EventRow.Read(session.Guard, reader) is var (_, guarded) ? row with { IsIntact = true, IsShredded = session.Guard.IsShredded(guarded) } : row;
        }
        catch (Exception e) when (RowFaults.AreDamage(e))
        {
            return row;
        }
    }

    private static bool TryRead(SqliteSession session, SqliteDataReader reader, [NotNullWhen(true)] out MemoryEvent? item)
    {
        item = null;
        try
        {
            if (EventRow.Read(session.Guard, reader) is not var (row, guard))
            {
                return false;
            }

            item = row.Event(session.Guard, guard);
            return true;
        }
        catch (Exception e) when (RowFaults.AreDamage(e))
        {
            return false;
        }
    }
}
