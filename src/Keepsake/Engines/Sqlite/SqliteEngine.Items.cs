using Microsoft.Data.Sqlite;

namespace Keepsake.Engines.Sqlite;

/// <content>What becomes of one record or event, in the transaction that writes it.</content>
internal sealed partial class SqliteEngine
{
    private WriteOutcome Upsert(SqliteSession session, PreparedRecord prepared, List<MemoryChange> changes)
    {
        var record = prepared.Record;
        if (_gate.IsClosed(record.Namespace))
        {
            return WriteOutcome.Refused(QuarantineFault.Of(record.Namespace));
        }

        // Most records are new: the unique indexes say so in one statement.
        var seq = database.NextSeq.Take();
        try
        {
            if (RecordRows.TryInsert(session, store, prepared, seq))
            {
                var fresh = record with { Order = seq };
                changes.Add(new(fresh.Id, fresh, fresh.Order));
                return new() { Id = fresh.Id, Outcome = WriteResult.Created };
            }
        }
        catch (SqliteException fault) when (fault.IsConflict())
        {
            return Misfit(fault);
        }

        try
        {
            var (before, (result, stored)) = Meet(session, record);
            if (!ReferenceEquals(stored, before))
            {
                RecordRows.Update(session, store, stored);
                changes.Add(new(stored.Id, stored));
            }

            return new() { Id = stored.Id, Outcome = result, MergedInto = result == WriteResult.Merged ? stored.Id : null };
        }
        catch (MemoryException e)
        {
            // What it meets is damaged, or in its way.
            return WriteOutcome.Refused(e);
        }
    }

    /// <summary>What is stored in a record's place, and what becomes of the two.</summary>
    private (MemoryRecord Before, (WriteResult Result, MemoryRecord Stored) After) Meet(SqliteSession session, MemoryRecord record)
    {
        if (RecordRows.ByIdEvenDeleted(session, Health, store, record.Id) is { } sameId)
        {
            return (sameId, RecordMerge.OntoSameId(_gate.Open(sameId)!, record));
        }

        if (record.Key is not null && RecordRows.ByKeyOf(session, Health, store, record) is { } sameKey)
        {
            return (sameKey, RecordMerge.OntoSameKey(sameKey, record));
        }

        return RecordRows.ByContentOf(session, Health, store, record) is { } sameContent
            ? (sameContent, RecordMerge.OntoSameContent(sameContent, record))
            : throw new MemoryException(MemoryErrorCode.Corrupt, "The database file contradicts itself; this record was not written.");
    }

    private WriteOutcome Append(
        SqliteSession session, PreparedEvent prepared, int keep, Dictionary<(string, string), int> counts, List<MemoryChange> changes)
    {
        var item = prepared.Event;
        if (_gate.IsClosed(item.Namespace))
        {
            return WriteOutcome.Refused(QuarantineFault.Of(item.Namespace!));
        }

        if (EventRows.Exists(session, store, item.Id))
        {
            return new() { Id = item.Id, Outcome = WriteResult.Unchanged };
        }

        var stored = item with { Order = database.NextSeq.Take() };
        try
        {
            EventRows.Insert(session, store, prepared, stored.Order);
        }
        catch (SqliteException fault) when (fault.IsConflict())
        {
            return Misfit(fault);
        }

        changes.Add(new(stored.Id, stored, stored.Order));

        var key = (item.ActorId, item.SessionId);
        var count = counts.TryGetValue(key, out var known) ? known + 1 : EventRows.CountOfSession(session, store, item.ActorId, item.SessionId);
        var excess = Math.Max(0, count - keep);
        if (excess > 0)
        {
            foreach (var (seq, id) in EventRows.OfSession(session, store, item.ActorId, item.SessionId, excess))
            {
                EventRows.Erase(session, seq);
                changes.Add(new(id, null));
            }
        }

        counts[key] = count - excess;
        return new() { Id = stored.Id, Outcome = WriteResult.Created, Trimmed = excess > 0 ? excess : null };
    }

    // Nothing of the row was written, so what is wrong with it is no reason to lose its neighbours.
    private static WriteOutcome Misfit(SqliteException fault) =>
        WriteOutcome.Refused(new(MemoryErrorCode.InvalidRequest, "It does not fit into the database and was not written: something that each has is missing, or of another kind.", fault));

    private bool Delete(SqliteSession session, string id, Deletion how, List<MemoryChange> changes)
    {
        if (how.Version is not null)
        {
            if (RecordRows.ById(session, Health, store, id) is not { } record)
            {
                return false;
            }

            record.ThrowIfNotAt(how.Version);
        }

        if (how.Hard)
        {
            // No decoding: what is damaged can be erased too.
            var erased = (RecordRows.SeqOf(session, store, id) is { } record ? RecordRows.Erase(session, record) : 0)
                + (EventRows.SeqOf(session, store, id) is { } @event ? EventRows.Erase(session, @event) : 0);
            if (erased > 0)
            {
                changes.Add(new(id, null));
            }

            return erased > 0;
        }

        if (RecordRows.ById(session, Health, store, id) is { } found)
        {
            RecordRows.Update(
                session, store, found with { DeletedAt = how.At, Reason = how.Reason ?? found.Reason, Version = found.Version + 1 });
        }
        else if (EventRows.ById(session, Health, store, id) is { } item)
        {
            EventRows.Update(session, store, item with { DeletedAt = how.At });
        }
        else
        {
            return false;
        }

        changes.Add(new(id, null));
        return true;
    }

    private bool SetEmbedding(SqliteSession session, NewEmbedding embedding, List<MemoryChange> changes)
    {
        if (RecordRows.ById(session, Health, store, embedding.Id) is { } record)
        {
            if (record.Version != embedding.Version || _gate.IsClosed(record.Namespace))
            {
                return false;
            }

            record = record with { Embedding = embedding.Embedding, EmbeddingModel = embedding.Model };
            RecordRows.Update(session, store, record);
            changes.Add(new(record.Id, record));
            return true;
        }

        if (EventRows.ById(session, Health, store, embedding.Id) is { } item && !_gate.IsClosed(item.Namespace))
        {
            item = item with { Embedding = embedding.Embedding, EmbeddingModel = embedding.Model };
            EventRows.Update(session, store, item);
            changes.Add(new(item.Id, item));
            return true;
        }

        return false;
    }
}
