using System.Text.Json;
using Keepsake.Capture;
using Keepsake.Engines;
using Keepsake.Engines.Sqlite;
using Keepsake.Operations;
using Keepsake.Protection.Redaction;
using Keepsake.Serialization;
using Keepsake.Telemetry;

namespace Keepsake;

/// <content>What an operator does: each operation is one method, through which every door comes.</content>
public sealed partial class MemoryStores
{
    /// <inheritdoc/>
    public async Task<BenchmarkReport> BenchmarkAsync(
        string store, string? @namespace, BenchmarkRequest request, string? token = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (number, scope) = (NumberOf(store), MemoryNamespace.ParseScope(@namespace));

        // The report is kept under the namespace.
        Cleaner.Identifier(new(_options.Redaction.Of(store)), scope.Value, "namespace");
        var once = token is null ? null : CallToken.Of(token, "benchmark", scope.Value, JsonSerializer.Serialize(request, KeepsakeJson.Default.BenchmarkRequest));
        return await OnceAsync(
            number, once, KeepsakeJson.Default.BenchmarkReport, () => BenchmarkOnceAsync(store, scope, request, once, cancellationToken), cancellationToken);
    }

    private async Task<BenchmarkReport> BenchmarkOnceAsync(
        string store, MemoryNamespace scope, BenchmarkRequest request, WriteToken? token, CancellationToken cancellationToken)
    {
        var report = await Own(store).BenchmarkAsync(scope, request, cancellationToken);
        KeepsakeMetrics.Note(report);
        try
        {
            return await KeepAsync(NumberOf(store), scope, report, token, cancellationToken);
        }
        catch (MemoryException e) when (e.Code is MemoryErrorCode.ReadOnly or MemoryErrorCode.StorageFull)
        {
            return report with { Warnings = [.. report.Warnings, $"This report was not kept: {e.Message}"] };
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BenchmarkReport>> ListBenchmarksAsync(
        string store, string? @namespace, int limit = PageRequest.DefaultLimit, CancellationToken cancellationToken = default)
    {
        var (number, scope, page) = (NumberOf(store), MemoryNamespace.ParseScope(@namespace), new PageRequest(limit));
        return _database.ReadAsync(session => BenchmarkRows.List(session, _database.Health, number, scope, page.Limit), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<QuarantinedNamespace>> ListQuarantineAsync(string store, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<QuarantinedNamespace>>(_database.Quarantine.Of(NumberOf(store)));

    /// <inheritdoc/>
    public async Task<QuarantinedNamespace> QuarantineAsync(
        string store, string @namespace, string? reason = null, CancellationToken cancellationToken = default)
    {
        var number = NumberOf(store);
        var redactor = new Redactor(_options.Redaction.Of(store));
        var item = new QuarantinedNamespace(
            MemoryNamespace.Parse(MemoryNamespace.Parse(Cleaner.Identifier(redactor, @namespace, "namespace")).Path),
            _time.GetUtcNow(),
            new Cleaner(redactor).Text(Rules.Text(reason, QuarantinedNamespace.MaxReasonLength, "reason")));
        await ChangeQuarantineAsync(
            session =>
            {
                var known = _database.Quarantine.Of(number);
                if (known.Find(other => other.Namespace.Equals(item.Namespace)) is { } already)
                {
                    item = already;
                }
                else if (known.Count >= QuarantinedNamespace.MaxPerStore)
                {
                    throw MemoryException.Invalid(
                        $"{QuarantinedNamespace.MaxPerStore} namespaces are in quarantine, the most there can be. Release one, or put one above them there.");
                }

                QuarantineRows.Insert(session, number, item);
            },
            cancellationToken);
        return item;
    }

    /// <inheritdoc/>
    public async Task<QuarantinedNamespace> ReleaseAsync(string store, string @namespace, CancellationToken cancellationToken = default)
    {
        var number = NumberOf(store);
        var released = MemoryNamespace.Parse(@namespace);
        QuarantinedNamespace? item = null;
        var isHalfRebuilt = (await StatesAsync(number, cancellationToken)).Any(known => known.Namespace.Equals(released) && known.State.IsUnderWay);
        if (isHalfRebuilt)
        {
            // Its rebuild was given up, perhaps after it had dropped the index of the namespace.
            await Rebuild.IndexAsync(Own(store).Mend(released), _time.GetUtcNow(), cancellationToken);
        }

        await ChangeQuarantineAsync(
            session =>
            {
                var known = _database.Quarantine.Of(number);
                item = known.Find(other => other.Namespace.Equals(released)) ?? throw MemoryException.NotFound(
                    known.Find(other => other.Namespace.Contains(released)) is { } above
                        ? $"The quarantine of '{above.Namespace.Path}' covers this namespace. Release that: keepsake quarantine {above.Namespace.Path} --release"
                        : "This namespace is not in quarantine. List those that are with: keepsake quarantine");
                QuarantineRows.Delete(session, number, released.Path);
                if (isHalfRebuilt)
                {
                    RebuildRows.Delete(session, number, released);
                }
            },
            cancellationToken);
        Own(store).Released();
        return item!;
    }

    /// <inheritdoc/>
    public Task<BackupInfo> CreateBackupAsync(IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        _backups.CreateAsync(progress, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackupInfo>> ListBackupsAsync(CancellationToken cancellationToken = default) => Task.Run(_backups.List, cancellationToken);

    /// <inheritdoc/>
    public Task<BackupInfo> VerifyBackupAsync(
        string name, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        _backups.VerifyAsync(name, progress, cancellationToken);

    /// <inheritdoc/>
    public Task<RestoreReport> RestoreBackupAsync(
        string name, bool withDamage = false, IProgress<OperationProgress>? progress = null, CancellationToken cancellationToken = default) =>
        _restore.DecideAsync(_backups, name, withDamage, progress, cancellationToken);

    /// <inheritdoc/>
    public Task<RestoreReport?> LastRestoreAsync(CancellationToken cancellationToken = default) => Task.FromResult(_restore.Report);

    /// <summary>Opens the database: a restored one that waits for this, or else the one that is there.</summary>
    private static async Task<SqliteDatabase> OpenDatabaseAsync(string folder, TimeProvider time, string? readOnly)
    {
        var restore = new PendingRestore(folder, time);

        // What waits to be put in place waits on where nothing is to be written.
        if (readOnly is not null || !restore.PutInPlace())
        {
            return SqliteDatabase.Open(folder, readOnly);
        }

        SqliteDatabase? database = null;
        try
        {
            database = SqliteDatabase.Open(folder);
            var shredded = await RestoredRows.SettleAsync(database);
            var reason = await RestoredKeys.CarryOverAsync(database, restore.Before, time.GetUtcNow());
            FailPoint.Hit("restore.settled");
            restore.Keep(shredded, reason);
            return database;
        }
        catch (MemoryException e)
        {
            if (database is not null)
            {
                await database.DisposeAsync();
            }

            restore.GoBack(e);
            return SqliteDatabase.Open(folder);
        }
    }

    /// <summary>Keeps a report, unless the same call has kept its own meanwhile.</summary>
    private Task<BenchmarkReport> KeepAsync(
        long number, MemoryNamespace scope, BenchmarkReport report, WriteToken? token, CancellationToken cancellationToken) => _database.WriteAsync(
            (session, _) =>
            {
                if (token is not null && TokenRows.Find(session, _database.Health, number, token, KeepsakeJson.Default.BenchmarkReport) is { } first)
                {
                    return first;
                }

                if (!StoreRows.Exists(session, number))
                {
                    throw MemoryException.NotFound("The store was deleted.");
                }

                BenchmarkRows.Insert(session, number, scope, report);
                Note(session, number, token, report, KeepsakeJson.Default.BenchmarkReport);
                return report;
            },
            committed: null,
            cancellationToken);

    /// <summary>Changes the rows and, on the writer's thread and so before the next write, the list that every read and write asks.</summary>
    private async Task ChangeQuarantineAsync(Action<SqliteSession> change, CancellationToken cancellationToken)
    {
        try
        {
            await _database.WriteAsync((session, _) => Load(session, change), committed: null, cancellationToken);
        }
        catch (MemoryException)
        {
            // What was not committed does not count. Read in the writer's turn, so that no other change is passed over.
            await (_database.Health.ReadOnly is null
                ? _database.WriteAsync((session, _) => Load(session), committed: null, CancellationToken.None)
                : _database.ReadAsync(session => Load(session), CancellationToken.None));
            throw;
        }

        bool Load(SqliteSession session, Action<SqliteSession>? change = null)
        {
            change?.Invoke(session);
            _database.Quarantine.Load(session, _database.Health);
            return true;
        }
    }

    private long NumberOf(string store) => _numbers.TryGetValue(store, out var number) ? number : throw NoSuchStore(store);
}
