using Keepsake.Access;
using Keepsake.Capture;
using Keepsake.Engines;
using Keepsake.Operations;

namespace Keepsake;

/// <content>Forgetting: what is named, a session, a preference, a source.</content>
public sealed partial class MemoryStore
{
    /// <inheritdoc/>
    public Task<DeleteAnswer> ForgetAsync(
        IReadOnlyList<string> ids, bool hard = false, string? reason = null, long? version = null, string? token = null,
        CancellationToken cancellationToken = default) => ForgetAsync(ids, hard, reason, version, token, Reach.Everything, cancellationToken);

    /// <inheritdoc/>
    public Task<DeleteAnswer> ForgetSessionAsync(
        string actorId, string sessionId, bool hard = false, string? reason = null, string? token = null, CancellationToken cancellationToken = default) =>
        ForgetSessionAsync(actorId, sessionId, hard, reason, token, Reach.Everything, cancellationToken);

    /// <inheritdoc/>
    public Task<DeleteAnswer> ForgetPreferenceAsync(
        string actorId, string key, string? @namespace = null, bool hard = false, string? reason = null, string? token = null,
        CancellationToken cancellationToken = default)
    {
        var how = _write.Deletion(hard, reason, version: null, token, "forget preference", actorId, key, @namespace);
        return DeleteOnceAsync(
            how,
            async () => await _engine.DeleteAsync([(await GetPreferenceAsync(actorId, key, @namespace, cancellationToken)).Id], how, cancellationToken),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ForgetSourceAnswer> ForgetSourceAsync(
        string source, bool hard = false, bool dryRun = false, string? reason = null, string? token = null, CancellationToken cancellationToken = default)
    {
        var kept = _write.Source(source);
        var how = _write.Deletion(hard, reason, version: null, token, "forget source", source);
        how = dryRun ? how with { Token = null } : how;
        return _write.OnceAsync(
            how.Token,
            () => new SourceRemoval(_engine).RemoveAsync(kept, how, dryRun, cancellationToken),
            first => Task.FromResult(SourceRemoval.AnswerOf(first)!),
            cancellationToken);
    }

    /// <summary>Deletes records and events by id, as far as a caller reaches.</summary>
    internal Task<DeleteAnswer> ForgetAsync(
        IReadOnlyList<string> ids, bool hard, string? reason, long? version, string? token, Reach reach, CancellationToken cancellationToken)
    {
        if (ids.Count is 0 or > PageRequest.MaxLimit)
        {
            throw MemoryException.Invalid($"{ids.Count} ids were given; forget 1 to {PageRequest.MaxLimit} at once.");
        }

        string[] given = [.. ids.Select(Rules.GivenId)];
        var how = _write.Deletion(hard, reason, version, token, ["forget", .. given]);
        return DeleteOnceAsync(
            how,
            async () => await _engine.DeleteAsync(reach.IsWhole ? given : await SeenAsync(given, reach, cancellationToken), how, cancellationToken),
            cancellationToken);
    }

    /// <summary>Deletes the events of a session, as far as a caller reaches.</summary>
    internal Task<DeleteAnswer> ForgetSessionAsync(
        string actorId, string sessionId, bool hard, string? reason, string? token, Reach reach, CancellationToken cancellationToken)
    {
        var (actor, session) = (Rules.ActorId(actorId), Rules.SessionId(sessionId));
        var how = _write.Deletion(hard, reason, version: null, token, "forget session", actor, session);
        return DeleteOnceAsync(
            how,
            async () => reach.IsWhole
                ? await _engine.DeleteSessionAsync(actor, session, how, cancellationToken)
                : await _engine.DeleteAsync(await SeenAsync(actor, session, reach, cancellationToken), how, cancellationToken),
            cancellationToken);
    }

    private Task<DeleteAnswer> DeleteOnceAsync(Deletion how, Func<Task<int>> delete, CancellationToken cancellationToken) => _write.OnceAsync(
        how.Token,
        async () => new DeleteAnswer(Success: true, await delete()),
        first => Task.FromResult(new DeleteAnswer(Success: true, first.Count)),
        cancellationToken);

    private async Task<IReadOnlyList<string>> SeenAsync(IReadOnlyList<string> ids, Reach reach, CancellationToken cancellationToken)
    {
        var items = await FindAsync(ids, evenDeleted: false, cancellationToken);
        return [.. ids.Where((_, i) => items[i] is { } item && reach.Sees(item))];
    }

    private async Task<IReadOnlyList<string>> SeenAsync(string actorId, string sessionId, Reach reach, CancellationToken cancellationToken)
    {
        List<string> seen = [];
        string? cursor = null;
        do
        {
            var page = await ListEventsAsync(
                new() { ActorId = actorId, SessionId = sessionId, Page = new(PageRequest.MaxLimit, cursor) }, reach, cancellationToken);
            seen.AddRange(page.Events.Select(item => item.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        return seen;
    }
}
