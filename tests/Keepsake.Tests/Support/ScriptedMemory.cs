using Keepsake.Access;
using Keepsake.Capture;

namespace Keepsake.Tests.Support;

/// <summary>A store whose answers a test decides, and that remembers what it was asked.</summary>
internal sealed class ScriptedMemory : IMemory
{
    public static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Gets the requests, in order.</summary>
    public List<object> Asked { get; } = [];

    /// <summary>Gets what export lists and import fills.</summary>
    public List<MemoryItem> Items { get; } = [];

    /// <summary>Gets or sets how many items are on an exported page.</summary>
    public int PageSize { get; set; } = 2;

    /// <summary>Gets or sets what is done before each answer: the place to throw or to wait.</summary>
    private readonly Turnstile _imports = new();

    public Func<object, Task> Before { get; set; } = _ => Task.CompletedTask;

    public Func<RememberRequest, RememberAnswer> Remembers { get; set; } =
        request => RememberAnswer.Of([.. request.Facts.Select((_, i) => new WriteOutcome { Id = $"mem-{i}", Outcome = WriteResult.Created })]);

    public Func<RecallRequest, RecallAnswer> Recalls { get; set; } = request => Found(request);

    public Func<MemoryItem, WriteOutcome> Imports { get; set; } = item => new() { Id = IdOf(item), Outcome = WriteResult.Created };

    public string Search { get; set; } = RecallAnswer.Hybrid;

    public static string IdOf(MemoryItem item) => item is MemoryRecord record ? record.Id : ((MemoryEvent)item).Id;

    public static MemoryRecord Record(string id, string content = "a fact", string @namespace = "agents/default") => new()
    {
        Id = id,
        Namespace = MemoryNamespace.Parse(@namespace),
        Content = content,
        OccurredAt = At,
        CreatedAt = At,
        UpdatedAt = At,
    };

    public static MemoryEvent Event(string id, string content = "it happened") => new()
    {
        Id = id,
        ActorId = "alice",
        SessionId = "monday",
        Content = content,
        OccurredAt = At,
        CreatedAt = At,
    };

    public static RecallAnswer Found(RecallRequest request, params RecalledMemory[] memories) => new()
    {
        Query = request.Query,
        Namespace = request.Namespace ?? "",
        Count = memories.Length,
        Search = RecallAnswer.Hybrid,
        Memories = memories,
    };

    public static RecalledMemory Recalled(string id, string content, double relevance = 0.5) => new()
    {
        Id = id,
        Type = MemoryType.Record,
        Content = content,
        Relevance = relevance,
        Namespace = MemoryNamespace.Default,
        OccurredAt = At,
        CreatedAt = At,
    };

    public async Task<RememberAnswer> RememberAsync(RememberRequest request, string? token, CancellationToken cancellationToken)
    {
        await AskAsync(request, cancellationToken);
        return Remembers(request);
    }

    public async Task<EventAnswer> AppendEventAsync(EventInput request, string? token, CancellationToken cancellationToken)
    {
        await AskAsync(request, cancellationToken);
        return new()
        {
            Success = true,
            EventId = "event-1",
            Provider = "embedded",
            Outcome = WriteResult.Created,
            Redactions = new Dictionary<string, int> { ["jwt"] = 2 },
        };
    }

    public async Task<RecallAnswer> RecallAsync(RecallRequest request, CancellationToken cancellationToken)
    {
        await AskAsync(request, cancellationToken);
        return Recalls(request);
    }

    public async Task<MemoryRecord> GetAsync(string id, CancellationToken cancellationToken)
    {
        await AskAsync(id, cancellationToken);
        return Items.OfType<MemoryRecord>().FirstOrDefault(r => r.Id == id) ?? throw MemoryException.NotFound($"No record has the id '{id}'.");
    }

