using Keepsake.Access;
using Keepsake.Capture;
using Keepsake.Embedding;
using Keepsake.Engines;
using Keepsake.Engines.Sqlite;
using Keepsake.Operations;
using Keepsake.Protection.Redaction;
using Keepsake.Recall;
using Keepsake.Recall.Reranking;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Keepsake;

/// <summary>One store in this process: the front of the library. It remembers, recalls and forgets.</summary>
/// <remarks>Safe for concurrent use. Dispose it to write down what is known of usage; the engine stays with who opened it.</remarks>
public sealed partial class MemoryStore : IMemory, IAsyncDisposable
{
    private readonly IMemoryEngine _engine;
    private readonly IMemoryEngine _evenClosed;
    private readonly Embedder _embedder;
    private readonly TimeProvider _time;
    private readonly WritePath _write;
    private readonly ReadPath _read;
    private readonly IndexFeed _feed;
    private readonly Upkeep _upkeep;
    private readonly RerankStage? _rerank;
    private readonly StoreScan _scan;
    private readonly Benchmark _benchmark;
    private readonly Func<MemoryNamespace, Mending> _mend;

    /// <summary>Makes the front of a store.</summary>
    /// <param name="name">What callers call the store.</param>
    /// <param name="engine">Where it is kept.</param>
    /// <param name="embedder">The embedding model.</param>
    /// <param name="options">Settings; <see langword="null"/>: the defaults.</param>
    /// <param name="time">The clock; <see langword="null"/>: the system's.</param>
    /// <param name="logger">Takes names, counts and times, never content; <see langword="null"/>: nobody.</param>
    /// <param name="indexFolder">Where the search index is kept between processes; <see langword="null"/>: nowhere, it is built at the first search.</param>
    /// <param name="isReadOnly">Whether nothing may be written now, what the store writes by itself included; <see langword="null"/>: never.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: a setting is out of range.</exception>
    public MemoryStore(
        string name, IMemoryEngine engine, Embedder embedder, MemoryStoreOptions? options = null, TimeProvider? time = null, ILogger? logger = null,
        string? indexFolder = null, Func<bool>? isReadOnly = null)
        : this(name, engine, embedder, options, time, logger, indexFolder is null ? null : new IndexSnapshot(indexFolder), isReadOnly)
    {
    }

    /// <summary>Makes the front of a store with a snapshot of its own.</summary>
    internal MemoryStore(
        string name, IMemoryEngine engine, Embedder embedder, MemoryStoreOptions? options, TimeProvider? time, ILogger? logger, IndexSnapshot? snapshot,
        Func<bool>? isReadOnly = null)
    {
        options ??= new();
        options.Validate();
        Name = name;
        _engine = engine;
        _evenClosed = SqliteEngine.EvenClosed(engine);
        _embedder = embedder;
        _time = time ?? TimeProvider.System;
        var redactor = new Redactor(options.Redaction.Of(name));
        var usage = new UsageLog(engine, _time);
        _feed = new(engine, embedder, snapshot);
        _write = new(engine, redactor, new(options.Poisoning.Of(name)), new(embedder), _time, options);
        _scan = new(engine, redactor, _write, _time);
        logger ??= NullLogger.Instance;
        _rerank = options.ChooseReranker() is { } reranker ? new(reranker, options.Rerank, _time, logger) : null;
        _read = new(engine, _feed, embedder, redactor, usage, _time, new(_evenClosed, embedder), _rerank);

        _benchmark = BenchmarkOf(engine);
        _mend = MendingOf;
        _upkeep = new(engine, _feed, embedder, usage, options, _time, logger, isReadOnly);

        Mending MendingOf(MemoryNamespace @namespace)
        {
            var mended = engine is SqliteEngine own ? own.Mending(@namespace) : throw NotEmbedded();
            return new()
            {
                Namespace = @namespace,
                Engine = mended,
                Write = new(
                    mended, redactor, new(options.Poisoning.Of(name)), new(embedder), _time,
                    // What is put back must not push other events of its session out.
                    new() { EventRetention = options.EventRetention, MaxEventsPerSession = int.MaxValue }),
                Embedder = embedder,
                Feed = _feed,
                Benchmark = BenchmarkOf(mended),
            };
        }

        // Probes are not use: what they find is noted nowhere.
        Benchmark BenchmarkOf(IMemoryEngine asked) => new(
            name, asked, embedder, new ReadPath(asked, _feed, embedder, redactor, new UsageLog(asked, _time), _time, new(asked, embedder)).RecallAsync, _time);
    }

