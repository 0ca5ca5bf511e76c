namespace Keepsake.Tests.Support;

/// <summary>Stores in memory, just enough to stand behind a door in tests.</summary>
internal sealed class FakeStores(TimeProvider time) : IMemoryStores
{
    private readonly Dictionary<string, (StoreInfo Info, FakeMemory Memory)> _stores = new(StringComparer.Ordinal)
    {
        ["default"] = (new("default", "default-0000000000", DateTimeOffset.UnixEpoch, false), new(time)),
    };

    public IMemory this[string name] => _stores.TryGetValue(name, out var store) ? store.Memory : throw MemoryException.NotFound("There is no such store.");

    public Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<StoreInfo>>([.. _stores.Values.Select(s => s.Info)]);

    public Task<StoreInfo> CreateAsync(string name, CancellationToken cancellationToken = default)
    {
        var info = new StoreInfo(name, name + "-0000000000", time.GetUtcNow(), false);
        return _stores.TryAdd(name, (info, new(time)))
            ? Task.FromResult(info)
            : throw new MemoryException(MemoryErrorCode.Conflict, "The store exists.");
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken = default) =>
        _stores.Remove(name) ? Task.CompletedTask : throw MemoryException.NotFound("There is no such store.");
}

internal sealed class FakeMemory(TimeProvider time) : IMemory
{
    private readonly List<MemoryRecord> _records = [];
    private readonly List<MemoryEvent> _events = [];
    private readonly Dictionary<string, object> _answers = [];
    private int _next;

    public Task<RememberAnswer> RememberAsync(RememberRequest request, string? token = null, CancellationToken cancellationToken = default) =>
        Once(token, () => RememberAnswer.Of([.. request.Facts.Select(f => Remember(request, f))]));

    public Task<EventAnswer> AppendEventAsync(EventInput request, string? token = null, CancellationToken cancellationToken = default) =>
        Once(token, () =>
        {
            Id(request.ActorId);
            var id = $"{_next:D19}#{_next++:x8}";
            _events.Add(new()
            {
                Id = id, ActorId = request.ActorId, SessionId = request.SessionId, Content = request.Content, Role = request.Role,
                OccurredAt = request.OccurredAt ?? time.GetUtcNow(), CreatedAt = time.GetUtcNow(), Metadata = request.Metadata,
                Namespace = request.Namespace is null ? null : MemoryNamespace.Parse(request.Namespace),
            });
            return new EventAnswer { Success = true, EventId = id, Provider = "embedded", Outcome = WriteResult.Created, Redactions = new Dictionary<string, int>() };
        });

    public Task<RecallAnswer> RecallAsync(RecallRequest request, CancellationToken cancellationToken = default)
    {
        if (request.TopK is < 1 or > 100)
        {
            throw MemoryException.Invalid("topK is 1 to 100.");
        }

        var scope = MemoryNamespace.ParseScope(request.Namespace);
        var found = Alive.Where(r => scope.Contains(r.Namespace)).Take(request.TopK ?? 5).Select(r => new RecalledMemory
        {
            Id = r.Id, Type = MemoryType.Record, Content = r.Content, Relevance = 0.5, Namespace = r.Namespace, OccurredAt = r.OccurredAt, CreatedAt = r.CreatedAt,
        }).ToList();
        return Task.FromResult(new RecallAnswer
        {
            Query = request.Query, Namespace = request.Namespace ?? "", Count = found.Count, Search = RecallAnswer.LexicalOnly, Memories = found,
        });
    }

    public Task<MemoryRecord> GetAsync(string id, CancellationToken cancellationToken = default) => Task.FromResult(Find(id));

