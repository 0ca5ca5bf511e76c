using System.Globalization;
using Keepsake.Engines.Sqlite.Sealing;
using Keepsake.Protection.Audit;
using Keepsake.Protection.Sealing;
using Keepsake.Serialization;

namespace Keepsake.Engines.Sqlite;

/// <summary>Keeps one store in the database file that it shares with the folder's other stores.</summary>
/// <param name="database">The file. Who opened it closes it.</param>
/// <param name="store">The store's number.</param>
/// <param name="time">Dates the rows of tokens.</param>
internal sealed partial class SqliteEngine(SqliteDatabase database, long store, TimeProvider time) : IMemoryEngine, IRewritableEngine
{
    private QuarantineGate _gate = new(database.Quarantine, store, mended: null);
    private SqliteEngine? _whole;
    private Func<IReadOnlyList<MemoryChange>, Task>? _observer;

    /// <inheritdoc/>
    public EngineCapabilities Capabilities { get; } =
        new() { Name = "sqlite", Provider = "embedded", MaxBatchSize = 1_000, IsDurable = true };

    /// <inheritdoc/>
    public IReadOnlyList<MemoryNamespace> Closed => _gate.Closed;

    /// <summary>Gets the file.</summary>
    public SqliteDatabase Database => database;

    /// <summary>Gets the store's number.</summary>
    public long Store => store;

    private SqliteHealth Health => database.Health;

    /// <summary>The same store to who mends a namespace that is in quarantine: open to it alone. Who observes this engine sees its changes too.</summary>
    public SqliteEngine Mending(MemoryNamespace mended) =>
        new(database, store, time) { _gate = new(database.Quarantine, store, mended), _whole = this };

    /// <summary>A store to who says of its memories only whether they are there and whose they are: open to all of it, whatever is in quarantine.</summary>
    public static IMemoryEngine EvenClosed(IMemoryEngine engine) => engine is SqliteEngine own ? own.Mending(MemoryNamespace.Everything) : engine;

    /// <inheritdoc/>
    public void Observe(Func<IReadOnlyList<MemoryChange>, Task> observer) =>
        _observer = _observer is { } others ? changes => Task.WhenAll(others(changes), observer(changes)) : observer;

