namespace Keepsake.Engines.Sqlite;

/// <summary>Counts what a store holds.</summary>
internal static class StatisticsRows
{
    public static MemoryCounts Count(SqliteSession session, long store, DateTimeOffset now)
    {
        Dictionary<string, NamespaceCounts> namespaces = new(StringComparer.Ordinal);
        var records = 0L;
        using (var reader = session.Query(
            """
            SELECT path, count(*), sum(length(body) + coalesce(length(embedding), 0)) FROM records
            WHERE store = $1 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $2) GROUP BY path
            """,
            store, now.UtcTicks))
        {
            while (reader.Read())
            {
                records += reader.GetInt64(1);
                namespaces[reader.GetString(0)] = new(reader.GetString(0), reader.GetInt64(1), 0, reader.GetInt64(2));
            }
        }

        var (events, sessions) = (0L, 0L);
        using (var reader = session.Query(
            """
            SELECT path, count(*), sum(length(body) + coalesce(length(embedding), 0)) FROM events
            WHERE store = $1 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $2) GROUP BY path
            """,
            store, now.UtcTicks))
        {
            while (reader.Read())
            {
                events += reader.GetInt64(1);
                if (reader.TextOrNull(0) is { } path)
                {
                    var known = namespaces.GetValueOrDefault(path) ?? new(path, 0, 0, 0);
                    namespaces[path] = known with { Events = reader.GetInt64(1), Bytes = known.Bytes + reader.GetInt64(2) };
                }
            }
        }

        sessions = session.Number(
            """
            SELECT count(*) FROM (SELECT DISTINCT actor, session FROM events
            WHERE store = $1 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $2))
            """,
            store, now.UtcTicks);
        return new()
        {
            Records = records,
            Events = events,
            Sessions = sessions,
            Suspicious = session.Number(Suspicious("records"), store, now.UtcTicks, MarkRows.Suspicious)
                + session.Number(Suspicious("events"), store, now.UtcTicks, MarkRows.Suspicious),
            Namespaces = [.. namespaces.Values.OrderByDescending(n => n.Bytes).ThenBy(n => n.Namespace, StringComparer.Ordinal).Take(MemoryCounts.MaxNamespaces)],
        };
    }

    private static string Suspicious(string table) => $"""
        SELECT count(*) FROM marks JOIN {table} USING (seq)
        WHERE marks.store = $1 AND {table}.store = $1 AND mark = $3 AND deleted_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
        """;
}
