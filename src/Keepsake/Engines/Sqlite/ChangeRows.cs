namespace Keepsake.Engines.Sqlite;

/// <summary>What changed since a position: rows written after it, and a note for each row that was replaced or deleted after it.</summary>
/// <remarks>
/// Rows and notes draw from one counter, and one thread writes, so the counter's order is the order of commits. Only changes of rows that were there
/// already need a note. Notes hold ids alone. The last <see cref="MaxNotes"/> are kept; a note without an id and a store marks where older ones were
/// dropped. The last position never falls, also when its row is erased: whoever has read up to it would pass over what is numbered below it later.
/// </remarks>
internal static class ChangeRows
{
    /// <summary>Most notes that are kept.</summary>
    public const int MaxNotes = 100_000;

    /// <summary>The position of the last change in the file.</summary>
    public static long LastPosition(SqliteSession session) => Math.Max(
        session.Number("SELECT max(seq) FROM changes"),
        Math.Max(session.Number("SELECT max(seq) FROM records"), session.Number("SELECT max(seq) FROM events")));

    /// <summary>Notes what a write changed, and gives each change its position.</summary>
    public static void Note(SqliteSession session, long store, SequenceCounter next, List<MemoryChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i].Position == 0)
            {
                changes[i] = changes[i] with { Position = next.Take() };
                session.Execute("INSERT INTO changes (seq, store, id) VALUES ($1, $2, $3)", changes[i].Position, store, changes[i].Id);
            }
        }
    }

    /// <summary>Notes that a record was changed which nobody asked to be.</summary>
    public static void NoteChange(SqliteSession session, long seq, SequenceCounter next) =>
        session.Execute("INSERT INTO changes (seq, store, id) SELECT $1, store, id FROM records WHERE seq = $2", next.Take(), seq);

    /// <summary>Notes that a store is erased with all its rows, so that their numbers are not given again after the next start.</summary>
    public static void NoteErasure(SqliteSession session, long store, SequenceCounter next) =>
        session.Execute("INSERT INTO changes (seq, store, id) VALUES ($1, $2, '')", next.Take(), store);

    /// <summary>Drops all but the last notes.</summary>
    public static void Trim(SqliteSession session)
    {
        using var reader = session.Query("SELECT seq FROM changes ORDER BY seq DESC LIMIT 1 OFFSET $1", MaxNotes);
        if (reader.Read())
        {
            var last = reader.GetInt64(0);
            reader.Dispose();
            session.Execute("DELETE FROM changes WHERE seq < $1", last);
            session.Execute("UPDATE changes SET store = 0, id = '' WHERE seq = $1", last);
        }
    }

    /// <inheritdoc cref="IMemoryEngine.ChangesAsync"/>
    public static ChangePage? After(SqliteSession session, SqliteHealth health, long store, long after, int limit)
    {
        if (after > 0 && session.Number("SELECT max(seq) FROM changes WHERE store = 0 AND id = ''") > after)
        {
            return null;
        }

        // A file that was put in the place of another may be behind it.
        var last = LastPosition(session);
        if (after > last)
        {
            return null;
        }

        var records = RecordRows.After(session, health, store, after, limit, out var lastRecord);
        var events = EventRows.After(session, health, store, after, limit, out var lastEvent);
        var notes = after == 0 ? [] : Notes(session, store, after, limit);
        var position = Math.Min(Math.Min(lastRecord ?? last, lastEvent ?? last), notes.Count == limit ? notes[^1].Position : last);
        List<MemoryChange> changes = [];
        changes.AddRange(records.Where(r => r.Order <= position).Select(r => new MemoryChange(r.Id, r, r.Order)));
        changes.AddRange(events.Where(e => e.Order <= position).Select(e => new MemoryChange(e.Id, e, e.Order)));
        foreach (var note in notes.Where(n => n.Position <= position))
        {
            changes.Add(note with { Item = Present(session, health, store, note.Id) });
        }

        changes.Sort((a, b) => a.Position.CompareTo(b.Position));
        return new(changes, position, position == last);
    }

    private static List<MemoryChange> Notes(SqliteSession session, long store, long after, int limit)
    {
        using var reader = session.Query("SELECT seq, id FROM changes WHERE seq > $2 AND store = $1 ORDER BY seq LIMIT $3", store, after, limit);
        List<MemoryChange> notes = [];
        while (reader.Read())
        {
            notes.Add(new(reader.GetString(1), null, reader.GetInt64(0)));
        }

        return notes;
    }

    private static MemoryItem? Present(SqliteSession session, SqliteHealth health, long store, string id)
    {
        try
        {
            return (MemoryItem?)RecordRows.ById(session, health, store, id) ?? EventRows.ById(session, health, store, id);
        }
        catch (MemoryException e) when (e.Code == MemoryErrorCode.Corrupt)
        {
            // Noted in the file's health, and in no answer.
            return null;
        }
    }
}
