using System.Globalization;
using System.Runtime.ExceptionServices;
using Keepsake.Capture;
using Keepsake.Engines.Sqlite;
using Keepsake.Operations;

namespace Keepsake;

/// <content>Rebuilding namespaces, and watching what was rebuilt.</content>
public sealed partial class MemoryStores
{
    private const string BeingRebuilt = "it is being rebuilt";
    private const string NotWell = "its rebuild ended, and it is not well";

    private int _isRebuilding;

    /// <inheritdoc/>
    public async Task<RebuildReport> RebuildAsync(
        string store, RebuildRequest request, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var number = NumberOf(store);
        var @namespace = MemoryNamespace.Parse(MemoryNamespace.Parse(request.Namespace).Path);
        Cleaner.Identifier(new(_options.Redaction.Of(store)), @namespace.Path, "namespace");
        if (Interlocked.Exchange(ref _isRebuilding, 1) == 1)
        {
            throw new MemoryException(MemoryErrorCode.Conflict, "A namespace of this data folder is being rebuilt. Wait until that has ended.");
        }

        try
        {
            // What cannot be rebuilt, or read, is refused before anything is touched.
            await DemandRebuildableAsync(number, @namespace, request, cancellationToken);
            var source = request.From is null
                ? null
                : await RebuildSource.OpenAsync(request.From, _backups, _database.Guard, _ids[number], @namespace, progress, cancellationToken);
            var state = (await StatesAsync(number, cancellationToken)).FirstOrDefault(known => known.Namespace.Equals(@namespace)).State;
            return await new Rebuild
            {
                Store = store,
                Mending = Own(store).Mend(@namespace),
                Backups = _backups,
                Source = source,
                Watch = _options.RebuildWatch,
                Time = _time,
                SaveAsync = (next, quarantine, cancel) => SaveAsync(number, @namespace, next, quarantine, BeingRebuilt, cancel),
                Progress = progress,
            }.RunAsync(state is { IsUnderWay: true } ? state : null, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MemoryException(MemoryErrorCode.Unavailable, "A file of the rebuild could not be read. Check the export; the same command goes on.", e);
        }
        finally
        {
            Volatile.Write(ref _isRebuilding, 0);
        }
    }

    /// <summary>Looks at every namespace that was rebuilt lately: what is damaged or not found goes back into quarantine.</summary>
    /// <remarks>One that cannot be looked at does not keep the others from it; the first such failure is thrown at the end.</remarks>
    internal async Task WatchAsync(CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var (store, number) in _numbers)
        {
            await TryAsync(async () =>
            {
                foreach (var (@namespace, state) in (await StatesAsync(number, cancellationToken)).Where(known => known.State.Stage == RebuildState.Watching))
                {
                    await TryAsync(() => WatchAsync(store, number, @namespace, state, cancellationToken));
                }
            });
        }

        failure?.Throw();

        async Task TryAsync(Func<Task> look)
        {
            try
            {
                await look();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }
    }

    private async Task DemandRebuildableAsync(long number, MemoryNamespace @namespace, RebuildRequest request, CancellationToken cancellationToken)
    {
        // It would stay closed, and its own quarantine would outlast that of the other.
        if (_database.Quarantine.Of(number).Find(item => item.Namespace.Contains(@namespace) && !item.Namespace.Equals(@namespace)) is { Namespace.Path: var above })
        {
            throw new MemoryException(
                MemoryErrorCode.Unavailable,
                $"The namespace '{above}' is in quarantine, with all under it. Rebuild that, or release it first: keepsake quarantine {above} --release");
        }

        var holdsNothing = request.From is null && await _database.ReadAsync(
            session =>
            {
                var place = MendPlace.Start;
                return MendRows.Page(session, number, @namespace, ref place).Count == 0;
            },
            cancellationToken);
        if (holdsNothing)
        {
            throw MemoryException.NotFound($"The namespace '{@namespace.Path}' holds nothing to rebuild. 'keepsake status' lists the namespaces.");
        }
    }

    private async Task WatchAsync(string store, long number, MemoryNamespace @namespace, RebuildState state, CancellationToken cancellationToken)
    {
        // Somebody has put it there meanwhile, and looks after it.
        if (_database.Quarantine.Of(number).Exists(item => item.Namespace.Contains(@namespace)))
        {
            return;
        }

        var damaged = 0L;
        await Rebuild.VerifyAsync(Own(store).Mend(@namespace).Engine, @namespace, _ => damaged++, (_, _) => { }, cancellationToken);
        var missing = await _database.ReadAsync(session => MendRows.Missing(session, number, @namespace), cancellationToken) - (state.Missing ?? long.MaxValue);
        var report = await Own(store).BenchmarkAsync(@namespace, new(), cancellationToken);
        var reason = damaged > 0 ? $"{(damaged == 1 ? "1 row was" : $"{damaged} rows were")} found damaged after its rebuild"
            : missing > 0 ? $"{(missing == 1 ? "1 row is" : $"{missing} rows are")} missing since its rebuild: something else than Keepsake removed them"
            : report.HitRate < BenchmarkReport.MinHitRate ? string.Create(CultureInfo.InvariantCulture, $"only {report.HitRate:P0} of its records were found after its rebuild")
            : null;
        if (reason is not null)
        {
            await SaveAsync(number, @namespace, state with { Stage = RebuildState.Failed, WatchedUntil = null }, quarantine: true, reason, cancellationToken);
        }
        else if (state.WatchedUntil is not { } until || _time.GetUtcNow() >= until)
        {
            await _database.WriteAsync(
                (session, _) =>
                {
                    RebuildRows.Delete(session, number, @namespace);
                    return true;
                },
                committed: null,
                cancellationToken);
        }
    }

    private Task<IReadOnlyList<(MemoryNamespace Namespace, RebuildState State)>> StatesAsync(long number, CancellationToken cancellationToken) =>
        _database.ReadAsync(session => RebuildRows.All(session, _database.Health, number), cancellationToken);

    private async Task SaveAsync(
        long number, MemoryNamespace @namespace, RebuildState state, bool? quarantine, string reason, CancellationToken cancellationToken)
    {
        await ChangeQuarantineAsync(
            session =>
            {
                RebuildRows.Write(session, number, @namespace, state);
                if (quarantine == true)
                {
                    Reword(session, from: NotWell, to: reason);
                    QuarantineRows.Insert(session, number, new(@namespace, _time.GetUtcNow(), reason));
                }
                else if (quarantine == false)
                {
                    QuarantineRows.Delete(session, number, @namespace.Path);
                }
                else if (state.Stage == RebuildState.Failed)
                {
                    Reword(session, from: BeingRebuilt, to: NotWell);
                }
            },
            cancellationToken);
        if (quarantine == false)
        {
            foreach (var (name, _) in _numbers.Where(known => known.Value == number))
            {
                Own(name).Released();
            }
        }

        // The reason that somebody gave stays.
        void Reword(SqliteSession session, string from, string to)
        {
            if (_database.Quarantine.Of(number).Find(item => item.Namespace.Equals(@namespace)) is { } there && there.Reason == from)
            {
                QuarantineRows.Delete(session, number, @namespace.Path);
                QuarantineRows.Insert(session, number, there with { Reason = to });
            }
        }
    }
}
