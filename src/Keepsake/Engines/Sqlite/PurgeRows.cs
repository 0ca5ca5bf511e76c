namespace Keepsake.Engines.Sqlite;

/// <summary>Erases what is due.</summary>
internal static class PurgeRows
{
    /// <summary>Most rows of one kind erased in one transaction, so that writers do not wait long.</summary>
    public const int MaxRows = 1_000;

    public static int Purge(SqliteSession session, long store, PurgeLimits limits, List<MemoryChange> changes)
    {
        var tokens = session.Execute(
            "DELETE FROM tokens WHERE (store, token) IN (SELECT store, token FROM tokens WHERE store IN ($1, $4) AND created_at < $2 LIMIT $3)",
            store, limits.TokensBefore.UtcTicks, MaxRows, TokenRows.Folder);
        ChangeRows.Trim(session);
        var before = changes.Count;
        Erase(session, $"SELECT seq, id FROM records WHERE store = $1 AND deleted_at < $2 AND {QuarantineRows.RecordIsOpen} LIMIT $3", limits.DeletedBefore, RecordRows.Erase);
        Erase(session, $"SELECT seq, id FROM records WHERE store = $1 AND expires_at < $2 AND {QuarantineRows.RecordIsOpen} LIMIT $3", limits.ExpiredBefore, RecordRows.Erase);
        Erase(session, $"SELECT seq, id FROM events WHERE store = $1 AND deleted_at < $2 AND {QuarantineRows.EventIsOpen} LIMIT $3", limits.DeletedBefore, EventRows.Erase);
        Erase(session, $"SELECT seq, id FROM events WHERE store = $1 AND expires_at < $2 AND {QuarantineRows.EventIsOpen} LIMIT $3", limits.ExpiredBefore, EventRows.Erase);
        return tokens + changes.Count - before;

        void Erase(SqliteSession session, string due, DateTimeOffset limit, Func<SqliteSession, long, int> erase)
        {
            List<(long Seq, string Id)> rows = [];
            using (var reader = session.Query(due, store, limit.UtcTicks, MaxRows))
            {
                while (reader.Read())
                {
                    rows.Add((reader.GetInt64(0), reader.GetString(1)));
                }
            }

            foreach (var (seq, id) in rows)
            {
                erase(session, seq);
                changes.Add(new(id, null));
            }
        }
    }
}
