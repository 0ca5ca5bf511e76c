namespace Keepsake.Engines.Sqlite;

/// <summary>Actors and sessions, as the table of events has them. A name is given only with an event that passes its check.</summary>
internal static class SessionRows
{
    public static Page<ActorSummary> Actors(SqliteSession session, SqliteHealth health, long store, DateTimeOffset now, PageRequest page)
    {
        const string Sql = $"""
            SELECT actor, count(*) FROM events
            WHERE store = $1 AND actor > $2 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $3) AND $4 IS NULL
              AND {QuarantineRows.EventIsOpen}
            GROUP BY actor ORDER BY actor LIMIT $5
            """;
        return PageOf(
            session, Sql, store, null, now, page, (actor, _) => EventRows.Edge(session, health, store, actor, null, now, newest: false) is null ? null : new ActorSummary(actor));
    }

    public static Page<SessionSummary> Sessions(
        SqliteSession session, SqliteHealth health, long store, string actor, DateTimeOffset now, PageRequest page)
    {
        const string Sql = $"""
            SELECT session, count(*) FROM events
            WHERE store = $1 AND actor = $4 AND session > $2 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
              AND {QuarantineRows.EventIsOpen}
            GROUP BY session ORDER BY session LIMIT $5
            """;
        return PageOf(session, Sql, store, actor, now, page, (name, count) => EventRows.Edge(session, health, store, actor, name, now, newest: false) is { } first
            ? new SessionSummary
            {
                ActorId = actor,
                SessionId = name,
                Count = count,
                CreatedAt = first.CreatedAt,
                LastEventAt = EventRows.Edge(session, health, store, actor, name, now, newest: true)!.CreatedAt,
            }
            : null);
    }

    private static Page<T> PageOf<T>(
        SqliteSession session, string sql, long store, string? actor, DateTimeOffset now, PageRequest page, Func<string, int, T?> summary)
        where T : class
    {
        List<(string Name, int Count)> names = [];
        using (var reader = session.Query(sql, store, page.Cursor ?? "", now.UtcTicks, actor, page.Limit + 1))
        {
            while (reader.Read())
            {
                // Out of its order, a cursor made of it would skip others, or come back for ever.
                var name = reader.GetString(0);
                if (string.CompareOrdinal(name, names.Count > 0 ? names[^1].Name : page.Cursor ?? "") <= 0)
                {
                    throw SqliteFaults.DamagedFile();
                }

                names.Add((name, reader.GetInt32(1)));
            }
        }

        var isLast = names.Count <= page.Limit;
        var items = names.Take(page.Limit).Select(n => summary(n.Name, n.Count)).OfType<T>().ToList();
        return new(items, isLast ? null : names[page.Limit - 1].Name);
    }
}
