using System.Globalization;
using Keepsake.Access;
using Keepsake.Engines.Sqlite;

namespace Keepsake.Operations;

/// <summary>The rebuild of one namespace, from its quarantine to its release. Each step can be done again, so a rebuild that was killed goes on.</summary>
/// <remarks>
/// Nothing intact is ever erased: what is put back takes the place of what is damaged, missing or older, what is intact and not in the source stays, and
/// what was deleted stays deleted.
/// </remarks>
internal sealed class Rebuild
{
    /// <summary>Most namespaces whose losses are named.</summary>
    public const int MaxNamespaces = 1_000;

    private const int BatchSize = 500;

    public required string Store { get; init; }

    public required Mending Mending { get; init; }

    public required Backups Backups { get; init; }

    public required RebuildSource? Source { get; init; }

    public required TimeSpan Watch { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Gets what writes the state down, and in the same transaction puts the namespace into quarantine (<see langword="true"/>) or releases it.</summary>
    public required Func<RebuildState, bool?, CancellationToken, Task> SaveAsync { get; init; }

    public IProgress<OperationProgress>? Progress { get; init; }

    private SqliteEngine Engine => Mending.Engine;

    private string Release => $"keepsake quarantine {Mending.Namespace.Path} --release";

    /// <summary>Rebuilds.</summary>
    /// <param name="state">Where an earlier run was interrupted; <see langword="null"/>: from the start.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public async Task<RebuildReport> RunAsync(RebuildState? state, CancellationToken cancellationToken)
    {
        // First out of everybody's way, so that the snapshot holds all that was acknowledged.
        state ??= new() { Stage = RebuildState.Begun };
        await SaveAsync(state, true, cancellationToken);
        FailPoint.Hit("rebuild.quarantined");
        if (state.Snapshot is null)
        {
            state = state with { Snapshot = (await Backups.CreateAsync(Progress, cancellationToken)).Name };
            await SaveAsync(state, null, cancellationToken);
            FailPoint.Hit("rebuild.snapshot");
        }

        var probes = await ProbesAsync(cancellationToken);
        if (state.Stage == RebuildState.Begun)
        {
            state = await MeasureAsync(state, probes, cancellationToken);
            FailPoint.Hit("rebuild.measured");
        }

        if (Source is not null)
        {
            state = await PutBackAsync(state, Source, cancellationToken);
            FailPoint.Hit("rebuild.put-back");

            // What a line that cannot be read holds may be what is damaged here: it is lost only where the whole source was read.
            if (Source.Unreadable == 0)
            {
                state = await EraseDamagedAsync(state, cancellationToken);
                FailPoint.Hit("rebuild.erased");
            }
        }

        await DeriveAsync(cancellationToken);
        FailPoint.Hit("rebuild.derived");
        return await EndAsync(state, probes, cancellationToken);
    }

    /// <summary>Verifies every row of the namespace.</summary>
    /// <param name="damaged">Told of damaged rows.</param>
    /// <param name="live">Told of rows that are not deleted, damaged or not.</param>
    /// <param name="engine">Where they are.</param>
    /// <param name="scope">The namespace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task VerifyAsync(
        SqliteEngine engine, MemoryNamespace scope, Action<CheckedRow> damaged, Action<string, CheckedRow> live, CancellationToken cancellationToken)
    {
        for (var place = MendPlace.Start; place != MendPlace.End;)
        {
            // Page by page, so that no reader holds the log for long.
            var next = place;
            foreach (var (table, row) in await engine.ReadAsync(session => MendRows.Page(session, engine.Store, scope, ref next), cancellationToken))
            {
                if (!row.IsIntact)
                {
                    damaged(row);
                }

                if (row.IsLive)
                {
                    live(table, row);
                }
            }

            place = next;
        }
    }

    /// <summary>Puts all records and events of a namespace into the index as they are.</summary>
    public static async Task IndexAsync(Mending mending, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await mending.Feed.LoadedAsync(cancellationToken);
        await foreach (var batch in EngineItems.Of(mending.Engine, mending.Namespace, now, cancellationToken).Chunk(BatchSize).WithCancellation(cancellationToken))
        {
            mending.Feed.Put(batch);
        }
    }

    private Task<ProbeSet> ProbesAsync(CancellationToken cancellationToken) => Source is null
        ? Mending.Benchmark.ChooseAsync(Mending.Namespace, new(), cancellationToken)
        : ProbeSet.ChooseAsync(PresentOrMissingAsync(Source, cancellationToken), Benchmark.DefaultSeed, BenchmarkRequest.DefaultProbes, cancellationToken);

    // What was deleted since the source was made is not to be found, and not asked for.
    private async IAsyncEnumerable<MemoryItem> PresentOrMissingAsync(
        RebuildSource source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in source.ItemsAsync(cancellationToken).Chunk(BatchSize).WithCancellation(cancellationToken))
        {
            var wanted = await Engine.ReadAsync(
                session => batch.Where(item => IsWanted(item) && (MendRows.IsMissing(session, Engine.Database.Health, Engine.Store, item) || IsLive(session, item))).ToList(),
                cancellationToken);
            foreach (var item in wanted)
            {
                yield return item;
            }
        }

