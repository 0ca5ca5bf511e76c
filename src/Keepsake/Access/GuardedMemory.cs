using Keepsake.Capture;

namespace Keepsake.Access;

/// <summary>One store as one caller sees it. What the caller does not reach is, in every answer, as if it were not there.</summary>
/// <param name="memory">The store.</param>
/// <param name="guard">Checks and notes each call.</param>
internal sealed class GuardedMemory(MemoryStore memory, Guard guard) : IMemory
{
    private Reach Reach => guard.Reach;

    /// <inheritdoc/>
    public Task<RememberAnswer> RememberAsync(RememberRequest request, string? token = null, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.Remember, request.Namespace, request.Facts is [{ } only] ? only.ActorId : null),
        () => memory.RememberAsync(Reach.IsWhole ? request : Bound(request), guard.Token(token), Reach, cancellationToken),
        answer => (answer.Created, Ids(answer.Outcomes)));

    /// <inheritdoc/>
    public Task<EventAnswer> AppendEventAsync(EventInput request, string? token = null, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.AppendEvent, request.Namespace, request.ActorId),
        () =>
        {
            DemandEvent(request.ActorId, request.Namespace);
            return memory.AppendEventAsync(request, guard.Token(token), cancellationToken);
        },
        answer => (1, [answer.EventId]));

    /// <inheritdoc/>
    public Task<RecallAnswer> RecallAsync(RecallRequest request, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.Recall, request.Namespace),
        async () =>
        {
            var closed = Closed(request.Namespace);
            return await memory.RecallAsync(request, Reach, cancellationToken) with { LeftOut = closed.LeftOut };
        },
        answer => (answer.Count, answer.Memories.Select(m => m.Id)));

    /// <inheritdoc/>
    public Task<MemoryRecord> GetAsync(string id, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.Get, detail: id), () => SeenAsync(id, cancellationToken), One);

    /// <inheritdoc/>
    public Task<Page<MemoryRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.List, query.Namespace, query.ActorId),
        async () =>
        {
            var closed = Closed(query.Namespace);
            var page = Reach.IsWhole ? await memory.ListAsync(query, cancellationToken) : await SealedAsync(
                About(MemoryOperation.List),
                query.Page.Cursor,
                cursor => Narrowed.ListAsync(memory, query with { Page = new(query.Page.Limit, cursor) }, closed, Reach, cancellationToken));
            return page with { LeftOut = closed.LeftOut };
        },
        page => (page.Items.Count, page.Items.Select(r => r.Id)));

    /// <inheritdoc/>
    public Task<MemoryRecord> UpdateAsync(
        string id, RecordPatch patch, long? version = null, string? token = null, CancellationToken cancellationToken = default) => guard.RunAsync(
            About(MemoryOperation.Update, detail: id),
            async () =>
            {
                if (!Reach.IsWhole)
                {
                    await SeenAsync(id, cancellationToken);
                }

                return await memory.UpdateAsync(id, patch, version, guard.Token(token), cancellationToken);
            },
            One);

    /// <inheritdoc/>
    public Task<DeleteAnswer> ForgetAsync(
        IReadOnlyList<string> ids, bool hard = false, string? reason = null, long? version = null, string? token = null,
        CancellationToken cancellationToken = default) => guard.RunAsync(
            About(MemoryOperation.Forget),
            () => memory.ForgetAsync(ids, hard, reason, version, guard.Token(token), Reach, cancellationToken),
            answer => (answer.Deleted, ids));

    /// <inheritdoc/>
    public Task<MemoryRecord> RestoreAsync(string id, string? token = null, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.Restore, detail: id),
        async () => Reach.IsWhole || (await memory.FindAsync([id], evenDeleted: true, cancellationToken))[0] is { } item && Reach.Sees(item)
            ? await memory.RestoreAsync(id, guard.Token(token), cancellationToken)
            : throw WritePath.NoSuchRecord(),
        One);

    /// <inheritdoc/>
    public Task<SessionEvents> ListEventsAsync(EventQuery query, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.ListEvents, query.Namespace, query.ActorId),
        async () =>
        {
            if (Reach.IsWhole)
            {
                return await memory.ListEventsAsync(query, cancellationToken);
            }

            var about = About(MemoryOperation.ListEvents);
            var opened = query with { Page = new(query.Page.Limit, guard.OpenCursor(query.Page.Cursor, about)) };
            var events = await Narrowed.ListEventsAsync(memory, opened, Reach, cancellationToken);
            return events with { NextCursor = guard.SealCursor(events.NextCursor, about) };
        },
        answer => (answer.Count, answer.Events.Select(e => e.Id)));

    /// <inheritdoc/>
    public Task<DeleteAnswer> ForgetSessionAsync(
        string actorId, string sessionId, bool hard = false, string? reason = null, string? token = null,
        CancellationToken cancellationToken = default) => guard.RunAsync(
            About(MemoryOperation.ForgetSession, actorId: actorId),
            () =>
            {
                Reach.DemandActor(actorId);
                return memory.ForgetSessionAsync(actorId, sessionId, hard, reason, guard.Token(token), Reach, cancellationToken);
            },
            answer => (answer.Deleted, []));

    /// <inheritdoc/>
    public Task<ForgetSourceAnswer> ForgetSourceAsync(
        string source, bool hard = false, bool dryRun = false, string? reason = null, string? token = null,
        CancellationToken cancellationToken = default) => guard.RunAsync(
            About(MemoryOperation.ForgetSource, detail: dryRun ? "dry run" : null) with { OnlyLooks = dryRun },
            () => Reach.IsWhole
                ? memory.ForgetSourceAsync(source, hard, dryRun, reason, guard.Token(token), cancellationToken)
                : throw new MemoryException(
                    MemoryErrorCode.Forbidden, "Your key is for some namespaces or actors only, and a source may have written to others. Forget what you see by id."),
            answer => (answer.DryRun ? 0 : answer.Records + answer.Events, []));

    /// <inheritdoc/>
    public Task<Page<ActorSummary>> ListActorsAsync(PageRequest page, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.ListActors),
        () =>
        {
            Reach.DemandEventsAtAll();
            return Reach.Actors is { } actors ? Narrowed.ListActorsAsync(memory, actors, page, cancellationToken) : memory.ListActorsAsync(page, cancellationToken);
        },
        actors => (actors.Items.Count, []));

    /// <inheritdoc/>
    public Task<Page<SessionSummary>> ListSessionsAsync(
        string actorId, PageRequest page, CancellationToken cancellationToken = default) => guard.RunAsync(
            About(MemoryOperation.ListSessions, actorId: actorId),
            () =>
            {
                Reach.DemandActor(actorId);
                Reach.DemandEventsAtAll();
                return memory.ListSessionsAsync(actorId, page, cancellationToken);
            },
            sessions => (sessions.Items.Count, []));

    /// <inheritdoc/>
    public Task<PreferencesAnswer> GetPreferencesAsync(
        string actorId, string? @namespace = null, CancellationToken cancellationToken = default) => guard.RunAsync(
            About(MemoryOperation.GetPreferences, @namespace, actorId),
            () =>
            {
                DemandPreferences(actorId, @namespace);
                return memory.GetPreferencesAsync(actorId, @namespace, cancellationToken);
            },
            answer => (answer.Count, answer.Preferences.Select(p => p.Id)));

    /// <inheritdoc/>
    public Task<MemoryRecord> GetPreferenceAsync(
        string actorId, string key, string? @namespace = null, CancellationToken cancellationToken = default) => guard.RunAsync(
            About(MemoryOperation.GetPreference, @namespace, actorId),
            () =>
            {
                DemandPreferences(actorId, @namespace);
                return memory.GetPreferenceAsync(actorId, key, @namespace, cancellationToken);
            },
            One);

    /// <inheritdoc/>
    public Task<DeleteAnswer> ForgetPreferenceAsync(
        string actorId, string key, string? @namespace = null, bool hard = false, string? reason = null, string? token = null,
        CancellationToken cancellationToken = default) => guard.RunAsync(
            About(MemoryOperation.ForgetPreference, @namespace, actorId),
            () =>
            {
                DemandPreferences(actorId, @namespace);
                return memory.ForgetPreferenceAsync(actorId, key, @namespace, hard, reason, guard.Token(token), cancellationToken);
            },
            answer => (answer.Deleted, []));

    /// <inheritdoc/>
    public Task<Page<MemoryItem>> ExportAsync(string? scope, string? cursor, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.Export, scope),
        () => Reach.IsWhole
            ? memory.ExportAsync(scope, cursor, cancellationToken)
            : SealedAsync(About(MemoryOperation.Export), cursor, opened => Narrowed.ExportAsync(memory, scope, opened, Reach, cancellationToken)),
        page => (page.Items.Count, page.Items.Select(IdOf)));

    /// <inheritdoc/>
    public Task<IReadOnlyList<WriteOutcome>> ImportAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.Import),
        async () =>
        {
            if (!Reach.IsWhole)
            {
                await DemandImportAsync(items, cancellationToken);
            }

            return await memory.ImportAsync(items, Reach, cancellationToken);
        },
        outcomes => (outcomes.Count, Ids(outcomes)));

    /// <inheritdoc/>
    public Task<MemoryStatus> StatusAsync(CancellationToken cancellationToken = default) => guard.RunAsync(
        About(MemoryOperation.Status),
        async () =>
        {
            var status = await memory.StatusAsync(cancellationToken);
            return Reach.IsWhole ? status : NarrowedStatus.Of(status, Reach);
        });

    // What lies in quarantine as a whole is refused, and not answered with nothing.
    private ClosedParts Closed(string? @namespace)
    {
        var closed = new ClosedParts(memory.Closed, MemoryNamespace.ParseScope(@namespace), Reach);
        closed.ThrowIfAll();
        return closed;
    }

    private About About(MemoryOperation operation, string? @namespace = null, string? actorId = null, string? detail = null) =>
        new(operation, memory.Name, @namespace, actorId, detail);

    private async Task<Page<T>> SealedAsync<T>(About about, string? cursor, Func<string?, Task<Page<T>>> list)
    {
        var page = await list(guard.OpenCursor(cursor, about));
        return page with { NextCursor = guard.SealCursor(page.NextCursor, about) };
    }

    private static (long Count, IEnumerable<string> Ids) One(MemoryRecord record) => (1, [record.Id]);

    private static IEnumerable<string> Ids(IEnumerable<WriteOutcome> outcomes) => outcomes.Select(o => o.Id).OfType<string>();

    private static string IdOf(MemoryItem item) => item is MemoryRecord record ? record.Id : ((MemoryEvent)item).Id;

    // In a namespace that is an actor's own, facts are about that actor, whatever the call leaves out.
    private RememberRequest Bound(RememberRequest request)
    {
        var path = MemoryNamespace.Parse(request.Namespace ?? "").Path;
        return request with
        {
            Facts = [.. (request.Facts ?? []).Select(fact => fact is null ? null! : fact with { ActorId = Reach.ActorIn(path, fact.ActorId) })],
        };
    }

    private void DemandEvent(string actorId, string? @namespace)
    {
        if (Reach.IsWhole)
        {
            return;
        }

        Reach.DemandActor(actorId);
        if (@namespace is not null)
        {
            _ = Reach.ActorIn(MemoryNamespace.Parse(@namespace).Path, actorId);
        }
        else if (!Reach.SeesEvent(actorId))
        {
            throw Reach.NeedsNamespace();
        }
    }

    private void DemandPreferences(string actorId, string? @namespace)
    {
        if (Reach.IsWhole)
        {
            return;
        }

        Reach.DemandActor(actorId);
        var place = @namespace is null ? MemoryNamespace.PreferencesOf(Rules.ActorId(actorId)) : MemoryNamespace.Parse(@namespace);
        _ = Reach.Sees(place.Path, actorId) ? place : throw Reach.Outside();
    }

    private async Task<MemoryRecord> SeenAsync(string id, CancellationToken cancellationToken)
    {
        if (Reach.IsWhole)
        {
            return await memory.GetAsync(id, cancellationToken);
        }

        // What is damaged has no readable namespace, so it is nobody's.
        return (await memory.FindAsync([id], evenDeleted: false, cancellationToken))[0] is { } item && Reach.Sees(item)
            ? await memory.GetAsync(id, cancellationToken)
            : throw WritePath.NoSuchRecord();
    }

    // An import names ids, and one that is there would be replaced.
    private async Task DemandImportAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken)
    {
        if (items.Any(item => item is null || !Reach.Sees(item)))
        {
            throw Reach.Outside();
        }

        foreach (var some in items.Select(IdOf).Chunk(PageRequest.MaxLimit))
        {
            if ((await memory.FindAsync(some, evenDeleted: true, cancellationToken)).Any(there => there is not null && !Reach.Sees(there)))
            {
                throw new MemoryException(MemoryErrorCode.Forbidden, "One of the ids cannot be used by your key. Import it as a new fact instead.");
            }
        }
    }
}