    public Task<Page<MemoryRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken = default)
    {
        var scope = MemoryNamespace.ParseScope(query.Namespace);
        return Task.FromResult(Paged(Alive.Where(r => scope.Contains(r.Namespace) && (!query.KeysOnly || r.Key is not null)), query.Page));
    }

    public Task<MemoryRecord> UpdateAsync(string id, RecordPatch patch, long? version = null, CancellationToken cancellationToken = default)
    {
        var old = Find(id);
        if (version is not null && old.Version != version)
        {
            throw new MemoryException(MemoryErrorCode.PreconditionFailed, "It changed.");
        }

        var changed = old with
        {
            Content = patch.Content.Or(old.Content), Metadata = patch.Metadata.Or(old.Metadata), Speaker = patch.Speaker.Or(old.Speaker), Version = old.Version + 1,
        };
        _records[_records.IndexOf(old)] = changed;
        return Task.FromResult(changed);
    }

    public Task<DeleteAnswer> ForgetAsync(IReadOnlyList<string> ids, bool hard = false, string? reason = null, CancellationToken cancellationToken = default)
    {
        var count = 0;
        foreach (var record in Alive.Where(r => ids.Contains(r.Id)).ToList())
        {
            count++;
            _records.Remove(record);
            if (!hard)
            {
                _records.Add(record with { DeletedAt = time.GetUtcNow(), Reason = reason });
            }
        }

        return Task.FromResult(new DeleteAnswer(true, count));
    }

    public Task<MemoryRecord> RestoreAsync(string id, CancellationToken cancellationToken = default)
    {
        var gone = _records.FirstOrDefault(r => r.Id == id && r.DeletedAt is not null) ?? throw MemoryException.NotFound("There is no such record.");
        var back = gone with { DeletedAt = null };
        _records[_records.IndexOf(gone)] = back;
        return Task.FromResult(back);
    }

    public Task<SessionEvents> ListEventsAsync(EventQuery query, CancellationToken cancellationToken = default)
    {
        var page = Paged(_events.Where(e => e.ActorId == query.ActorId && e.SessionId == query.SessionId), query.Page);
        return Task.FromResult(new SessionEvents
        {
            ActorId = query.ActorId, SessionId = query.SessionId, Count = page.Items.Count, Events = page.Items, NextCursor = page.NextCursor,
        });
    }

    public Task<DeleteAnswer> ForgetSessionAsync(
        string actorId, string sessionId, bool hard = false, string? reason = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new DeleteAnswer(true, _events.RemoveAll(e => e.ActorId == actorId && e.SessionId == sessionId)));

    public Task<Page<ActorSummary>> ListActorsAsync(PageRequest page, CancellationToken cancellationToken = default) =>
        Task.FromResult(Paged(_events.Select(e => new ActorSummary(e.ActorId)).Distinct(), page));

    public Task<Page<SessionSummary>> ListSessionsAsync(string actorId, PageRequest page, CancellationToken cancellationToken = default) =>
        Task.FromResult(Paged(
            _events.Where(e => e.ActorId == actorId).GroupBy(e => e.SessionId).Select(g => new SessionSummary
            {
                ActorId = actorId, SessionId = g.Key, Count = g.Count(), CreatedAt = g.First().CreatedAt, LastEventAt = g.Last().CreatedAt,
            }),
            page));

    public Task<PreferencesAnswer> GetPreferencesAsync(string actorId, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        var scope = @namespace is null ? MemoryNamespace.PreferencesOf(actorId) : MemoryNamespace.Parse(@namespace);
        var found = Alive.Where(r => r.Key is not null && r.ActorId == actorId && scope.Contains(r.Namespace))
            .Select(r => new Preference(r.Key!, r.Content, r.Id, r.Namespace, r.CreatedAt, r.UpdatedAt)).ToList();
        return Task.FromResult(new PreferencesAnswer(found, found.Count));
    }

    public Task<Page<MemoryItem>> ExportAsync(string? scope, string? cursor, CancellationToken cancellationToken = default) =>
        Task.FromResult(Paged(_records.Cast<MemoryItem>().Concat(_events), new(2, cursor)));

    public Task<IReadOnlyList<WriteOutcome>> ImportAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken = default)
    {
        if (items.Count is 0 or > 1000)
        {
            throw MemoryException.Invalid("Import 1 to 1,000 items.");
        }

        _records.AddRange(items.OfType<MemoryRecord>());
        _events.AddRange(items.OfType<MemoryEvent>());
        return Task.FromResult<IReadOnlyList<WriteOutcome>>([.. items.Select(i => new WriteOutcome { Id = (i as MemoryRecord)?.Id ?? ((MemoryEvent)i).Id, Outcome = WriteResult.Created })]);
    }

    public Task<MemoryStatus> StatusAsync(CancellationToken cancellationToken = default) => Task.FromResult(new MemoryStatus
    {
        Status = "connected", Provider = "embedded", Store = "default", Search = RecallAnswer.LexicalOnly, Model = "none", Version = "0.1.0",
        Counts = new() { Records = _records.Count, Events = _events.Count, Sessions = 0, Namespaces = [] },
    });

    private IEnumerable<MemoryRecord> Alive => _records.Where(r => r.DeletedAt is null);

    private static void Id(string id)
    {
        if (id.Length == 0 || id.Any(char.IsControl))
        {
            throw MemoryException.Invalid("actorId is empty or holds a control character.");
        }
    }

    private static Page<T> Paged<T>(IEnumerable<T> items, PageRequest page)
    {
        var start = page.Cursor is null ? 0 : int.Parse(page.Cursor, null);
        var all = items.ToList();
        return new([.. all.Skip(start).Take(page.Limit)], all.Count > start + page.Limit ? $"{start + page.Limit}" : null);
    }

    private Task<T> Once<T>(string? token, Func<T> write)
        where T : class
    {
        if (token is null || !_answers.TryGetValue(token, out var answer))
        {
            answer = write();
            _answers[token ?? $"none {_next++}"] = answer;
        }

        return Task.FromResult(answer as T ?? throw new MemoryException(MemoryErrorCode.Conflict, "The token stands for another write."));
    }

    private MemoryRecord Find(string id) => Alive.FirstOrDefault(r => r.Id == id) ?? throw MemoryException.NotFound("There is no such record.");

    private WriteOutcome Remember(RememberRequest request, MemoryFact fact)
    {
        var place = MemoryNamespace.Parse(request.Namespace);
        if (fact.Content.Length is 0 or > MemoryRecord.MaxContentLength)
        {
            return WriteOutcome.Refused(MemoryException.Invalid("content is 1 to 16,000 characters."));
        }

        var old = Alive.FirstOrDefault(r => fact.Key is not null && r.Key == fact.Key && r.Namespace.Equals(place) && r.ActorId == fact.ActorId);
        var now = time.GetUtcNow();
        var record = new MemoryRecord
        {
            Id = old?.Id ?? $"mem-{_next++:x36}", Namespace = place, Content = fact.Content, Key = fact.Key, Kind = fact.Kind ?? MemoryKind.Fact,
            ActorId = fact.ActorId, OccurredAt = now, CreatedAt = old?.CreatedAt ?? now, UpdatedAt = now, Version = (old?.Version ?? 0) + 1, Metadata = fact.Metadata,
        };
        if (old is not null)
        {
            _records.Remove(old);
        }

        _records.Add(record);
        return new() { Id = record.Id, Outcome = old is null ? WriteResult.Created : WriteResult.Replaced };
    }
}
