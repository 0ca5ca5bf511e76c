namespace Keepsake.Engines;

/// <summary>Keeps records and events, whole and durably. One instance serves one store.</summary>
/// <remarks>
/// <para>Safe for concurrent use. Engines store, no more: validation, redaction, embedding and ranking happen above them,
/// once, in <see cref="MemoryStore"/>. What decides whether a write is new happens here, because it must happen in the
/// transaction that writes.</para>
/// <para>Every engine passes <c>EngineConformance</c>. Where this text and that suite differ, the suite is right
/// and this text is a bug.</para>
/// <para>A write that returned is durable as far as <see cref="EngineCapabilities"/> says, and seen by every read that
/// begins afterwards. Failures outside the program throw <see cref="MemoryException"/>. Cancellation throws
/// <see cref="OperationCanceledException"/> and leaves each item either wholly written or untouched.</para>
/// </remarks>
public interface IMemoryEngine : IAsyncDisposable
{
    /// <summary>Gets what this engine can do. Constant for the life of the instance.</summary>
    EngineCapabilities Capabilities { get; }

    /// <summary>Gets the namespaces in quarantine, each with all under it: the engine lists, gives and takes nothing of them. Reading, writing or deleting
    /// there, item by item or by a scope inside, is <see cref="MemoryErrorCode.Unavailable"/>; wider lists leave it out.</summary>
    IReadOnlyList<MemoryNamespace> Closed { get; }

    /// <summary>Tells of every change from now on, in the order of commits.</summary>
    /// <param name="observer">Called by one thread at a time. It must be quick and must not throw. The write that made the change returns when
    /// the task that it gives has ended, however that ends.</param>
    void Observe(Func<IReadOnlyList<MemoryChange>, Task> observer);

    /// <summary>Reads what changed since a position, oldest first: what was written, and what was deleted or replaced since.</summary>
    /// <param name="after">0: everything there is. Else a <see cref="ChangePage.Position"/>, even of an earlier process.</param>
    /// <param name="limit">About how many changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A part, in which an id may come twice; <see langword="null"/>: it is not known any more what changed since then, start from 0.
    /// Damaged items are left out. Noting that something was recalled is no change.</returns>
    Task<ChangePage?> ChangesAsync(long after, int limit, CancellationToken cancellationToken);

    /// <summary>Writes records.</summary>
    /// <param name="records">
    /// At most <see cref="EngineCapabilities.MaxBatchSize"/> records. One whose id is there replaces it, or is unchanged when
    /// it is equal, or is refused when a third has its key or content. Else one with a key replaces the record with that key in its namespace and actor; one without merges
    /// into the record with equal content there (<see cref="MemoryRecord.Importance"/> and
    /// <see cref="MemoryRecord.Confidence"/> become the greater, metadata is united, the newer value winning).
    /// Replaced and merged records keep their id and <see cref="MemoryRecord.CreatedAt"/>.
    /// </param>
    /// <param name="token">The caller's name for this write; <see langword="null"/>: none.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <returns>One outcome per record, in the order given; those of the first time when the token was seen before.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: the token stands for another write.</exception>
    Task<IReadOnlyList<WriteOutcome>> UpsertAsync(
        IReadOnlyList<MemoryRecord> records, WriteToken? token, CancellationToken cancellationToken);

    /// <summary>Puts a new version in the place of a record, if it is still at a version.</summary>
    /// <param name="record">The record as it is to be; its version is set by the engine.</param>
    /// <param name="version">The version that it must have now.</param>
    /// <param name="token">The caller's name for this change; <see langword="null"/>: none.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <returns>The record as stored, or <see langword="null"/> when its version is another or it is gone. When the token was seen before, nothing
    /// changes, and it is the record as it is now.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: another record has its key or content, or the token stands for
    /// another write.</exception>
    Task<MemoryRecord?> ReplaceAsync(MemoryRecord record, long version, WriteToken? token, CancellationToken cancellationToken);

    /// <summary>Says what a change or a deletion with a token did.</summary>
    /// <returns>The reply, or <see langword="null"/> when the token is new.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: the token stands for another write.</exception>
    Task<WriteReply?> ReplyAsync(WriteToken token, CancellationToken cancellationToken);

