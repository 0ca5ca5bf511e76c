namespace Keepsake.Engines.Sqlite;

/// <summary>Actors and sessions, as the table of events has them.</summary>
internal static class SessionRows
{
    public static Page<ActorSummary> Actors(SqliteSession session, long store, DateTimeOffset now, PageRequest page)
    {
        using var reader = session.Query(
            """
            SELECT actor FROM events
            WHERE store = $1 AND actor > $2 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
            GROUP BY actor ORDER BY actor LIMIT $4
            """,
            store, page.Cursor ?? "", now.UtcTicks, page.Limit + 1);
        List<ActorSummary> actors = [];
        while (reader.Read())
        {
            actors.Add(new(reader.GetString(0)));
        }

        return Cut(actors, page, actor => actor.ActorId);
    }

    public static Page<SessionSummary> Sessions(SqliteSession session, long store, string actor, DateTimeOffset now, PageRequest page)
    {
        using var reader = session.Query(
            """
            SELECT session, count(*), min(created_at), max(created_at) FROM events
            WHERE store = $1 AND actor = $2 AND session > $3 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $4)
            GROUP BY session ORDER BY session LIMIT $5
            """,
            store, actor, page.Cursor ?? "", now.UtcTicks, page.Limit + 1);
        List<SessionSummary> sessions = [];
        while (reader.Read())
        {
            sessions.Add(new()
            {
                ActorId = actor,
                SessionId = reader.GetString(0),
                Count = reader.GetInt32(1),
                CreatedAt = new(reader.GetInt64(2), TimeSpan.Zero),
                LastEventAt = new(reader.GetInt64(3), TimeSpan.Zero),
            });
        }

        return Cut(sessions, page, summary => summary.SessionId);
    }

    private static Page<T> Cut<T>(List<T> oneMore, PageRequest page, Func<T, string> cursor)
    {
        if (oneMore.Count <= page.Limit)
        {
            return new(oneMore, null);
        }

        oneMore.RemoveAt(page.Limit);
        return new(oneMore, cursor(oneMore[^1]));
    }
}
