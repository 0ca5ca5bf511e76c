using Keepsake.Protection.Sealing;

namespace Keepsake.Engines.Sqlite.Sealing;

/// <summary>Finds what is left of an actor or a namespace whose keys were destroyed.</summary>
internal static class ShredRows
{
    /// <summary>Some records, deleted ones too.</summary>
    public static IReadOnlyList<string> Records(SqliteSession session, long store, PendingShred shred, int limit) => Ids(
        session,
        """
        SELECT id FROM records WHERE store = $1 AND seq < $2 AND ($3 IS NULL OR actor = $3)
            AND ($4 IS NULL OR path = $4 OR (path > $4 || '/' AND path < $4 || '0')) LIMIT $5
        """,
        store, shred, limit);

    /// <summary>Some events, deleted ones too.</summary>
    public static IReadOnlyList<string> Events(SqliteSession session, long store, PendingShred shred, int limit) => Ids(
        session,
        """
        SELECT id FROM events WHERE store = $1 AND seq < $2 AND ($3 IS NULL OR actor = $3)
            AND ($4 IS NULL OR (path IS NOT NULL AND (path = $4 OR (path > $4 || '/' AND path < $4 || '0')))) LIMIT $5
        """,
        store, shred, limit);

    private static List<string> Ids(SqliteSession session, string sql, long store, PendingShred shred, int limit)
    {
        using var reader = session.Query(sql, store, shred.UpTo, shred.ActorId, shred.Namespace, limit);
        List<string> ids = [];
        while (reader.Read())
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }
}
