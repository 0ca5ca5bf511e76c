namespace Keepsake.Engines;

/// <content>What becomes of one record or event.</content>
public sealed partial class ReferenceEngine
{
    private WriteOutcome Upsert(MemoryRecord record, List<MemoryChange> changes)
    {
        var place = _records.FindIndex(r => r.Id == record.Id);
        var sameId = place >= 0;
        if (!sameId)
        {
            place = _records.FindIndex(r => r.DeletedAt is null && TakesThePlaceOf(r, record));
        }

        if (place < 0)
        {
            _records.Add(record with { Order = ++_order });
            changes.Add(new(record.Id, _records[^1]));
            return new() { Id = record.Id, Outcome = WriteResult.Created };
        }

        var before = _records[place];
        var (result, stored) = sameId ? RecordMerge.OntoSameId(before, record)
            : record.Key is not null ? RecordMerge.OntoSameKey(before, record)
            : RecordMerge.OntoSameContent(before, record);
        if (sameId && result == WriteResult.Replaced && IsPlaceTaken(stored))
        {
            return WriteOutcome.Refused(RecordMerge.PlaceIsTaken());
        }

        if (!ReferenceEquals(stored, before))
        {
            _records[place] = stored;
            changes.Add(new(stored.Id, stored));
        }

        return new() { Id = stored.Id, Outcome = result, MergedInto = result == WriteResult.Merged ? stored.Id : null };
    }

    private WriteOutcome Append(MemoryEvent item, int keep, List<MemoryChange> changes)
    {
        if (_events.Exists(e => e.Id == item.Id))
        {
            return new() { Id = item.Id, Outcome = WriteResult.Unchanged };
        }

        _events.Add(item with { Order = ++_order });
        changes.Add(new(item.Id, _events[^1]));
        var session = LiveEvents(null).Where(e => e.ActorId == item.ActorId && e.SessionId == item.SessionId).OrderBy(e => e.Order).ToList();
        var excess = Math.Max(0, session.Count - keep);
        foreach (var oldest in session.Take(excess))
        {
            _events.Remove(oldest);
            changes.Add(new(oldest.Id, null));
        }

        return new() { Id = item.Id, Outcome = WriteResult.Created, Trimmed = excess > 0 ? excess : null };
    }

    private bool Delete(string id, Deletion how, List<MemoryChange> changes)
    {
        var record = _records.FindIndex(r => r.Id == id && (how.Hard || r.DeletedAt is null));
        var item = _events.FindIndex(e => e.Id == id && (how.Hard || e.DeletedAt is null));
        if ((record < 0 && item < 0) || (how.Version is not null && Live.All(r => r.Id != id)))
        {
            return false;
        }

        if (how.Hard)
        {
            _records.RemoveAll(r => r.Id == id);
            _events.RemoveAll(e => e.Id == id);
        }
        else if (record >= 0)
        {
            var old = _records[record];
            _records[record] = old with { DeletedAt = how.At, Reason = how.Reason ?? old.Reason, Version = old.Version + 1 };
        }
        else
        {
            _events[item] = _events[item] with { DeletedAt = how.At };
        }

        changes.Add(new(id, null));
        return true;
    }
}
