using Keepsake.Access;

namespace Keepsake;

/// <summary>One store, as every door sees it: in this process (<see cref="MemoryStore"/>) or through the process that owns the data.</summary>
/// <remarks>
/// <para>Safe for concurrent use. Failures that a caller can be told about throw <see cref="MemoryException"/>.</para>
/// <para>A write that returned is durable and visible to every search and list that begins afterwards. Cancelling one
/// that has reached the store does not undo it.</para>
/// <para>A <c>token</c> is the caller's name for one write, 1 to 256 characters: the same write sent again with the same
/// token, at any time within a day, changes nothing and gives the first answer; another write with it is a
/// <see cref="MemoryErrorCode.Conflict"/>.</para>
/// </remarks>
public interface IMemory
{
    /// <summary>Stores facts. Refused facts do not stop the others.</summary>
    Task<RememberAnswer> RememberAsync(RememberRequest request, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Appends an event to a session.</summary>
    Task<EventAnswer> AppendEventAsync(EventInput request, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Finds what is known, by meaning and by words.</summary>
    Task<RecallAnswer> RecallAsync(RecallRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads one record.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>, <see cref="MemoryErrorCode.Corrupt"/>.</exception>
    Task<MemoryRecord> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Lists records by namespace, then in the order of writing.</summary>
    Task<Page<MemoryRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken = default);

    /// <summary>Changes a record.</summary>
    /// <param name="id">The record.</param>
    /// <param name="patch">What to change.</param>
    /// <param name="version">The version it must have; <see langword="null"/>: any.</param>
    /// <param name="token">Names this write; <see langword="null"/>: nothing does.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <returns>The record as it is now, also when the token was seen before.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>, <see cref="MemoryErrorCode.PreconditionFailed"/>.</exception>
    Task<MemoryRecord> UpdateAsync(
        string id, RecordPatch patch, long? version = null, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes records and events by id. Ids that are not there are ignored.</summary>
    /// <param name="ids">1 to 1,000 ids.</param>
    /// <param name="hard">Erase now, rather than keep for <see cref="RestoreAsync"/>.</param>
    /// <param name="reason">Why; kept with what is kept.</param>
    /// <param name="version">The version that each must have, which only records do; <see langword="null"/>: any.</param>
    /// <param name="token">Names this write; <see langword="null"/>: nothing does.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.PreconditionFailed"/>: one has another version, and nothing was deleted.</exception>
    Task<DeleteAnswer> ForgetAsync(
        IReadOnlyList<string> ids, bool hard = false, string? reason = null, long? version = null, string? token = null,
        CancellationToken cancellationToken = default);

    /// <summary>Brings a deleted record back. Said again it changes nothing.</summary>
    /// <param name="id">The record.</param>
    /// <param name="token">Names this write: sent again after the record was deleted once more, it does not bring it back a second time;
    /// <see langword="null"/>: nothing does.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: never there, erased, expired, or an event;
    /// <see cref="MemoryErrorCode.Conflict"/>: another record has taken its place.</exception>
    Task<MemoryRecord> RestoreAsync(string id, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the newest events of a session, oldest of the page first. A session that is not there is empty.</summary>
    Task<SessionEvents> ListEventsAsync(EventQuery query, CancellationToken cancellationToken = default);

    /// <summary>Deletes the events of a session.</summary>
    Task<DeleteAnswer> ForgetSessionAsync(
        string actorId, string sessionId, bool hard = false, string? reason = null, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes all records and events that came from one source, with what was derived from them, through any number of steps.</summary>
    /// <param name="source">The <see cref="Provenance.Source"/>, compared ordinally.</param>
    /// <param name="hard">Erase now, also what is deleted already, rather than keep for <see cref="RestoreAsync"/>.</param>
    /// <param name="dryRun">Only count.</param>
    /// <param name="reason">Why; kept with what is kept.</param>
    /// <param name="token">Names this write; <see langword="null"/>: nothing does.</param>
    /// <param name="cancellationToken">Gives up between two parts; the same call again goes on.</param>
    /// <returns>What was found. A source from which nothing came counts nothing.</returns>
    Task<ForgetSourceAnswer> ForgetSourceAsync(
        string source, bool hard = false, bool dryRun = false, string? reason = null, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Lists the actors that have events, in ordinal order.</summary>
    Task<Page<ActorSummary>> ListActorsAsync(PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>Lists an actor's sessions, in ordinal order.</summary>
    Task<Page<SessionSummary>> ListSessionsAsync(string actorId, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>Lists an actor's preferences by key.</summary>
    /// <param name="actorId">The actor.</param>
    /// <param name="namespace">Where they are kept; <see langword="null"/>: <see cref="MemoryNamespace.PreferencesOf"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<PreferencesAnswer> GetPreferencesAsync(
        string actorId, string? @namespace = null, CancellationToken cancellationToken = default);

    /// <summary>Reads the record that holds one of an actor's preferences.</summary>
    /// <param name="actorId">The actor.</param>
    /// <param name="key">The preference's name.</param>
    /// <param name="namespace">Where it is kept; <see langword="null"/>: <see cref="MemoryNamespace.PreferencesOf"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>.</exception>
    Task<MemoryRecord> GetPreferenceAsync(
        string actorId, string key, string? @namespace = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes one of an actor's preferences.</summary>
    /// <param name="actorId">The actor.</param>
    /// <param name="key">The preference's name.</param>
    /// <param name="namespace">Where it is kept; <see langword="null"/>: <see cref="MemoryNamespace.PreferencesOf"/>.</param>
    /// <param name="hard">Erase now, rather than keep for <see cref="RestoreAsync"/>.</param>
    /// <param name="reason">Why; kept with what is kept.</param>
    /// <param name="token">Names this write; <see langword="null"/>: nothing does.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>.</exception>
    Task<DeleteAnswer> ForgetPreferenceAsync(
        string actorId, string key, string? @namespace = null, bool hard = false, string? reason = null, string? token = null,
        CancellationToken cancellationToken = default);

    /// <summary>Reads what an export would write, records first, then events.</summary>
    /// <param name="scope">The scope; <see langword="null"/>: everything, events without a namespace included.</param>
    /// <param name="cursor">Where the last page ended; <see langword="null"/>: from the start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<MemoryItem>> ExportAsync(string? scope, string? cursor, CancellationToken cancellationToken = default);

    /// <summary>Writes exported items back, ids and times as they are. Repeating it changes nothing.</summary>
    /// <param name="items">1 to 1,000 records and events.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <returns>One outcome per item, in order.</returns>
    /// <remarks>Calls are committed in the order in which they are made, also when the next is made before one has returned.</remarks>
    Task<IReadOnlyList<WriteOutcome>> ImportAsync(IReadOnlyList<MemoryItem> items, CancellationToken cancellationToken = default);

    /// <summary>Says how the store is. Never fails.</summary>
    Task<MemoryStatus> StatusAsync(CancellationToken cancellationToken = default);
}

/// <summary>The stores of one data folder.</summary>
public interface IMemoryStores
{
    /// <summary>Gets a store by name.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>, here or when it is used: there is none.</exception>
    IMemory this[string name] { get; }

    /// <summary>Gets the stores as a caller sees them: what it may not do is refused, what it does not reach is as if it were not there.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>, here or when it is used: what the caller reaches is not well-formed.</exception>
    IMemoryStores As(Caller caller);

    /// <summary>Lists the stores by name.</summary>
    Task<IReadOnlyList<StoreInfo>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates a store.</summary>
    /// <param name="name">1 to 48 letters, digits, <c>_</c> or <c>-</c>, a letter first.</param>
    /// <param name="token">Names this write, as in <see cref="IMemory"/>; <see langword="null"/>: nothing does.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: it exists.</exception>
    Task<StoreInfo> CreateAsync(string name, string? token = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a store and all it holds, for good.</summary>
    /// <param name="name">The store.</param>
    /// <param name="token">Names this write, as in <see cref="IMemory"/>; <see langword="null"/>: nothing does.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>; <see cref="MemoryErrorCode.InvalidRequest"/>
    /// for the default store.</exception>
    Task DeleteAsync(string name, string? token = null, CancellationToken cancellationToken = default);
}
