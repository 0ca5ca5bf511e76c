using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Keepsake.Access;
using Keepsake.Engines;
using Keepsake.Protection.Redaction;
using Keepsake.Recall;
using Keepsake.Serialization;

namespace Keepsake.Capture;

/// <summary>The way of a write: validate, redact, embed, commit. What is equal or keyed is settled by the engine, as it commits.</summary>
internal sealed class WritePath
{
    private readonly IMemoryEngine _engine;
    private readonly Redactor _redactor;
    private readonly ContentEmbedder _embedder;
    private readonly TimeProvider _time;
    private readonly int _keepPerSession;
    private readonly TimeSpan _deletedRetention;
    private readonly RecordIntake _records;
    private readonly EventIntake _events;
    private readonly SourceTrust _trust;
    private readonly Turnstile _imports = new();

    public WritePath(IMemoryEngine engine, Redactor redactor, Watcher watcher, ContentEmbedder embedder, TimeProvider time, MemoryStoreOptions options)
    {
        _engine = engine;
        _redactor = redactor;
        _embedder = embedder;
        _time = time;
        _keepPerSession = options.MaxEventsPerSession;
        _deletedRetention = options.DeletedRetention;
        var ids = new Ids(time);
        _records = new(redactor, watcher, embedder, ids);
        _events = new(redactor, watcher, embedder, ids, options.EventRetention);
        _trust = new(engine);
    }

    /// <inheritdoc cref="IMemory.RememberAsync"/>
    public async Task<RememberAnswer> RememberAsync(RememberRequest request, string? token, Reach reach, CancellationToken cancellationToken)
    {
        Cleaner.Identifier(_redactor, request.Namespace ?? "", "namespace");
        var @namespace = MemoryNamespace.Parse(request.Namespace ?? "");
        CheckBatch(request.Facts?.Count ?? 0, "facts", RememberRequest.MaxFacts);
        var now = Now();
        var provenance = _records.Provenance(request);
        var known = request.Facts!.Count > 1 ? _redactor.FindSplit([.. request.Facts.Select(fact => fact?.Content)]) : null;
        var prepared = request.Facts.Select(
            (fact, i) => Prepared<MemoryRecord>.Try(() => _records.FromFact(fact, @namespace, provenance, now, known?[i]))).ToList();
        var named = Token(token, prepared);
        await _trust.SettleAsync(prepared, reach, isImport: false, cancellationToken);
        return RememberAnswer.Of(await CommitAsync(prepared, named, cancellationToken));
    }

    /// <inheritdoc cref="IMemory.AppendEventAsync"/>
    public async Task<EventAnswer> AppendEventAsync(EventInput input, string? token, CancellationToken cancellationToken)
    {
        List<Prepared<MemoryEvent>> prepared = [_events.FromInput(input, Now())];
        var outcome = (await CommitAsync(prepared, Token(token, prepared), cancellationToken))[0];
        return new()
        {
            Success = true,
            EventId = outcome.Id!,
            Provider = _engine.Capabilities.Provider,
            Outcome = outcome.Outcome,
            Redactions = outcome.Redactions,
            Suspicions = outcome.Suspicions,
            Trimmed = outcome.Trimmed,
        };
    }

    /// <inheritdoc cref="IMemory.ImportAsync"/>
    public async Task<IReadOnlyList<WriteOutcome>> ImportAsync(IReadOnlyList<MemoryItem> items, Reach reach, CancellationToken cancellationToken)
    {
        using var turn = _imports.Enter();
        CheckBatch(items.Count, "items", RememberRequest.MaxFacts);
        return await YieldingThread.Imports.RunAsync(() => ImportAsync(items, reach, turn, cancellationToken));
    }

