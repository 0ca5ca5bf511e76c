using Keepsake.Access;

namespace Keepsake.Server.Ownership;

/// <summary>One store of a shared data folder. See <see cref="SharedStores"/>.</summary>
internal sealed class SharedMemory(SharedStores shared, string name, Caller caller) : IMemory
{
    public Task<RememberAnswer> RememberAsync(
        RememberRequest request, string? token = null, CancellationToken cancellationToken = default) =>
        WriteAsync(token, (memory, named) => memory.RememberAsync(request, named, cancellationToken), cancellationToken);

    public Task<EventAnswer> AppendEventAsync(EventInput request, string? token = null, CancellationToken cancellationToken = default) =>
        WriteAsync(token, (memory, named) => memory.AppendEventAsync(request, named, cancellationToken), cancellationToken);

    public Task<RecallAnswer> RecallAsync(RecallRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.RecallAsync(request, cancellationToken), cancellationToken);

    public Task<MemoryRecord> GetAsync(string id, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.GetAsync(id, cancellationToken), cancellationToken);

    public Task<Page<MemoryRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.ListAsync(query, cancellationToken), cancellationToken);

    public Task<MemoryRecord> UpdateAsync(
        string id, RecordPatch patch, long? version = null, string? token = null, CancellationToken cancellationToken = default) =>
        WriteAsync(token, (memory, named) => memory.UpdateAsync(id, patch, version, named, cancellationToken), cancellationToken);

    public Task<DeleteAnswer> ForgetAsync(
        IReadOnlyList<string> ids, bool hard = false, string? reason = null, long? version = null, string? token = null,
        CancellationToken cancellationToken = default) =>
        WriteAsync(token, (memory, named) => memory.ForgetAsync(ids, hard, reason, version, named, cancellationToken), cancellationToken);

    public Task<MemoryRecord> RestoreAsync(string id, string? token = null, CancellationToken cancellationToken = default) =>
        WriteAsync(token, (memory, named) => memory.RestoreAsync(id, named, cancellationToken), cancellationToken);

    public Task<SessionEvents> ListEventsAsync(EventQuery query, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.ListEventsAsync(query, cancellationToken), cancellationToken);

    public Task<DeleteAnswer> ForgetSessionAsync(
        string actorId, string sessionId, bool hard = false, string? reason = null, string? token = null, CancellationToken cancellationToken = default) =>
        WriteAsync(token, (memory, named) => memory.ForgetSessionAsync(actorId, sessionId, hard, reason, named, cancellationToken), cancellationToken);

    public Task<ForgetSourceAnswer> ForgetSourceAsync(
        string source, bool hard = false, bool dryRun = false, string? reason = null, string? token = null, CancellationToken cancellationToken = default) =>
        WriteAsync(token, (memory, named) => memory.ForgetSourceAsync(source, hard, dryRun, reason, named, cancellationToken), cancellationToken);

    public Task<Page<ActorSummary>> ListActorsAsync(PageRequest page, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.ListActorsAsync(page, cancellationToken), cancellationToken);

    public Task<Page<SessionSummary>> ListSessionsAsync(
        string actorId, PageRequest page, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.ListSessionsAsync(actorId, page, cancellationToken), cancellationToken);

    public Task<PreferencesAnswer> GetPreferencesAsync(
        string actorId, string? @namespace = null, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.GetPreferencesAsync(actorId, @namespace, cancellationToken), cancellationToken);

    public Task<MemoryRecord> GetPreferenceAsync(
        string actorId, string key, string? @namespace = null, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.GetPreferenceAsync(actorId, key, @namespace, cancellationToken), cancellationToken);

    public Task<DeleteAnswer> ForgetPreferenceAsync(
        string actorId, string key, string? @namespace = null, bool hard = false, string? reason = null, string? token = null,
        CancellationToken cancellationToken = default) =>
        WriteAsync(token, (memory, named) => memory.ForgetPreferenceAsync(actorId, key, @namespace, hard, reason, named, cancellationToken), cancellationToken);

    public Task<Page<MemoryItem>> ExportAsync(string? scope, string? cursor, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.ExportAsync(scope, cursor, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<WriteOutcome>> ImportAsync(
        IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken = default) =>
        CallAsync(memory => memory.ImportAsync(items, cancellationToken), cancellationToken);

    public async Task<MemoryStatus> StatusAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await CallAsync(memory => memory.StatusAsync(cancellationToken), cancellationToken);
        }
        catch (MemoryException e) when (e.Code is not (MemoryErrorCode.Forbidden or MemoryErrorCode.RateLimited))
        {
            return new()
            {
                Status = "disconnected",
                Provider = "embedded",
                Store = name,
                Search = RecallAnswer.LexicalOnly,
                Model = "unknown",
                Counts = new() { Records = 0, Events = 0, Sessions = 0, Namespaces = [] },
                Version = KeepsakeVersion.Text,
                Warnings = [$"{e.Code.WireName}: {e.Message}"],
            };
        }
    }

    private Task<T> CallAsync<T>(Func<IMemory, Task<T>> call, CancellationToken cancellationToken) =>
        shared.CallAsync((stores, _) => call(stores.As(caller)[name]), cancellationToken);

    private Task<T> WriteAsync<T>(string? token, Func<IMemory, string?, Task<T>> write, CancellationToken cancellationToken) =>
        shared.WriteAsync(token, (stores, named) => write(stores.As(caller)[name], named), cancellationToken);
}