        bool IsLive(SqliteSession session, MemoryItem item) => item is MemoryRecord record
            ? RecordRows.ById(session, Engine.Database.Health, Engine.Store, record.Id) is not null
            : EventRows.ById(session, Engine.Database.Health, Engine.Store, ((MemoryEvent)item).Id) is not null;
    }

    private async Task<RebuildState> MeasureAsync(RebuildState state, ProbeSet probes, CancellationToken cancellationToken)
    {
        Report("measuring what is there");
        var damaged = 0L;
        Dictionary<string, (long Records, long Events)> counts = new(StringComparer.Ordinal);
        await VerifyAsync(
            Engine,
            Mending.Namespace,
            _ => damaged++,
            (table, row) =>
            {
                var (records, events) = counts.GetValueOrDefault(row.Path!);
                counts[row.Path!] = table == "records" ? (records + 1, events) : (records, events + 1);
            },
            cancellationToken);
        state = state with
        {
            Stage = RebuildState.Measured,
            DamagedBefore = damaged,
            HitRateBefore = (await Mending.Benchmark.RunAsync(Mending.Namespace, probes, Benchmark.DefaultSeed, cancellationToken)).HitRate,
            Before =
            [
                .. counts.OrderByDescending(c => c.Value.Records + c.Value.Events).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MaxNamespaces)
                    .Select(c => new BackupNamespace(c.Key, c.Value.Records, c.Value.Events)),
            ],
        };
        await SaveAsync(state, null, cancellationToken);
        return state;
    }

    private async Task<RebuildState> PutBackAsync(RebuildState state, RebuildSource source, CancellationToken cancellationToken)
    {
        var done = 0L;
        await foreach (var batch in source.ItemsAsync(cancellationToken).Chunk(BatchSize).WithCancellation(cancellationToken))
        {
            var missing = await Engine.WriteAsync<List<MemoryItem>>(
                (session, changes) =>
                {
                    List<MemoryItem> found = [.. batch.Where(item => IsWanted(item) && MendRows.IsMissing(session, Engine.Database.Health, Engine.Store, item))];
                    found.ForEach(item => MendRows.ClearWay(session, Engine.Database.Health, Engine.Store, item, changes));
                    return found;
                },
                cancellationToken);
            FailPoint.Hit("rebuild.way-cleared");
            if (missing.Count > 0)
            {
                var outcomes = await Mending.Write.ImportAsync(missing, Reach.Everything, cancellationToken);
                var refused = outcomes.Count(outcome => outcome.Outcome == WriteResult.Refused);
                state = state with { Restored = state.Restored + outcomes.Count - refused, Refused = state.Refused + refused };
                await SaveAsync(state, null, cancellationToken);
                FailPoint.Hit("rebuild.batch");
            }

            done += batch.Length;
            Report(string.Create(CultureInfo.InvariantCulture, $"putting back: {done:N0} looked at"));
        }

        return state with { Refused = state.Refused + source.Unreadable };
    }

    // What is damaged still is in no source: it is lost, and the snapshot has its bytes.
    private async Task<RebuildState> EraseDamagedAsync(RebuildState state, CancellationToken cancellationToken)
    {
        Report("erasing what is lost");
        Dictionary<string, long> erased = new(state.Erased, StringComparer.Ordinal);
        for (var place = MendPlace.Start; place != MendPlace.End;)
        {
            var next = place;
            var damaged = (await Engine.ReadAsync(session => MendRows.Page(session, Engine.Store, Mending.Namespace, ref next), cancellationToken))
                .Where(found => !found.Row.IsIntact).ToList();
            place = next;
            if (damaged.Count == 0)
            {
                continue;
            }

            foreach (var (_, row) in damaged.Where(found => found.Row.IsLive))
            {
                erased[row.Path!] = erased.GetValueOrDefault(row.Path!) + 1;
            }

            state = state with { Erased = erased.ToDictionary(StringComparer.Ordinal) };
            await Engine.WriteAsync(
                (session, changes) =>
                {
                    MendRows.Erase(session, Engine.Database.Health, damaged, changes);
                    RebuildRows.Write(session, Engine.Store, Mending.Namespace, state);
                    return true;
                },
                cancellationToken);
            FailPoint.Hit("rebuild.batch-erased");
        }

        return state;
    }

    // Index and embeddings are derived: those of the namespace are dropped, and made again from the records.
    private async Task DeriveAsync(CancellationToken cancellationToken)
    {
        Report("deriving index and embeddings");
        await Mending.Feed.DropAsync(Mending.Namespace, cancellationToken);
        FailPoint.Hit("rebuild.dropped");
        var done = 0L;
        await foreach (var batch in EngineItems.Of(Engine, Mending.Namespace, Time.GetUtcNow(), cancellationToken).Chunk(BatchSize).WithCancellation(cancellationToken))
        {
            var embeddings = await new Capture.ContentEmbedder(Mending.Embedder).EmbedAsync([.. batch.Select(ContentOf)], cancellationToken);
            if (embeddings is null)
            {
                // Without a model it is found by its words, and embedded when there is one.
                Mending.Feed.Put(batch);
            }
            else
            {
                await Engine.SetEmbeddingsAsync(
                    [.. batch.Select((item, i) => new Engines.NewEmbedding(IdOf(item), (item as MemoryRecord)?.Version ?? 1, Mending.Embedder.Model!, embeddings[i]))],
                    cancellationToken);
            }

            done += batch.Length;
            Report(string.Create(CultureInfo.InvariantCulture, $"deriving index and embeddings: {done:N0}"));
        }

        // What was dropped is not to stay in the files of the index either.
        await Mending.Feed.CleanAsync(all: false);
    }

    private async Task<RebuildReport> EndAsync(RebuildState state, ProbeSet probes, CancellationToken cancellationToken)
    {
        Report("verifying and measuring");
        var (damaged, items) = (0L, 0L);
        await VerifyAsync(Engine, Mending.Namespace, _ => damaged++, (_, _) => items++, cancellationToken);
        var after = await Mending.Benchmark.RunAsync(Mending.Namespace, probes, Benchmark.DefaultSeed, cancellationToken);
        List<string> problems = [];
        var rows = damaged == 1 ? "1 row is" : $"{damaged} rows are";
        if (Source is { Unreadable: > 0 and var unreadable })
        {
            problems.Add(
                $"{unreadable} lines of the export are no record or event that can be read, so what is damaged still was not erased ({damaged} {(damaged == 1 ? "row" : "rows")}). "
                + $"Mend the lines, or use another export or a backup; or release what is there: {Release}");
        }
        else if (damaged > 0)
        {
            problems.Add(Source is null
                ? $"{rows} damaged. Put back what is lost from an export or a backup with --from, or release what is left: {Release}"
                : $"{rows} damaged since.");
        }

        if (after.HitRate is null && state.Erased.Count > 0)
        {
            problems.Add($"Whether anything is found could not be measured after some of it was lost: nothing has enough words to ask for. If what is there is right, release it: {Release}");
        }

        if (after.HitRate < BenchmarkReport.MinHitRate)
        {
            problems.Add(Benchmark.LowHitRate(after.HitRate.Value));
        }

        if (after.HitRate < state.HitRateBefore)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"Fewer records are found than before ({state.HitRateBefore:P0}, now {after.HitRate:P0})."));
        }

        var success = problems.Count == 0;
        var until = success && Watch > TimeSpan.Zero ? Time.GetUtcNow() + Watch : (DateTimeOffset?)null;
        var missing = await Engine.ReadAsync(session => MendRows.Missing(session, Engine.Store, Mending.Namespace), cancellationToken);
        await SaveAsync(
            state with { Stage = success ? RebuildState.Watching : RebuildState.Failed, WatchedUntil = until, Missing = missing },
            success ? false : null,
            cancellationToken);
        FailPoint.Hit("rebuild.ended");
        var lost = LostOf(state);
        foreach (var much in lost.Where(one => one.Lost > RebuildReport.MaxLost * one.Of).Take(10))
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{much.Percent:0.#} % of '{much.Namespace}' is lost ({much.Lost} of {much.Of}). An older export or backup may have it."));
        }

        return new()
        {
            Store = Store,
            Namespace = Mending.Namespace.Path,
            Mode = Source is null ? "soft" : "hard",
            Success = success,
            Snapshot = state.Snapshot!,
            HitRateBefore = state.HitRateBefore,
            HitRateAfter = after.HitRate,
            DamagedBefore = state.DamagedBefore,
            DamagedAfter = damaged,
            Items = items,
            Restored = state.Restored,
            Refused = state.Refused,
            Lost = lost,
            WatchedUntil = until,
            Warnings = problems,
        };
    }

    private static List<LostRecords> LostOf(RebuildState state)
    {
        var before = state.Before.ToDictionary(b => b.Namespace, b => b.Records + b.Events, StringComparer.Ordinal);
        return
        [
            .. state.Erased
                .Select(erased => (erased.Key, Lost: erased.Value, Of: Math.Max(erased.Value, before.GetValueOrDefault(erased.Key))))
                .Select(one => new LostRecords(one.Key, one.Lost, one.Of, Math.Round(100d * one.Lost / one.Of, 1)))
                .OrderByDescending(one => one.Percent).ThenBy(one => one.Namespace, StringComparer.Ordinal).Take(MaxNamespaces),
        ];
    }

    private bool IsWanted(MemoryItem item) =>
        (item is MemoryRecord record ? record.ExpiresAt : ((MemoryEvent)item).ExpiresAt) is not { } expiry || expiry > Time.GetUtcNow();

    private static string IdOf(MemoryItem item) => item is MemoryRecord record ? record.Id : ((MemoryEvent)item).Id;

    private static string ContentOf(MemoryItem item) => item is MemoryRecord record ? record.Content : ((MemoryEvent)item).Content;

    private void Report(string step) => Progress?.Report(new(step, null));
}
