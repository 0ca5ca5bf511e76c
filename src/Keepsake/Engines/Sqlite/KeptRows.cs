using System.Globalization;

namespace Keepsake.Engines.Sqlite;

/// <summary>Rows as they are kept, deleted ones too: read one after another, and put right in place.</summary>
internal static class KeptRows
{
    private const string Records = "records:";
    private const string Events = "events:";

    // So many keys may become one marker before the rest of them is refused.
    private const int MaxSameKeys = 10_000;

    /// <summary>Reads a page: records by row, then events by row.</summary>
    public static Page<MemoryItem> Read(SqliteSession session, SqliteHealth health, long store, PageRequest page)
    {
        var cursor = page.Cursor ?? Records + "0";
        if (cursor.StartsWith(Records, StringComparison.Ordinal))
        {
            var records = RecordRows.After(session, health, store, Cursor.Number(cursor.AsSpan(Records.Length)), page.Limit, out var last, evenDeleted: true);
            return new([.. records], last is null ? Events + "0" : Records + Text(last.Value));
        }

        if (!cursor.StartsWith(Events, StringComparison.Ordinal))
        {
            throw Cursor.Unknown();
        }

        var events = EventRows.After(session, health, store, Cursor.Number(cursor.AsSpan(Events.Length)), page.Limit, out var lastEvent, evenDeleted: true);
        return new([.. events], lastEvent is null ? null : Events + Text(lastEvent.Value));
    }

    /// <summary>Puts an item in the place of the one with its id.</summary>
    /// <returns>Whether it was: a record must still have its version.</returns>
    public static bool Rewrite(SqliteSession session, SqliteHealth health, long store, MemoryItem item, List<MemoryChange> changes)
    {
        if (item is MemoryEvent happened)
        {
            if (EventRows.ById(session, health, store, happened.Id, evenDeleted: true) is not { } stored)
            {
                return false;
            }

            happened = happened with { Order = stored.Order, DeletedAt = stored.DeletedAt };
            EventRows.Update(session, store, happened);
            changes.Add(new(happened.Id, happened.DeletedAt is null ? happened : null));
            return true;
        }

        var record = (MemoryRecord)item;
        if (RecordRows.ByIdEvenDeleted(session, health, store, record.Id) is not { } before || before.Version != record.Version)
        {
            return false;
        }

        Put(session, health, store, record with { Version = before.Version + 1, Order = before.Order, LastRecalledAt = before.LastRecalledAt }, changes);
        return true;
    }

    private static void Put(SqliteSession session, SqliteHealth health, long store, MemoryRecord record, List<MemoryChange> changes)
    {
        for (var i = 1; ; i++)
        {
            var named = i == 1 ? record : record with { Key = $"{record.Key} {Text(i)}" };
            try
            {
                RecordRows.Update(session, store, named);
                changes.Add(new(named.Id, named.DeletedAt is null ? named : null));
                return;
            }
            catch (MemoryException taken) when (taken.Code == MemoryErrorCode.Conflict && record.Key is not null && i < MaxSameKeys)
            {
                // Two secrets as keys give one marker: both records stay.
            }
            catch (MemoryException taken) when (taken.Code == MemoryErrorCode.Conflict && record.Key is null)
            {
                // Without their secrets two records say the same: they become one, as two writes of it would have.
                var other = RecordRows.ByContentOf(session, health, store, record)!;
                var merged = RecordMerge.OntoSameContent(other, record).Stored;
                RecordRows.Update(session, store, merged);
                RecordRows.Erase(session, record.Order);
                changes.Add(new(record.Id, null));
                changes.Add(new(merged.Id, merged));
                return;
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