    /// <inheritdoc/>
    public Task<ChangePage?> ChangesAsync(long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => ChangeRows.After(session, Health, store, after, limit), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WriteOutcome>> UpsertAsync(
        IReadOnlyList<MemoryRecord> records, WriteToken? token, CancellationToken cancellationToken)
    {
        var vault = OpenVault();
        if (vault is { Seals: true })
        {
            vault.Ensure(records.Select(record => ((string?)record.Namespace.Path, record.ActorId)));
        }

        PreparedRecord[] prepared = [.. records.Select(record => new PreparedRecord(record, vault))];
        return WriteOnceAsync(
            token,
            (session, changes) =>
            {
                _gate.ThrowIfAllClosed(records.Select(record => record.Namespace));
                return [.. prepared.Select(record => Upsert(session, record, changes))];
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MemoryRecord?> ReplaceAsync(MemoryRecord record, long version, WriteToken? token, CancellationToken cancellationToken) => WriteAsync(
        (session, changes) =>
        {
            if (Reply(session, token) is not null)
            {
                return _gate.Open(RecordRows.ById(session, Health, store, record.Id));
            }

            var stored = RecordRows.ByIdEvenDeleted(session, Health, store, record.Id);
            if (_gate.Open(stored) is null || stored!.Version != version)
            {
                return null;
            }

            var replaced = record with { Version = version + 1, Order = stored.Order };
            RecordRows.Update(session, store, replaced);
            changes.Add(new(replaced.Id, replaced));
            Note(session, token, 1);
            return replaced;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<WriteReply?> ReplyAsync(WriteToken token, CancellationToken cancellationToken) =>
        ReadAsync(session => Reply(session, token), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<MemoryRecord?>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        ReadEachAsync(ids, (session, id) => _gate.Open(RecordRows.ById(session, Health, store, id)), cancellationToken);

    /// <inheritdoc/>
    public Task<MemoryRecord?> GetDeletedAsync(string id, CancellationToken cancellationToken) => ReadAsync(
        session => RecordRows.ByIdEvenDeleted(session, Health, store, id) is { DeletedAt: not null } record ? _gate.Open(record) : null,
        cancellationToken);

    /// <inheritdoc/>
    public Task<Page<MemoryRecord>> ListAsync(RecordFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        ReadAsync(
            session =>
            {
                _gate.ThrowIfClosed(filter.Scope);
                var (path, seq) = RecordCursor.Parse(page.Cursor);
                var records = RecordRows.List(session, Health, store, filter, _gate.ShowsClosed, page.Limit, ref path, ref seq, out var atEnd);
                return new Page<MemoryRecord>(records, atEnd ? null : RecordCursor.Format(path, seq));
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<int> DeleteAsync(IReadOnlyList<string> ids, Deletion how, CancellationToken cancellationToken) => DeleteOnceAsync(
        how,
        (session, changes) =>
        {
            _gate.ThrowIfClosed(session, ids);
            return ids.Distinct(StringComparer.Ordinal).Count(id => Delete(session, id, how, changes));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<WriteOutcome>> AppendAsync(
        IReadOnlyList<MemoryEvent> events, int keepPerSession, WriteToken? token, CancellationToken cancellationToken)
    {
        var vault = OpenVault();
        PreparedEvent[] prepared = [.. events.Select(item => new PreparedEvent(item, vault))];
        return WriteOnceAsync(
            token,
            (session, changes) =>
            {
                _gate.ThrowIfAllClosed(events.Select(item => item.Namespace));
                Dictionary<(string, string), int> counts = [];
                return [.. prepared.Select(item => Append(session, item, keepPerSession, counts, changes))];
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Page<MemoryEvent>> ListEventsAsync(EventFilter filter, PageRequest page, CancellationToken cancellationToken) =>
        ReadAsync(
            session =>
            {
                _gate.ThrowIfClosed(filter.Scope);
                var last = page.Cursor is not null ? Cursor.Number(page.Cursor) : filter.OldestFirst ? -1 : long.MaxValue;
                var events = EventRows.List(session, Health, store, filter, _gate.ShowsClosed, page.Limit, ref last, out var atEnd);
                if (events.Count == 0 && page.Cursor is null && filter is { ActorId: { } actor, SessionId: { } sessionId })
                {
                    // An empty list would say that nothing was said.
                    _gate.ThrowIfAnyClosed(session, actor, sessionId);
                }

                return new Page<MemoryEvent>(events, atEnd ? null : last.ToString(CultureInfo.InvariantCulture));
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<MemoryEvent?>> GetEventsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        ReadEachAsync(ids, (session, id) => _gate.Open(EventRows.ById(session, Health, store, id)), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<ActorSummary>> ListActorsAsync(DateTimeOffset now, PageRequest page, CancellationToken cancellationToken) =>
        ReadAsync(session => SessionRows.Actors(session, Health, store, now, page), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<SessionSummary>> ListSessionsAsync(
        string actorId, DateTimeOffset now, PageRequest page, CancellationToken cancellationToken) =>
        ReadAsync(session => SessionRows.Sessions(session, Health, store, actorId, now, page), cancellationToken);

    /// <inheritdoc/>
    public Task<int> DeleteSessionAsync(string actorId, string sessionId, Deletion how, CancellationToken cancellationToken) => DeleteOnceAsync(
        how,
        (session, changes) =>
        {
            _gate.ThrowIfAnyClosed(session, actorId, sessionId);
            return EventRows.OfSession(session, store, actorId, sessionId, int.MaxValue).Count(row => Delete(session, row.Id, how, changes));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SourcedItem>> FromSourceAsync(string source, CancellationToken cancellationToken) =>
        database.ReadAsync(session => SourceRows.Find(session, Health, store, source), cancellationToken);

    /// <inheritdoc/>
    public Task<int> SetEmbeddingsAsync(IReadOnlyList<NewEmbedding> embeddings, CancellationToken cancellationToken) => WriteAsync(
        (session, changes) => embeddings.Count(embedding => SetEmbedding(session, embedding, changes)), cancellationToken);

    /// <inheritdoc/>
    public Task MarkRecalledAsync(IReadOnlyList<string> ids, DateTimeOffset at, CancellationToken cancellationToken) => WriteAsync(
        (session, _) =>
        {
            foreach (var id in ids)
            {
                if (RecordRows.ById(session, Health, store, id) is { } record && !_gate.IsClosed(record.Namespace))
                {
                    RecordRows.Update(session, store, record with { LastRecalledAt = at });
                }
            }

            return ids.Count;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> PurgeAsync(PurgeLimits limits, CancellationToken cancellationToken) =>
        WriteAsync((session, changes) => PurgeRows.Purge(session, store, limits, changes), cancellationToken);

    /// <inheritdoc/>
    public Task<Page<MemoryItem>> KeptAsync(PageRequest page, CancellationToken cancellationToken) =>
        ReadAsync(session => KeptRows.Read(session, Health, store, page), cancellationToken);

    /// <inheritdoc/>
    public Task<int> RewriteAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken) => WriteAsync(
        (session, changes) => items.Count(item => KeptRows.Rewrite(session, Health, store, item, changes)), cancellationToken);

    /// <inheritdoc/>
    public Task<EngineStatistics> StatisticsAsync(DateTimeOffset now, CancellationToken cancellationToken) => ReadAsync(
        session => new EngineStatistics
        {
            Counts = StatisticsRows.Count(session, store, now),
            ReadOnly = Health.ReadOnly,
            Warnings = Warnings(session),
            Facts = new Dictionary<string, string>
            {
                ["sqlite"] = SqliteNative.Description,
                ["schema"] = SqliteSchema.VersionOf(session).ToString(CultureInfo.InvariantCulture),
                ["synchronous"] = "full",
                ["integrity"] = database.Care.Description,
                ["encryption"] = SealingFacts.Of(database.Guard.VaultOf(store)),
            },
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a write once per token: the second time its first answer is given and nothing is written.</summary>
    private Task<IReadOnlyList<WriteOutcome>> WriteOnceAsync(
        WriteToken? token, Func<SqliteSession, List<MemoryChange>, IReadOnlyList<WriteOutcome>> write, CancellationToken cancellationToken)
    {
        var note = AuditNote.Current;
        return WriteAsync(
            (session, changes) =>
            {
                if (token is not null && TokenRows.Find(session, Health, store, token, KeepsakeJson.Default.IReadOnlyListWriteOutcome) is { } first)
                {
                    note?.Repeat();
                    return first;
                }

                var outcomes = write(session, changes);
                if (token is not null)
                {
                    TokenRows.Insert(session, store, token, outcomes, KeepsakeJson.Default.IReadOnlyListWriteOutcome, time.GetUtcNow());
                }

                return outcomes;
            },
            cancellationToken);
    }

    /// <summary>Runs a deletion once per token.</summary>
    private Task<int> DeleteOnceAsync(Deletion how, Func<SqliteSession, List<MemoryChange>, int> delete, CancellationToken cancellationToken) => WriteAsync(
        (session, changes) =>
        {
            if (Reply(session, how.Token) is { } first)
            {
                return first.Count;
            }

            var deleted = delete(session, changes);
            Note(session, how.Token, deleted);
            return deleted;
        },
        cancellationToken);

    private WriteReply? Reply(SqliteSession session, WriteToken? token) =>
        token is null ? null : TokenRows.Find(session, Health, store, token, KeepsakeJson.Default.WriteReply);

    private void Note(SqliteSession session, WriteToken? token, int count)
    {
        if (token is not null)
        {
            TokenRows.Insert(session, store, token, new(count, token.Answer), KeepsakeJson.Default.WriteReply, time.GetUtcNow());
        }
    }

    /// <summary>The store's vault, if it can be used; <see langword="null"/>: the store is not encrypted.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Unavailable"/>: its keys cannot be had.</exception>
    private StoreVault? OpenVault()
    {
        var vault = database.Guard.VaultOf(store);
        return vault?.Locked is { } reason ? throw new MemoryException(reason.Code, reason.Message, reason) : vault;
    }

    /// <summary>Runs a read in a snapshot. Nothing is read or written before it is known which rows may be.</summary>
    internal async Task<T> ReadAsync<T>(Func<SqliteSession, T> query, CancellationToken cancellationToken)
    {
        await database.Care.Checked.WaitAsync(cancellationToken);
        Health.ThrowIfRefused();
        _ = OpenVault();
        return await database.ReadAsync(query, cancellationToken);
    }

    /// <summary>Runs a write in a transaction; what it adds to the list is noted and told.</summary>
    internal async Task<T> WriteAsync<T>(Func<SqliteSession, List<MemoryChange>, T> operation, CancellationToken cancellationToken)
    {
        await database.Care.Checked.WaitAsync(cancellationToken);
        Health.ThrowIfRefused();
        _ = OpenVault();
        return await CommitAsync(operation, cancellationToken);
    }

    private Task<T> CommitAsync<T>(Func<SqliteSession, List<MemoryChange>, T> operation, CancellationToken cancellationToken) => database.WriteAsync(
        (session, changes) =>
        {
            if (!StoreRows.Exists(session, store))
            {
                throw MemoryException.NotFound("The store was deleted.");
            }

            var result = operation(session, changes);
            ChangeRows.Note(session, store, database.NextSeq, changes);
            return result;
        },
        (_whole ?? this)._observer,
        cancellationToken);

    private Task<IReadOnlyList<T?>> ReadEachAsync<T>(
        IReadOnlyList<string> ids, Func<SqliteSession, string, T?> read, CancellationToken cancellationToken)
        where T : class => ReadAsync<IReadOnlyList<T?>>(
            session =>
            {
                var found = new T?[ids.Count];
                for (var i = 0; i < found.Length; i++)
                {
                    try
                    {
                        found[i] = read(session, ids[i]);
                    }
                    catch (MemoryException e) when (e.Code is MemoryErrorCode.Corrupt or MemoryErrorCode.Unavailable && found.Length > 1)
                    {
                        // Noted in the file's health, or in quarantine; the others are served.
                    }
                }

                return found;
            },
            cancellationToken);

    private List<string> Warnings(SqliteSession session)
    {
        // First: reading what is known of operations may find that something else wrote it.
        var operations = OperationWarnings.Of(session, database, store).ToList();
        return [.. Health.Warnings, .. operations];
    }
}
