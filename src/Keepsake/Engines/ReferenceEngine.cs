namespace Keepsake.Engines;

/// <summary>Keeps a store in this process, obviously. It is what other engines are compared with, and is gone with the process.</summary>
/// <param name="time">Dates tokens.</param>
public sealed partial class ReferenceEngine(TimeProvider time) : IMemoryEngine
{
    private readonly Lock _lock = new();
    private readonly List<MemoryRecord> _records = [];
    private readonly List<MemoryEvent> _events = [];
    private readonly Dictionary<string, (string Fingerprint, object Reply, DateTimeOffset At)> _tokens = [];
    private readonly List<MemoryChange> _changes = [];
    private Func<IReadOnlyList<MemoryChange>, Task>? _observer;
    private long _order;

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; } =
        new() { Name = "reference", Provider = "embedded", MaxBatchSize = 1_000, IsDurable = false };

    /// <inheritdoc/>
    public IReadOnlyList<MemoryNamespace> Closed => [];

    /// <inheritdoc/>
    public void Observe(Func<IReadOnlyList<MemoryChange>, Task> observer) =>
        _observer = _observer is { } others ? changes => Task.WhenAll(others(changes), observer(changes)) : observer;

    /// <inheritdoc/>
    public Task<ChangePage?> ChangesAsync(long after, int limit, CancellationToken cancellationToken) => Read<ChangePage?>(
        () =>
        {
            var changes = _changes.Where(change => change.Position > after).Take(limit)
                .Select(change => change with { Item = Present(change.Id) }).ToList();
            var last = _changes.Count > 0 ? _changes[^1].Position : 0;
            var position = changes.Count > 0 ? changes[^1].Position : last;
            return new(changes, position, position == last);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WriteOutcome>> UpsertAsync(
        IReadOnlyList<MemoryRecord> records, WriteToken? token, CancellationToken cancellationToken) =>
        WriteOnce(token, changes => [.. records.Select(record => Upsert(record, changes))], cancellationToken);

    /// <inheritdoc/>
    public Task<MemoryRecord?> ReplaceAsync(MemoryRecord record, long version, WriteToken? token, CancellationToken cancellationToken) => Write(
        changes =>
        {
            if (Reply<WriteReply>(token) is not null)
            {
                return Live.FirstOrDefault(r => r.Id == record.Id);
            }

            var place = _records.FindIndex(r => r.Id == record.Id);
            if (place < 0 || _records[place].Version != version)
            {
                return null;
            }

            if (IsPlaceTaken(record))
            {
                throw RecordMerge.PlaceIsTaken();
            }

            var replaced = record with { Version = version + 1, Order = _records[place].Order };
            _records[place] = replaced;
            changes.Add(new(replaced.Id, replaced));
            Note(token, new WriteReply(1, token?.Answer));
            return replaced;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<WriteReply?> ReplyAsync(WriteToken token, CancellationToken cancellationToken) =>
        Read(() => Reply<WriteReply>(token), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<MemoryRecord?>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<MemoryRecord?>>(() => [.. ids.Select(id => Live.FirstOrDefault(r => r.Id == id))], cancellationToken);

    /// <inheritdoc/>
    public Task<MemoryRecord?> GetDeletedAsync(string id, CancellationToken cancellationToken) =>
        Read(() => _records.Find(r => r.Id == id && r.DeletedAt is not null), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<MemoryRecord>> ListAsync(RecordFilter filter, PageRequest page, CancellationToken cancellationToken) => Read(
        () =>
        {
            var after = RecordCursor.Parse(page.Cursor);
            var matching = Live
                .Where(r => filter.Scope.Contains(r.Namespace)
                    && (filter.ActorId is null || filter.ActorId == (r.ActorId ?? ""))
                    && (filter.Kind is null || filter.Kind == r.Kind)
                    && (filter.Key is null || filter.Key == r.Key)
                    && (!filter.KeyedOnly || r.Key is not null)
                    && (filter.Now is not { } now || !r.IsExpiredAt(now)))
                .OrderBy(r => r.Namespace.Path, StringComparer.Ordinal).ThenBy(r => r.Order)
                .SkipWhile(r => page.Cursor is not null && Compare(r, after) <= 0)
                .Take(page.Limit + 1).ToList();
            var items = matching.Take(page.Limit).ToList();
            return new Page<MemoryRecord>(
                items, matching.Count > page.Limit ? RecordCursor.Format(items[^1].Namespace.Path, items[^1].Order) : null);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> DeleteAsync(IReadOnlyList<string> ids, Deletion how, CancellationToken cancellationToken) =>
        DeleteOnce(
            how,
            changes =>
            {
                foreach (var record in Live.Where(r => ids.Contains(r.Id)))
                {
                    record.ThrowIfNotAt(how.Version);
                }

                return ids.Distinct(StringComparer.Ordinal).Count(id => Delete(id, how, changes));
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WriteOutcome>> AppendAsync(
        IReadOnlyList<MemoryEvent> events, int keepPerSession, WriteToken? token, CancellationToken cancellationToken) =>
        WriteOnce(token, changes => [.. events.Select(item => Append(item, keepPerSession, changes))], cancellationToken);

    /// <inheritdoc/>
    public Task<Page<MemoryEvent>> ListEventsAsync(EventFilter filter, PageRequest page, CancellationToken cancellationToken) => Read(
        () =>
        {
            var sign = filter.OldestFirst ? 1 : -1;
            var last = page.Cursor is null ? 0 : Cursor.Number(page.Cursor);
            var matching = LiveEvents(filter.Now)
                .Where(e => (filter.ActorId is null || e.ActorId == filter.ActorId)
                    && (filter.SessionId is null || e.SessionId == filter.SessionId)
                    && (filter.Branch is null || e.Branch == filter.Branch)
                    && (filter.Scope is null || (e.Namespace is not null && filter.Scope.Contains(e.Namespace)))
                    && (page.Cursor is null || sign * e.Order > sign * last))
                .OrderBy(e => sign * e.Order).Take(page.Limit + 1).ToList();
            var items = matching.Take(page.Limit).ToList();
            return new Page<MemoryEvent>(items, matching.Count > page.Limit ? $"{items[^1].Order}" : null);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<MemoryEvent?>> GetEventsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<MemoryEvent?>>(
            () => [.. ids.Select(id => _events.Find(e => e.Id == id && e.DeletedAt is null))], cancellationToken);

    /// <inheritdoc/>
    public Task<Page<ActorSummary>> ListActorsAsync(DateTimeOffset now, PageRequest page, CancellationToken cancellationToken) => Read(
        () => Cut(LiveEvents(now).Select(e => e.ActorId).Distinct().Select(a => new ActorSummary(a)), page, a => a.ActorId), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<SessionSummary>> ListSessionsAsync(
        string actorId, DateTimeOffset now, PageRequest page, CancellationToken cancellationToken) => Read(
        () => Cut(
            LiveEvents(now).Where(e => e.ActorId == actorId).GroupBy(e => e.SessionId).Select(group => new SessionSummary
            {
                ActorId = actorId,
                SessionId = group.Key,
                Count = group.Count(),
                CreatedAt = group.MinBy(e => e.Order)!.CreatedAt,
                LastEventAt = group.MaxBy(e => e.Order)!.CreatedAt,
            }),
            page,
            s => s.SessionId),
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> DeleteSessionAsync(string actorId, string sessionId, Deletion how, CancellationToken cancellationToken) => DeleteOnce(
        how,
        changes => LiveEvents(null).Where(e => e.ActorId == actorId && e.SessionId == sessionId).ToList().Count(e => Delete(e.Id, how, changes)),
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SourcedItem>> FromSourceAsync(string source, CancellationToken cancellationToken) => Read<IReadOnlyList<SourcedItem>>(
        () =>
        {
            List<(MemoryItem Item, Provenance From)> all =
                [.. _records.Select(r => ((MemoryItem)r, r.Provenance)), .. _events.Where(e => e.Provenance is not null).Select(e => ((MemoryItem)e, e.Provenance!))];
            List<SourcedItem> found = [.. all.Where(one => one.From.ComesFrom(source)).Select(one => SourcedItem.Of(one.Item, source))];
            for (var i = 0; i < found.Count; i++)
            {
                found.AddRange(all.Where(one => one.From.Parents.Contains(found[i].Id)).Select(one => SourcedItem.Of(one.Item, source))
                    .Where(child => !found.Exists(f => f.Id == child.Id)).ToList());
            }

            return found;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> SetEmbeddingsAsync(IReadOnlyList<NewEmbedding> embeddings, CancellationToken cancellationToken) => Write(
        changes => embeddings.Count(embedding =>
        {
            var place = _records.FindIndex(r => r.Id == embedding.Id && r.DeletedAt is null && r.Version == embedding.Version);
            if (place >= 0)
            {
                _records[place] = _records[place] with { Embedding = embedding.Embedding, EmbeddingModel = embedding.Model };
                changes.Add(new(embedding.Id, _records[place]));
                return true;
            }

            place = _events.FindIndex(e => e.Id == embedding.Id && e.DeletedAt is null);
            if (place >= 0)
            {
                _events[place] = _events[place] with { Embedding = embedding.Embedding, EmbeddingModel = embedding.Model };
                changes.Add(new(embedding.Id, _events[place]));
            }

            return place >= 0;
        }),
        cancellationToken);

    /// <inheritdoc/>
    public Task MarkRecalledAsync(IReadOnlyList<string> ids, DateTimeOffset at, CancellationToken cancellationToken) => Write(
        _ =>
        {
            foreach (var id in ids)
            {
                if (_records.FindIndex(r => r.Id == id && r.DeletedAt is null) is >= 0 and var place)
                {
                    _records[place] = _records[place] with { LastRecalledAt = at };
                }
            }

            return 0;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> PurgeAsync(PurgeLimits limits, CancellationToken cancellationToken) => Write(
        changes =>
        {
            var tokens = _tokens.Where(t => t.Value.At < limits.TokensBefore).Select(t => t.Key).ToList().Count(_tokens.Remove);

            var due = _records.Where(r => r.DeletedAt < limits.DeletedBefore || r.ExpiresAt < limits.ExpiredBefore).Select(r => r.Id)
                .Concat(_events.Where(e => e.DeletedAt < limits.DeletedBefore || e.ExpiresAt < limits.ExpiredBefore).Select(e => e.Id))
                .ToList();
            return tokens + due.Count(id => Delete(id, new(Hard: true, limits.DeletedBefore), changes));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<EngineStatistics> StatisticsAsync(DateTimeOffset now, CancellationToken cancellationToken) => Read(
        () =>
        {
            var records = Live.Where(r => !r.IsExpiredAt(now)).ToList();
            var events = LiveEvents(now).ToList();
            return new EngineStatistics
            {
                Counts = new()
                {
                    Records = records.Count,
                    Events = events.Count,
                    Sessions = events.Select(e => (e.ActorId, e.SessionId)).Distinct().Count(),
                    Suspicious = records.Count(r => r.Suspicions is not null) + events.Count(e => e.Suspicions is not null),
                    Namespaces = [.. records.Select(r => r.Namespace).Concat(events.Select(e => e.Namespace).OfType<MemoryNamespace>()).Distinct()
                        .Select(n => new NamespaceCounts(
                            n.Path, records.Count(r => r.Namespace.Equals(n)), events.Count(e => n.Equals(e.Namespace)), 0))],
                },
            };
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IEnumerable<MemoryRecord> Live => _records.Where(r => r.DeletedAt is null);

    private IEnumerable<MemoryEvent> LiveEvents(DateTimeOffset? now) =>
        _events.Where(e => e.DeletedAt is null && (now is not { } at || !e.IsExpiredAt(at)));

    private bool IsPlaceTaken(MemoryRecord record) =>
        record.DeletedAt is null && Live.Any(r => r.Id != record.Id && TakesThePlaceOf(r, record));

    // Two keyed records by their key, two without one by their content, within namespace and actor.
    private static bool TakesThePlaceOf(MemoryRecord stored, MemoryRecord incoming) =>
        stored.Namespace.Equals(incoming.Namespace)
        && (stored.ActorId ?? "") == (incoming.ActorId ?? "")
        && stored.Key == incoming.Key
        && (incoming.Key is not null || stored.Content == incoming.Content);

    private static int Compare(MemoryRecord record, (string Path, long Order) cursor)
    {
        var byPath = string.CompareOrdinal(record.Namespace.Path, cursor.Path);
        return byPath != 0 ? byPath : record.Order.CompareTo(cursor.Order);
    }

    private static Page<T> Cut<T>(IEnumerable<T> all, PageRequest page, Func<T, string> cursor)
    {
        var items = all.OrderBy(cursor, StringComparer.Ordinal)
            .SkipWhile(i => page.Cursor is not null && string.CompareOrdinal(cursor(i), page.Cursor) <= 0)
            .Take(page.Limit + 1).ToList();
        return items.Count <= page.Limit ? new(items, null) : new(items[..^1], cursor(items[^2]));
    }

    private Task<IReadOnlyList<WriteOutcome>> WriteOnce(
        WriteToken? token, Func<List<MemoryChange>, IReadOnlyList<WriteOutcome>> write, CancellationToken cancellationToken) => Write(
        changes =>
        {
            if (Reply<IReadOnlyList<WriteOutcome>>(token) is { } first)
            {
                return first;
            }

            var outcomes = write(changes);
            Note(token, outcomes);
            return outcomes;
        },
        cancellationToken);

    private Task<int> DeleteOnce(Deletion how, Func<List<MemoryChange>, int> delete, CancellationToken cancellationToken) => Write(
        changes =>
        {
            if (Reply<WriteReply>(how.Token) is { } first)
            {
                return first.Count;
            }

            var deleted = delete(changes);
            Note(how.Token, new WriteReply(deleted, how.Token?.Answer));
            return deleted;
        },
        cancellationToken);

    private T? Reply<T>(WriteToken? token)
        where T : class =>
        token is null || !_tokens.TryGetValue(token.Value, out var first) ? null
        : first.Fingerprint == token.Fingerprint ? (T)first.Reply
        : throw new MemoryException(MemoryErrorCode.Conflict, "This token was used for another write. Use a new token for a new write.");

    private void Note(WriteToken? token, object reply)
    {
        if (token is not null)
        {
            _tokens[token.Value] = (token.Fingerprint, reply, time.GetUtcNow());
        }
    }

    private async Task<T> Write<T>(Func<List<MemoryChange>, T> write, CancellationToken cancellationToken)
    {
        var followed = Task.CompletedTask;
        var result = await Read(
            () =>
            {
                List<MemoryChange> changes = [];
                var result = write(changes);
                if (changes.Count > 0)
                {
                    changes = [.. changes.Select(change => change with { Position = ++_order })];
                    _changes.AddRange(changes);
                    followed = _observer?.Invoke(changes) ?? followed;
                }

                return result;
            },
            cancellationToken);
        await followed;
        return result;
    }

    private MemoryItem? Present(string id) =>
        (MemoryItem?)_records.Find(r => r.Id == id && r.DeletedAt is null) ?? _events.Find(e => e.Id == id && e.DeletedAt is null);

    private Task<T> Read<T>(Func<T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            try
            {
                return Task.FromResult(read());
            }
            catch (MemoryException e)
            {
                return Task.FromException<T>(e);
            }
        }
    }
}
