namespace Keepsake.Engines;

/// <content>Reading what is kept and putting it right in place.</content>
public sealed partial class ReferenceEngine : IRewritableEngine
{
    /// <inheritdoc/>
    public Task<Page<MemoryItem>> KeptAsync(PageRequest page, CancellationToken cancellationToken) => Read(
        () =>
        {
            var from = page.Cursor is null ? 0 : (int)Cursor.Number(page.Cursor);
            List<MemoryItem> all = [.. _records.OrderBy(record => record.Order), .. _events];
            var to = Math.Min(all.Count, from + page.Limit);
            return new Page<MemoryItem>(all[from..to], to < all.Count ? $"{to}" : null);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> RewriteAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken) =>
        Write(changes => items.Count(item => item is MemoryRecord record ? Rewrite(record, changes) : Rewrite((MemoryEvent)item, changes)), cancellationToken);

    private bool Rewrite(MemoryRecord record, List<MemoryChange> changes)
    {
        var place = _records.FindIndex(r => r.Id == record.Id && r.Version == record.Version);
        if (place < 0)
        {
            return false;
        }

        var key = record.Key;
        for (var i = 2; key is not null && IsPlaceTaken(record); i++)
        {
            record = record with { Key = $"{key} {i}" };
        }

        record = record with { Version = record.Version + 1, Order = _records[place].Order, LastRecalledAt = _records[place].LastRecalledAt };
        if (IsPlaceTaken(record))
        {
            var other = _records.FindIndex(r => r.Id != record.Id && r.DeletedAt is null && TakesThePlaceOf(r, record));
            _records[other] = RecordMerge.OntoSameContent(_records[other], record).Stored;
            changes.Add(new(_records[other].Id, _records[other]));
            _records.RemoveAt(place);
            changes.Add(new(record.Id, null));
            return true;
        }

        _records[place] = record;
        changes.Add(new(record.Id, record.DeletedAt is null ? record : null));
        return true;
    }

    private bool Rewrite(MemoryEvent item, List<MemoryChange> changes)
    {
        var place = _events.FindIndex(e => e.Id == item.Id);
        if (place >= 0)
        {
            _events[place] = item with { Order = _events[place].Order, DeletedAt = _events[place].DeletedAt };
            changes.Add(new(item.Id, item.DeletedAt is null ? _events[place] : null));
        }

        return place >= 0;
    }
}
