using Keepsake.Server.Http;

namespace Keepsake.Server.Ownership;

/// <summary>One store, through the process that owns the data folder. See <see cref="RemoteMemoryStores"/>.</summary>
internal sealed class RemoteMemory(OwnerClient owner, string store, TimeProvider time) : IMemory
{
    // Well below what the owner takes, so that a page of ordinary items goes in one request.
    private const int ImportBatchBytes = 24 * 1024 * 1024;

    public Task<RememberAnswer> RememberAsync(
        RememberRequest request, string? token = null, CancellationToken cancellationToken = default) =>
        owner.SendAsync<RememberRequest, RememberAnswer>(
            HttpMethod.Post, At("/v1/records"), request, cancellationToken, token ?? NewToken());

    public Task<EventAnswer> AppendEventAsync(EventInput request, string? token = null, CancellationToken cancellationToken = default) =>
        owner.SendAsync<EventInput, EventAnswer>(HttpMethod.Post, At("/v1/events"), request, cancellationToken, token ?? NewToken());

    public Task<RecallAnswer> RecallAsync(RecallRequest request, CancellationToken cancellationToken = default) =>
        owner.SendAsync<RecallRequest, RecallAnswer>(HttpMethod.Post, At("/v1/search"), request, cancellationToken);

    public Task<MemoryRecord> GetAsync(string id, CancellationToken cancellationToken = default) =>
        owner.GetAsync<MemoryRecord>(At("/v1/records/", id), cancellationToken);

