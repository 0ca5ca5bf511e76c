using Keepsake.Engines.Sqlite.Integrity;

namespace Keepsake.Engines.Sqlite;

/// <summary>Finds and erases damaged rows, for who puts others in their place.</summary>
internal static class MendRows
{
    private const int PageSize = 1_000;

    private const string InScope = "(path = $2 OR (path > $2 || '/' AND path < $2 || '0'))";

    /// <summary>Looks at a page of a namespace's rows, deleted ones too.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="store">The store's number.</param>
    /// <param name="scope">The namespace.</param>
    /// <param name="place">Where to begin; moved to where the next page begins.</param>
    /// <returns>The rows; empty at the end.</returns>
    public static List<(string Table, CheckedRow Row)> Page(SqliteSession session, long store, MemoryNamespace scope, ref MendPlace place)
    {
        List<(string, CheckedRow)> rows = new(PageSize);
        while (rows.Count == 0 && place != MendPlace.End)
        {
            if (!place.IsEvents)
            {
                var next = RecordRows.Check(session, store, scope, place.After, PageSize, row => rows.Add(("records", row)));
                place = next is null ? new(IsEvents: true, -1) : place with { After = next.Value };
            }
            else
            {
                var next = EventRows.Check(session, store, scope, place.After, PageSize, row => rows.Add(("events", row)));
                place = next is null ? MendPlace.End : place with { After = next.Value };
            }
        }

        return rows;
    }

    /// <summary>Counts the rows of a namespace that something else than Keepsake removed: the heads count what was written, and nothing of a row that is gone is left to look at.</summary>
    public static long Missing(SqliteSession session, long store, MemoryNamespace scope) => Math.Max(0, session.Number(
        $"""
        SELECT (SELECT coalesce(sum(members), 0) FROM heads WHERE store = $1 AND tbl IN ($3, $4) AND {InScope})
            - (SELECT count(*) FROM records WHERE store = $1 AND {InScope})
            - (SELECT count(*) FROM events WHERE store = $1 AND {InScope})
        """,
        store, scope.Path, (long)GuardedTable.Records, (long)GuardedTable.Events));

    /// <summary>Erases damaged rows.</summary>
    public static void Erase(SqliteSession session, SqliteHealth health, IEnumerable<(string Table, CheckedRow Row)> damaged, List<MemoryChange> changes)
    {
        foreach (var (table, row) in damaged)
        {
            _ = table == "records" ? RecordRows.Erase(session, row.Seq) : EventRows.Erase(session, row.Seq);
            health.Mended(table, row.Seq);
            if (row.Id is not null)
            {
                changes.Add(new(row.Id, null));
            }
        }
    }

    /// <summary>Whether an item of a source is to be put back: nothing is there under its id, or something damaged or older. What was deleted stays deleted.</summary>
    public static bool IsMissing(SqliteSession session, SqliteHealth health, long store, MemoryItem item)
    {
        try
        {
            return item is MemoryRecord record
                ? RecordRows.ByIdEvenDeleted(session, health, store, record.Id) is not { } there || (there.DeletedAt is null && there.Version < record.Version)
                : EventRows.ById(session, health, store, ((MemoryEvent)item).Id) is null && !EventRows.Exists(session, store, ((MemoryEvent)item).Id);
        }
        catch (MemoryException e) when (e.Code == MemoryErrorCode.Corrupt)
        {
            return true;
        }
    }

    /// <summary>Erases the damaged rows that stand where an item is to be: under its id, its key or its content.</summary>
    public static void ClearWay(SqliteSession session, SqliteHealth health, long store, MemoryItem item, List<MemoryChange> changes)
    {
        if (item is not MemoryRecord record)
        {
            Erase(session, health, EventRows.CheckById(session, store, ((MemoryEvent)item).Id).Where(IsDamaged).Select(row => ("events", row)), changes);
            return;
        }

        Erase(session, health, RecordRows.CheckPlaceOf(session, store, record).Where(IsDamaged).Select(row => ("records", row)), changes);

        static bool IsDamaged(CheckedRow row) => !row.IsIntact;
    }
}

/// <summary>Where a walk through a namespace's rows stands: records first, then events.</summary>
/// <param name="IsEvents">Whether it is at the events.</param>
/// <param name="After">The last row looked at.</param>
internal readonly record struct MendPlace(bool IsEvents, long After)
{
    public static MendPlace Start { get; } = new(IsEvents: false, -1);

    public static MendPlace End { get; } = new(IsEvents: true, long.MaxValue);
}