    public async Task<Page<MemoryRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        await AskAsync(query, cancellationToken);
        return new([.. Items.OfType<MemoryRecord>().Take(query.Page.Limit)], Items.Count > query.Page.Limit ? "next" : null);
    }

    public Task<MemoryRecord> UpdateAsync(string id, RecordPatch patch, long? version, string? token, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async Task<DeleteAnswer> ForgetAsync(
        IReadOnlyList<string> ids, bool hard, string? reason, long? version, string? token, CancellationToken cancellationToken)
    {
        await AskAsync((ids, hard, reason), cancellationToken);
        return new(Success: true, Items.RemoveAll(i => ids.Contains(IdOf(i))));
    }

    public Task<MemoryRecord> RestoreAsync(string id, string? token, CancellationToken cancellationToken) => GetAsync(id, cancellationToken);

    public async Task<SessionEvents> ListEventsAsync(EventQuery query, CancellationToken cancellationToken)
    {
        await AskAsync(query, cancellationToken);
        var events = Items.OfType<MemoryEvent>().ToList();
        return new() { ActorId = query.ActorId, SessionId = query.SessionId, Count = events.Count, Events = events };
    }

    public async Task<DeleteAnswer> ForgetSessionAsync(
        string actorId, string sessionId, bool hard, string? reason, string? token, CancellationToken cancellationToken)
    {
        await AskAsync((actorId, sessionId, hard, reason), cancellationToken);
        return new(Success: true, Deleted: 0);
    }

    public async Task<ForgetSourceAnswer> ForgetSourceAsync(
        string source, bool hard, bool dryRun, string? reason, string? token, CancellationToken cancellationToken)
    {
        await AskAsync((source, hard, dryRun, reason), cancellationToken);
        return new(Success: true, dryRun, Records: 2, Events: 1, Derived: 1);
    }

    public Task<Page<ActorSummary>> ListActorsAsync(PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Page<SessionSummary>> ListSessionsAsync(string actorId, PageRequest page, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<PreferencesAnswer> GetPreferencesAsync(string actorId, string? @namespace, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<MemoryRecord> GetPreferenceAsync(string actorId, string key, string? @namespace, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<DeleteAnswer> ForgetPreferenceAsync(
        string actorId, string key, string? @namespace, bool hard, string? reason, string? token, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async Task<Page<MemoryItem>> ExportAsync(string? scope, string? cursor, CancellationToken cancellationToken)
    {
        await AskAsync((scope, cursor), cancellationToken);
        var from = cursor is null ? 0 : int.Parse(cursor, System.Globalization.CultureInfo.InvariantCulture);
        var to = Math.Min(from + PageSize, Items.Count);
        return new(Items[from..to], to < Items.Count ? to.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    public async Task<IReadOnlyList<WriteOutcome>> ImportAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken)
    {
        using var turn = _imports.Enter();
        await AskAsync(items, cancellationToken);
        await turn.WaitAsync(cancellationToken);
        var outcomes = items.Select(Imports).ToList();
        Items.AddRange(items.Where((_, i) => outcomes[i].Error is null));
        turn.Complete();
        return outcomes;
    }

    public Task<MemoryStatus> StatusAsync(CancellationToken cancellationToken) => Task.FromResult(new MemoryStatus
    {
        Status = "connected",
        Provider = "embedded",
        Store = "default",
        Search = Search,
        Model = "keepsake-en-1",
        Version = "0.1.0",
        Counts = new() { Records = Items.Count, Events = 0, Sessions = 0, Namespaces = [new("agents/default", Items.Count, 0, 7)] },
    });

    private async Task AskAsync(object request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Asked.Add(request);
        await Before(request);
    }
}

/// <summary>One scripted store, by whatever name.</summary>
internal sealed class ScriptedStores(ScriptedMemory memory) : IMemoryStores, IAsyncDisposable
{
    public List<StoreInfo> Stores { get; } = [new("default", "default-0123456789", ScriptedMemory.At, Encrypted: false)];

    public bool IsClosed { get; private set; }

    public IMemory this[string name] => memory;

    public IMemoryStores As(Caller caller) => this;

    public Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoreInfo>>(Stores);

    public Task<StoreInfo> CreateAsync(string name, string? token, CancellationToken cancellationToken)
    {
        StoreInfo made = new(name, $"{name}-0123456789", ScriptedMemory.At, Encrypted: false);
        Stores.Add(made);
        return Task.FromResult(made);
    }

    public Task DeleteAsync(string name, string? token, CancellationToken cancellationToken) => Stores.RemoveAll(s => s.Name == name) > 0
        ? Task.CompletedTask
        : throw MemoryException.NotFound($"There is no store '{name}'.");

    public ValueTask DisposeAsync()
    {
        IsClosed = true;
        return ValueTask.CompletedTask;
    }
}