    public Task<Page<MemoryRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken = default) =>
        owner.GetAsync<Page<MemoryRecord>>(
            Paged(At("/v1/records"), query.Page)
                .With("namespace", query.Namespace).With("actorId", query.ActorId).With("keysOnly", query.KeysOnly),
            cancellationToken);

    public Task<MemoryRecord> UpdateAsync(
        string id, RecordPatch patch, long? version = null, string? token = null, CancellationToken cancellationToken = default) =>
        owner.SendAsync<RecordPatch, MemoryRecord>(
            HttpMethod.Patch, At("/v1/records/", id), patch, cancellationToken, token ?? NewToken(), version);

    public Task<DeleteAnswer> ForgetAsync(
        IReadOnlyList<string> ids, bool hard = false, string? reason = null, long? version = null, string? token = null,
        CancellationToken cancellationToken = default) => owner.SendAsync<ForgetRequest, DeleteAnswer>(
            HttpMethod.Post, At("/owner/forget"), new() { Ids = ids, Hard = hard, Reason = reason }, cancellationToken, token ?? NewToken(), version);

    public Task<MemoryRecord> RestoreAsync(string id, string? token = null, CancellationToken cancellationToken = default) =>
        owner.SendAsync<MemoryRecord>(HttpMethod.Post, At("/v1/records/", id, "/restore"), cancellationToken, token ?? NewToken());

    public Task<SessionEvents> ListEventsAsync(EventQuery query, CancellationToken cancellationToken = default) =>
        owner.GetAsync<SessionEvents>(
            Paged(Session(query.ActorId, query.SessionId), query.Page).With("branch", query.Branch).With("namespace", query.Namespace),
            cancellationToken);

    public Task<DeleteAnswer> ForgetSessionAsync(
        string actorId, string sessionId, bool hard = false, string? reason = null, string? token = null, CancellationToken cancellationToken = default) =>
        owner.SendAsync<DeleteAnswer>(
            HttpMethod.Delete, Session(actorId, sessionId).With("hard", hard).With("reason", reason), cancellationToken, token ?? NewToken());

    public Task<ForgetSourceAnswer> ForgetSourceAsync(
        string source, bool hard = false, bool dryRun = false, string? reason = null, string? token = null, CancellationToken cancellationToken = default) =>
        owner.SendAsync<ForgetSourceRequest, ForgetSourceAnswer>(
            HttpMethod.Post, At("/v1/sources/forget"), new() { Source = source, Hard = hard, DryRun = dryRun, Reason = reason }, cancellationToken,
            token ?? NewToken());

    public Task<Page<ActorSummary>> ListActorsAsync(PageRequest page, CancellationToken cancellationToken = default) =>
        owner.GetAsync<Page<ActorSummary>>(Paged(At("/v1/actors"), page), cancellationToken);

    public Task<Page<SessionSummary>> ListSessionsAsync(
        string actorId, PageRequest page, CancellationToken cancellationToken = default) =>
        owner.GetAsync<Page<SessionSummary>>(Paged(At("/v1/actors/", actorId, "/sessions"), page), cancellationToken);

    public Task<PreferencesAnswer> GetPreferencesAsync(
        string actorId, string? @namespace = null, CancellationToken cancellationToken = default) =>
        owner.GetAsync<PreferencesAnswer>(At("/v1/preferences/", actorId).With("namespace", @namespace), cancellationToken);

    public Task<MemoryRecord> GetPreferenceAsync(
        string actorId, string key, string? @namespace = null, CancellationToken cancellationToken = default) =>
        owner.GetAsync<MemoryRecord>(At("/v1/preferences/", actorId, "/", key).With("namespace", @namespace), cancellationToken);

    public Task<DeleteAnswer> ForgetPreferenceAsync(
        string actorId, string key, string? @namespace = null, bool hard = false, string? reason = null, string? token = null,
        CancellationToken cancellationToken = default) => owner.SendAsync<DeleteAnswer>(
            HttpMethod.Delete,
            At("/v1/preferences/", actorId, "/", key).With("namespace", @namespace).With("hard", hard).With("reason", reason),
            cancellationToken,
            token ?? NewToken());

    public Task<Page<MemoryItem>> ExportAsync(string? scope, string? cursor, CancellationToken cancellationToken = default) =>
        owner.GetAsync<Page<MemoryItem>>(At("/owner/export").With("scope", scope).With("cursor", cursor), cancellationToken);

    public async Task<IReadOnlyList<WriteOutcome>> ImportAsync(
        IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);

        // Requests are not answered in the order of sending, so the next one is sent when this one is answered.
        using var turn = owner.Imports.Enter();
        await turn.WaitAsync(cancellationToken);

        // Importing again changes nothing, so a failure between two batches costs only the repetition.
        List<WriteOutcome> outcomes = [];
        foreach (var batch in Batches(items))
        {
            outcomes.AddRange(await owner.SendAsync<IReadOnlyList<MemoryItem>, IReadOnlyList<WriteOutcome>>(
                HttpMethod.Post, At("/owner/import"), batch, cancellationToken, NewToken()));
        }

        turn.Complete();
        return outcomes;
    }

    public Task<MemoryStatus> StatusAsync(CancellationToken cancellationToken = default) =>
        owner.GetAsync<MemoryStatus>(At("/v1/status"), cancellationToken);

    private static RemotePath Paged(RemotePath path, PageRequest page) => path.With("limit", page.Limit).With("cursor", page.Cursor);

    private static IEnumerable<IReadOnlyList<MemoryItem>> Batches(IReadOnlyList<MemoryItem> items)
    {
        if (items.Count is 0 or > 1_000)
        {
            // The owner says what is wrong with it.
            yield return items.Count == 0 ? items : [.. items.Take(1_001)];
            yield break;
        }

        List<MemoryItem> batch = [];
        var bytes = 0L;
        foreach (var item in items)
        {
            var size = MostBytes(item);
            if (batch.Count > 0 && bytes + size > ImportBatchBytes)
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }

            batch.Add(item);
            bytes += size;
        }

        yield return batch;
    }

    // Most bytes an item can become: six for a character that JSON escapes, four thirds for an embedding in base64.
    private static long MostBytes(MemoryItem item)
    {
        var (content, metadata, embedding) = item switch
        {
            MemoryRecord record => (record.Content, record.Metadata, record.Embedding),
            MemoryEvent @event => (@event.Content, @event.Metadata, @event.Embedding),
            _ => ("", null, default),
        };
        var characters = content.Length + (metadata?.Sum(m => m.Key.Length + Characters(m.Value)) ?? 0);
        return (characters * 6L) + (embedding.Length * 6L) + 8_192;
    }

    private static int Characters(MetadataValue value) => value.Value switch
    {
        string text => text.Length,
        IReadOnlyList<string> list => list.Sum(text => text.Length + 3),
        _ => 32,
    };

    private RemotePath At(params ReadOnlySpan<string> parts) => RemotePath.Of(parts).With(NamedStore.Parameter, store);

    private RemotePath Session(string actorId, string sessionId) => At("/v1/actors/", actorId, "/sessions/", sessionId, "/events");

    private string NewToken() => Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
}