    /// <inheritdoc cref="IMemory.UpdateAsync"/>
    public async Task<MemoryRecord> UpdateAsync(string id, RecordPatch patch, long? version, string? token, CancellationToken cancellationToken)
    {
        var once = token is null ? null : CallToken.Of(token, "update", id, Text(version), JsonSerializer.Serialize(patch, KeepsakeJson.Default.RecordPatch));
        return await OnceAsync(
            once,
            () => PatchAsync(id, patch, version, once, cancellationToken),
            _ => PresentAsync(id, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc cref="IMemory.RestoreAsync"/>
    public async Task<MemoryRecord> RestoreAsync(string id, string? token, CancellationToken cancellationToken)
    {
        if (Ids.IsEvent(Rules.GivenId(id)))
        {
            throw MemoryException.NotFound("This is the id of an event. A forgotten event does not come back; only records do.");
        }

        var once = CallToken.Of(token, "restore", id);
        return await OnceAsync(once, () => BringBackAsync(id, once, cancellationToken), _ => PresentAsync(id, cancellationToken), cancellationToken);
    }

    /// <summary>Runs a change or a deletion once per token.</summary>
    /// <param name="token">The token; <see langword="null"/>: none.</param>
    /// <param name="change">Does it, and hands the token to the engine.</param>
    /// <param name="again">Gives the first answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<T> OnceAsync<T>(WriteToken? token, Func<Task<T>> change, Func<WriteReply, Task<T>> again, CancellationToken cancellationToken) =>
        CallToken.OnceAsync(token, once => _engine.ReplyAsync(once, cancellationToken), change, again);

    // Batches are prepared beside each other, and committed in the order in which they came. While searches are answered, one is prepared after the
    // other is committed: an import then takes about one processor.
    private async Task<IReadOnlyList<WriteOutcome>> ImportAsync(
        IReadOnlyList<MemoryItem> items, Reach reach, Turnstile.Turn turn, CancellationToken cancellationToken)
    {
        var yields = SearchTraffic.IsFlowing;
        if (yields)
        {
            await turn.WaitAsync(cancellationToken);
        }

        var records = items.OfType<MemoryRecord>().Select(r => Prepared<MemoryRecord>.Try(() => _records.FromExport(r))).ToList();
        var events = items.OfType<MemoryEvent>().Select(e => Prepared<MemoryEvent>.Try(() => _events.FromExport(e))).ToList();
        await _trust.SettleAsync(records, reach, isImport: true, cancellationToken);
        var newRecords = await EmbedAsync(records, cancellationToken);
        var newEvents = await EmbedAsync(events, cancellationToken);
        await turn.WaitAsync(cancellationToken);
        var writingRecords = WriteAsync(newRecords, null, cancellationToken);
        var writingEvents = WriteAsync(newEvents, null, cancellationToken);
        if (!yields)
        {
            turn.Complete();
        }

        try
        {
            await Task.WhenAll(writingRecords, writingEvents);
        }
        finally
        {
            // What was handed to the writer got through, also where it failed there: those behind do not depend on who searched meanwhile.
            turn.Complete();
        }

        var ofRecords = new Queue<WriteOutcome>(Prepared<MemoryRecord>.Outcomes(records, await writingRecords));
        var ofEvents = new Queue<WriteOutcome>(Prepared<MemoryEvent>.Outcomes(events, await writingEvents));
        return [.. items.Select(item => item is MemoryRecord ? ofRecords.Dequeue() : ofEvents.Dequeue())];
    }

    private async Task<MemoryRecord> PatchAsync(string id, RecordPatch patch, long? version, WriteToken? once, CancellationToken cancellationToken)
    {
        const int MaxTries = 16;
        for (var i = 0; i < MaxTries; i++)
        {
            var record = await PresentAsync(id, cancellationToken);
            record.ThrowIfNotAt(version);
            var patched = _records.Patch(record, patch, Now());
            if (patched.EmbeddingModel is null && await _embedder.EmbedAsync([patched.Content], cancellationToken) is { } embeddings)
            {
                patched = patched with { Embedding = embeddings[0], EmbeddingModel = _embedder.Model };
            }

            if (await _engine.ReplaceAsync(patched, record.Version, once, cancellationToken) is { } stored)
            {
                return stored;
            }
        }

        throw new MemoryException(MemoryErrorCode.Conflict, "The record is being changed by others all the time. Try again.");
    }

    private async Task<MemoryRecord> BringBackAsync(string id, WriteToken? once, CancellationToken cancellationToken)
    {
        var now = Now();
        if (await _engine.GetDeletedAsync(id, cancellationToken) is { } deleted)
        {
            ThrowIfExpired(deleted, now);

            // Its bytes may be there until the next purge, and later still in read-only mode: that is no longer promised.
            if (deleted.DeletedAt <= now - _deletedRetention)
            {
                throw MemoryException.NotFound("The record was forgotten longer ago than forgotten records can be restored (Store:DeletedRetention). Store it again as a new fact.");
            }

            return await _engine.ReplaceAsync(deleted with { DeletedAt = null, UpdatedAt = now }, deleted.Version, once, cancellationToken)
                ?? throw new MemoryException(MemoryErrorCode.Conflict, "The record was changed meanwhile. Try again.");
        }

        // Restored already: saying it again changes nothing.
        var record = (await _engine.GetAsync([id], cancellationToken))[0] ?? throw NoSuchRecord();
        ThrowIfExpired(record, now);
        if (once is not null)
        {
            // Nothing is to be done, also where the call comes again after the record was deleted.
            await _engine.DeleteAsync([], new(Hard: false, now) { Token = once }, cancellationToken);
        }

        return record;
    }

    /// <summary>A source as it was kept: without secrets.</summary>
    public string Source(string source) => new Cleaner(_redactor).Text(Rules.Source(source))!;

    /// <summary>Puts cleaned items in the place of those that are stored, what changed in them embedded anew.</summary>
    /// <returns>How many were put there; those that others changed meanwhile were not.</returns>
    public async Task<int> RewriteAsync(IRewritableEngine engine, IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken)
    {
        var records = await EmbedAsync(
            [.. items.OfType<MemoryRecord>().Select(record => new Prepared<MemoryRecord> { Item = record })], cancellationToken);
        var events = await EmbedAsync([.. items.OfType<MemoryEvent>().Select(item => new Prepared<MemoryEvent> { Item = item })], cancellationToken);
        return await engine.RewriteAsync([.. records, .. events], cancellationToken);
    }

    /// <summary>How a deletion is to be done.</summary>
    /// <param name="hard">Erase now.</param>
    /// <param name="reason">Why.</param>
    /// <param name="version">The version that it must have; <see langword="null"/>: any.</param>
    /// <param name="token">The caller's name for it; <see langword="null"/>: none.</param>
    /// <param name="asked">What is to be deleted, the operation first.</param>
    public Deletion Deletion(bool hard, string? reason, long? version = null, string? token = null, params IEnumerable<string?> asked) =>
        new(hard, Now(), new Cleaner(_redactor).Text(Rules.Text(reason, MemoryRecord.MaxReasonLength, "reason")))
        {
            Version = version,
            Token = CallToken.Of(token, [.. asked, hard ? "hard" : "soft", reason, Text(version)]),
        };

    public static MemoryException NoSuchRecord() =>
        MemoryException.NotFound("There is no such record: it was never written, it expired, or it was forgotten.");

    private async Task<IReadOnlyList<WriteOutcome>> CommitAsync(
        List<Prepared<MemoryRecord>> prepared, WriteToken? token, CancellationToken cancellationToken) => Prepared<MemoryRecord>.Outcomes(
            prepared, await WriteAsync(await EmbedAsync(prepared, cancellationToken), token, cancellationToken));

    private async Task<IReadOnlyList<WriteOutcome>> CommitAsync(
        List<Prepared<MemoryEvent>> prepared, WriteToken? token, CancellationToken cancellationToken) => Prepared<MemoryEvent>.Outcomes(
            prepared, await WriteAsync(await EmbedAsync(prepared, cancellationToken), token, cancellationToken));

    private async Task<IReadOnlyList<WriteOutcome>> WriteAsync(List<MemoryRecord> records, WriteToken? token, CancellationToken cancellationToken) =>
        records.Count == 0 ? [] : await _engine.UpsertAsync(records, token, cancellationToken);

    private async Task<IReadOnlyList<WriteOutcome>> WriteAsync(List<MemoryEvent> events, WriteToken? token, CancellationToken cancellationToken) =>
        events.Count == 0 ? [] : await _engine.AppendAsync(events, _keepPerSession, token, cancellationToken);

    private Task<List<MemoryRecord>> EmbedAsync(List<Prepared<MemoryRecord>> prepared, CancellationToken cancellationToken) => EmbedAsync(
        prepared,
        record => record.EmbeddingModel is null ? record.Content : null,
        (record, embedding) => record with { Embedding = embedding, EmbeddingModel = _embedder.Model },
        cancellationToken);

    // Only what searches find is embedded.
    private Task<List<MemoryEvent>> EmbedAsync(List<Prepared<MemoryEvent>> prepared, CancellationToken cancellationToken) => EmbedAsync(
        prepared,
        item => item is { Namespace: not null, EmbeddingModel: null } ? item.Content : null,
        (item, embedding) => item with { Embedding = embedding, EmbeddingModel = _embedder.Model },
        cancellationToken);

    private async Task<List<T>> EmbedAsync<T>(
        List<Prepared<T>> prepared, Func<T, string?> missingContent, Func<T, ReadOnlyMemory<float>, T> with, CancellationToken cancellationToken)
        where T : MemoryItem
    {
        var items = prepared.Where(p => p.Item is not null).Select(p => p.Item!).ToList();
        var missing = items.Index().Select(item => (item.Index, Content: missingContent(item.Item))).Where(item => item.Content is not null).ToList();
        if (missing.Count > 0 && await _embedder.EmbedAsync([.. missing.Select(m => m.Content!)], cancellationToken) is { } embeddings)
        {
            for (var i = 0; i < missing.Count; i++)
            {
                items[missing[i].Index] = with(items[missing[i].Index], embeddings[i]);
            }
        }

        return items;
    }

    private async Task<MemoryRecord> PresentAsync(string id, CancellationToken cancellationToken) =>
        (await _engine.GetAsync([Rules.GivenId(id)], cancellationToken))[0] is { } record && !record.IsExpiredAt(Now()) ? record : throw NoSuchRecord();

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static void ThrowIfExpired(MemoryRecord record, DateTimeOffset now)
    {
        if (record.IsExpiredAt(now))
        {
            throw MemoryException.NotFound(string.Create(
                CultureInfo.InvariantCulture,
                $"The record expired at {record.ExpiresAt:yyyy-MM-dd'T'HH:mm:ss'Z'} and does not come back. Store it again as a new fact."));
        }
    }

    private static void CheckBatch(int count, string name, int max)
    {
        if (count == 0)
        {
            throw MemoryException.Invalid($"{name} is empty. Send 1 to {max}.");
        }

        if (count > max)
        {
            throw new MemoryException(MemoryErrorCode.TooLarge, $"{name} holds {count}; at most {max} are taken in one call. Send several.");
        }
    }

    private static WriteToken? Token(string? token, List<Prepared<MemoryRecord>> prepared) => Token(
        token,
        prepared,
        KeepsakeJson.Default.MemoryRecord,
        record => record with { Id = "", OccurredAt = default, CreatedAt = default, UpdatedAt = default, Embedding = default, EmbeddingModel = null });

    private static WriteToken? Token(string? token, List<Prepared<MemoryEvent>> prepared) => Token(
        token, prepared, KeepsakeJson.Default.MemoryEvent, item => item with { Id = "", OccurredAt = default, CreatedAt = default, ExpiresAt = null });

    /// <summary>Names a write by the caller's token and a hash of what it says, without what differs when it is sent again.</summary>
    private static WriteToken? Token<T>(string? token, List<Prepared<T>> prepared, JsonTypeInfo<T> type, Func<T, T> timeless)
        where T : MemoryItem
    {
        if (token is null)
        {
            return null;
        }

        using var hash = CallToken.Hash(token);
        foreach (var item in prepared)
        {
            hash.AppendData(
                item.Item is null ? Encoding.UTF8.GetBytes(item.Error!.Message) : JsonSerializer.SerializeToUtf8Bytes(timeless(item.Item), type));
            hash.AppendData([0]);
        }

        return new(token, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private DateTimeOffset Now() => _time.GetUtcNow();
}