    /// <summary>Gets what callers call the store.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public Task<RememberAnswer> RememberAsync(RememberRequest request, string? token = null, CancellationToken cancellationToken = default) =>
        RememberAsync(request, token, Reach.Everything, cancellationToken);

    /// <inheritdoc/>
    public Task<EventAnswer> AppendEventAsync(EventInput request, string? token = null, CancellationToken cancellationToken = default) =>
        _write.AppendEventAsync(request, token, cancellationToken);

    /// <inheritdoc/>
    public Task<RecallAnswer> RecallAsync(RecallRequest request, CancellationToken cancellationToken = default) =>
        _read.RecallAsync(request, cancellationToken);

    /// <inheritdoc/>
    public async Task<MemoryRecord> GetAsync(string id, CancellationToken cancellationToken = default)
    {
        var record = (await _engine.GetAsync([Rules.GivenId(id)], cancellationToken))[0];
        return record is not null && !record.IsExpiredAt(_time.GetUtcNow()) ? Bare(record) : throw WritePath.NoSuchRecord();
    }

    /// <inheritdoc/>
    public async Task<Page<MemoryRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken = default)
    {
        var filter = new RecordFilter
        {
            Scope = MemoryNamespace.ParseScope(query.Namespace),
            ActorId = query.ActorId is null ? null : Rules.ActorId(query.ActorId),
            KeyedOnly = query.KeysOnly,
            Now = _time.GetUtcNow(),
        };
        var page = await _engine.ListAsync(filter, query.Page, cancellationToken);
        return page with { Items = [.. page.Items.Select(Bare)] };
    }

    /// <inheritdoc/>
    public async Task<MemoryRecord> UpdateAsync(
        string id, RecordPatch patch, long? version = null, string? token = null, CancellationToken cancellationToken = default) =>
        Bare(await _write.UpdateAsync(id, patch, version, token, cancellationToken));

    /// <inheritdoc/>
    public async Task<MemoryRecord> RestoreAsync(string id, string? token = null, CancellationToken cancellationToken = default) =>
        Bare(await _write.RestoreAsync(id, token, cancellationToken));

    /// <inheritdoc/>
    public async Task<SessionEvents> ListEventsAsync(EventQuery query, CancellationToken cancellationToken = default) =>
        EventsOf(query, await _engine.ListEventsAsync(FilterOf(query), query.Page, cancellationToken));

    /// <inheritdoc/>
    public Task<Page<ActorSummary>> ListActorsAsync(PageRequest page, CancellationToken cancellationToken = default) =>
        _engine.ListActorsAsync(_time.GetUtcNow(), page, cancellationToken);

    /// <inheritdoc/>
    public Task<Page<SessionSummary>> ListSessionsAsync(
        string actorId, PageRequest page, CancellationToken cancellationToken = default) =>
        _engine.ListSessionsAsync(Rules.ActorId(actorId), _time.GetUtcNow(), page, cancellationToken);

    /// <inheritdoc/>
    public Task<Page<MemoryItem>> ExportAsync(string? scope, string? cursor, CancellationToken cancellationToken = default) =>
        Exporter.PageAsync(_engine, MemoryNamespace.ParseScope(scope), cursor, _time.GetUtcNow(), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WriteOutcome>> ImportAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken = default) =>
        ImportAsync(items, Reach.Everything, cancellationToken);

    /// <summary>Looks for secrets in what is stored, with today's rules: records and events, deleted ones that are not yet erased too.</summary>
    /// <param name="apply">Whether what is found is redacted: a new version, embedded anew. Else nothing changes.</param>
    /// <param name="cursor">Where the last page ended; <see langword="null"/>: from the start.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <remarks>After the last page of a scan that redacted, call <see cref="RebuildIndexAsync"/>: what was derived holds the words still.</remarks>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotSupported"/>: the engine cannot be scanned.</exception>
    public Task<ScanPage> ScanAsync(bool apply = false, string? cursor = null, CancellationToken cancellationToken = default) =>
        _scan.PageAsync(apply, cursor, cancellationToken);

    /// <summary>Throws the search index and its snapshot away and makes it anew from what is stored. Searches wait for it.</summary>
    public Task RebuildIndexAsync(CancellationToken cancellationToken = default) => _feed.RebuildAsync().WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<MemoryStatus> StatusAsync(CancellationToken cancellationToken = default)
    {
        if (_embedder.State.Status == EmbedderStatus.Loading)
        {
            // What it turns out to be is known in milliseconds.
            await _embedder.EmbedAsync(["status"], cancellationToken);
        }

        var (status, statistics) = await StatisticsAsync(cancellationToken);
        var state = _embedder.State;
        var isReady = state.Status == EmbedderStatus.Ready;
        List<string> warnings = [.. statistics.Warnings];
        if (state.Reason is { } reason)
        {
            warnings.Add($"Search is lexical only: {reason}");
        }

        if (isReady && _feed.Unembedded is > 0 and var waiting)
        {
            warnings.Add(WaitingText(waiting, _feed.IsLoaded));
        }

        return new()
        {
            Status = status,
            Provider = _engine.Capabilities.Provider,
            Store = Name,
            Search = isReady ? RecallAnswer.Hybrid : RecallAnswer.LexicalOnly,
            Model = _embedder.Model switch
            {
                null => "none",
                BuiltInModel.Name => $"{BuiltInModel.Name} (English)",
                var other => other,
            },
            Counts = statistics.Counts,
            Version = KeepsakeVersion.Text,
            ReadOnly = statistics.ReadOnly,
            Warnings = warnings,
            Engine = statistics.Facts,
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _upkeep.DisposeAsync();
        await _feed.DisposeAsync();
        _rerank?.Dispose();
    }

    /// <summary>Erases records and events for good, and tells the index.</summary>
    internal Task<int> EraseAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        _engine.DeleteAsync(ids, _write.Deletion(hard: true, reason: null), cancellationToken);

    /// <summary>Takes out of the index's files what was removed from the index, or all of it where they are to be sealed otherwise.</summary>
    internal Task CleanIndexAsync(bool all) => _feed.CleanAsync(all);

    /// <summary>Writes a snapshot of the index now, rather than when enough has changed.</summary>
    internal Task SaveIndexAsync() => _feed.SaveAsync(always: true);

    /// <summary>Stores facts for a caller: what they were derived from counts as far as it reaches.</summary>
    internal Task<RememberAnswer> RememberAsync(RememberRequest request, string? token, Reach reach, CancellationToken cancellationToken) =>
        _write.RememberAsync(request, token, reach, cancellationToken);

    /// <summary>Imports for a caller: what the records were derived from counts as far as it reaches.</summary>
    internal Task<IReadOnlyList<WriteOutcome>> ImportAsync(IReadOnlyList<MemoryItem> items, Reach reach, CancellationToken cancellationToken) =>
        _write.ImportAsync(items, reach, cancellationToken);

    /// <summary>Finds what is known, as far as a caller reaches.</summary>
    internal Task<RecallAnswer> RecallAsync(RecallRequest request, Reach reach, CancellationToken cancellationToken) =>
        _read.RecallAsync(request, reach, cancellationToken);

    /// <summary>Reads records and events by id, also in quarantine: whether a caller reaches them is asked first, and whether they are open to anybody then.</summary>
    /// <returns>One per id; <see langword="null"/>: there is none, or it is damaged.</returns>
    internal async Task<IReadOnlyList<MemoryItem?>> FindAsync(IReadOnlyList<string> ids, bool evenDeleted, CancellationToken cancellationToken)
    {
        var found = new MemoryItem?[ids.Count];
        var (records, events) = (await ReadAsync(_evenClosed.GetAsync), await ReadAsync(_evenClosed.GetEventsAsync));
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = records[i] ?? (MemoryItem?)events[i] ?? (evenDeleted ? await _evenClosed.GetDeletedAsync(ids[i], cancellationToken) : null);
        }

        return found;

        async Task<IReadOnlyList<T?>> ReadAsync<T>(Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<T?>>> read)
            where T : class
        {
            try
            {
                return await read([.. ids.Select(Rules.GivenId)], cancellationToken);
            }
            catch (MemoryException e) when (e.Code == MemoryErrorCode.Corrupt)
            {
                return new T?[ids.Count];
            }
        }
    }

    /// <summary>Gets the namespaces in quarantine.</summary>
    internal IReadOnlyList<MemoryNamespace> Closed => _engine.Closed;

    /// <summary>Lists the events of a session that a caller reaches. What lies in quarantine outside is as if it were not there.</summary>
    internal async Task<SessionEvents> ListEventsAsync(EventQuery query, Reach reach, CancellationToken cancellationToken)
    {
        var filter = FilterOf(query);
        if (filter.Scope is { } scope && _engine.Closed.FirstOrDefault(closed => closed.Contains(scope)) is { } whole)
        {
            throw QuarantineFault.Of(whole);
        }

        var page = await _evenClosed.ListEventsAsync(filter, query.Page, cancellationToken);
        var closed = _engine.Closed;
        var seen = page.Items.Where(reach.Sees).ToList();
        var open = seen.Where(item => QuarantineFault.Closing(closed, item) is null).ToList();

        // An empty list would say that nothing was said.
        return open.Count == 0 && seen.Count > 0 && query.Page.Cursor is null
            ? throw QuarantineFault.Of(QuarantineFault.Closing(closed, seen[0])!)
            : EventsOf(query, page with { Items = open });
    }

    /// <summary>The index with everything stored in it.</summary>
    internal Task<RecallIndex> IndexAsync(CancellationToken cancellationToken) => _feed.LoadedAsync(cancellationToken);

    /// <summary>Embeds now what has no embedding of the present model, rather than some seconds later.</summary>
    internal Task EmbedMissingAsync(CancellationToken cancellationToken) => _upkeep.EmbedMissingAsync(cancellationToken);

    /// <summary>Says how well the store finds its own records, by meaning alone too.</summary>
    internal Task<BenchmarkReport> ProbeAsync(CancellationToken cancellationToken) => _benchmark.RunWithMeaningAsync(cancellationToken);

    /// <summary>Says how well a scope finds its own records.</summary>
    internal Task<BenchmarkReport> BenchmarkAsync(MemoryNamespace scope, BenchmarkRequest request, CancellationToken cancellationToken) =>
        _benchmark.RunAsync(scope, request, cancellationToken);

    /// <summary>What a namespace in quarantine is mended with.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotSupported"/>: another engine keeps the store.</exception>
    internal Mending Mend(MemoryNamespace @namespace) => _mend(@namespace);

    /// <summary>Embeds again what was left alone while it was in quarantine.</summary>
    internal void Released() => _feed.TakeBack();

    /// <summary>Says how far re-embedding is. Loads the index, which knows what waits, and with it what embeds it.</summary>
    internal async Task<ModelProgress> ModelProgressAsync(CancellationToken cancellationToken)
    {
        await _feed.LoadedAsync(cancellationToken);
        var state = _embedder.State;
        return new() { Model = _embedder.Model, Dimensions = _embedder.Dimensions, Reason = state.Reason, Waiting = _feed.Unembedded };
    }

    /// <summary>Says that something waits to be embedded.</summary>
    /// <param name="waiting">How much is known to.</param>
    /// <param name="isAll">Whether that is all: while the index is loading, more is found.</param>
    internal static string WaitingText(int waiting, bool isAll) => (isAll ? "" : "At least ") + (waiting == 1
        ? "1 memory waits to be embedded; until then it is found by its words."
        : $"{waiting} memories wait to be embedded; until then they are found by their words.");

    private async Task<(string Status, EngineStatistics Statistics)> StatisticsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ("connected", await _engine.StatisticsAsync(_time.GetUtcNow(), cancellationToken));
        }
        catch (MemoryException e)
        {
            var nothing = new MemoryCounts { Records = 0, Events = 0, Sessions = 0, Namespaces = [] };
            return ("disconnected", new() { Counts = nothing, Warnings = [$"{e.Code.WireName}: {e.Message}"] });
        }
    }

    private EventFilter FilterOf(EventQuery query) => new()
    {
        ActorId = Rules.ActorId(query.ActorId),
        SessionId = Rules.SessionId(query.SessionId),
        Branch = Rules.Name(query.Branch, MemoryEvent.MaxNameLength, "branch"),
        Scope = query.Namespace is null ? null : MemoryNamespace.ParseScope(query.Namespace),
        Now = _time.GetUtcNow(),
    };

    private static SessionEvents EventsOf(EventQuery query, Page<MemoryEvent> page) => new()
    {
        ActorId = query.ActorId,
        SessionId = query.SessionId,
        Count = page.Items.Count,
        Events = [.. page.Items.Reverse().Select(e => e with { Embedding = default })],
        NextCursor = page.NextCursor,
    };

    private static MemoryException NotEmbedded() => new(MemoryErrorCode.NotSupported, "Only the embedded engine rebuilds a namespace.");

    // An embedding is thousands of characters that no reader wants; an export has it.
    private static MemoryRecord Bare(MemoryRecord record) => record with { Embedding = default };
}