    /// <summary>Reads records.</summary>
    /// <returns>One per id, in the order given; <see langword="null"/> where there is none, or it is deleted.
    /// Expired ones are returned: the caller knows the time.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Corrupt"/>: one is damaged, and only one id was given.</exception>
    Task<IReadOnlyList<MemoryRecord?>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Reads a record that was deleted and not yet erased.</summary>
    /// <returns>The record, or <see langword="null"/>.</returns>
    Task<MemoryRecord?> GetDeletedAsync(string id, CancellationToken cancellationToken);

    /// <summary>Lists records in the ordinal order of their namespaces, then in the order of writing.</summary>
    /// <returns>One page. Records written while listing may or may not appear; none appears twice. Damaged ones are left out and counted
    /// by <see cref="StatisticsAsync"/>.</returns>
    Task<Page<MemoryRecord>> ListAsync(RecordFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Deletes records and events by id. Ids that are not there are ignored.</summary>
    /// <returns>How many were deleted; the first time, when the token was seen before.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.PreconditionFailed"/>: a record has another version than it must have, and nothing
    /// was deleted; <see cref="MemoryErrorCode.Conflict"/>: the token stands for another write.</exception>
    Task<int> DeleteAsync(IReadOnlyList<string> ids, Deletion how, CancellationToken cancellationToken);

    /// <summary>Appends events. One whose id is there already is unchanged.</summary>
    /// <param name="events">At most <see cref="EngineCapabilities.MaxBatchSize"/> events.</param>
    /// <param name="keepPerSession">Most events a session keeps, at least 1; beyond them the oldest are erased.</param>
    /// <param name="token">The caller's name for this write; <see langword="null"/>: none.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <returns>One outcome per event, in the order given; those of the first time when the token was seen before.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: the token stands for another write.</exception>
    Task<IReadOnlyList<WriteOutcome>> AppendAsync(
        IReadOnlyList<MemoryEvent> events, int keepPerSession, WriteToken? token, CancellationToken cancellationToken);

    /// <summary>Lists events by the order of appending, newest first unless the filter says otherwise.</summary>
    /// <returns>One page, like <see cref="ListAsync"/>.</returns>
    Task<Page<MemoryEvent>> ListEventsAsync(EventFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Reads events by id, like <see cref="GetAsync"/>.</summary>
    Task<IReadOnlyList<MemoryEvent?>> GetEventsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Lists the actors that have events, in ordinal order.</summary>
    Task<Page<ActorSummary>> ListActorsAsync(DateTimeOffset now, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Lists an actor's sessions that have events, in ordinal order.</summary>
    Task<Page<SessionSummary>> ListSessionsAsync(
        string actorId, DateTimeOffset now, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Deletes all events of a session.</summary>
    /// <returns>How many were deleted; the first time, when the token was seen before.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: the token stands for another write.</exception>
    Task<int> DeleteSessionAsync(string actorId, string sessionId, Deletion how, CancellationToken cancellationToken);

    /// <summary>Finds what came from a source: what names it (<see cref="Provenance.ComesFrom"/>), and what was derived from that, through any
    /// number of steps, as <see cref="Provenance.Events"/> and <see cref="Provenance.Records"/> say.</summary>
    /// <param name="source">The source, compared ordinally.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Each once, after one that it was derived from; also what is expired, or deleted and not yet erased.</returns>
    Task<IReadOnlyList<SourcedItem>> FromSourceAsync(string source, CancellationToken cancellationToken);

    /// <summary>Sets embeddings of records and events, where the content is still that of the version named.</summary>
    /// <returns>How many were set.</returns>
    Task<int> SetEmbeddingsAsync(IReadOnlyList<NewEmbedding> embeddings, CancellationToken cancellationToken);

    /// <summary>Notes that records were recalled. Versions stay.</summary>
    Task MarkRecalledAsync(IReadOnlyList<string> ids, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Erases what is due: deletions before a time, expired records and events, and tokens older than a time.</summary>
    /// <returns>How many records, events and tokens were erased; there may be more until it is 0.</returns>
    Task<int> PurgeAsync(PurgeLimits limits, CancellationToken cancellationToken);

    /// <summary>Counts what is stored.</summary>
    Task<EngineStatistics> StatisticsAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
