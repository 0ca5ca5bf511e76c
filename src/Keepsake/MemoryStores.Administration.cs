using Keepsake.Access;
using Keepsake.Operations;
using Keepsake.Protection.Audit;

namespace Keepsake;

/// <content>Who may do what, and what was done.</content>
public sealed partial class MemoryStores
{
    /// <summary>Most ids of which <see cref="ReadersAsync"/> says to whom they were handed out, in one call.</summary>
    public const int MaxReadersOf = 10_000;

    internal AuditLog Log { get; }

    internal ApiKeys Keys { get; }

    internal ReadOnlySwitch ReadOnly { get; }

    private IAdministration Administration => (IAdministration)_local;

    /// <inheritdoc/>
    public IMemoryStores As(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new GuardedStores(this, new(caller, _limits, Log, _database.Health, _cursors, _time));
    }

    /// <inheritdoc/>
    async Task<Authenticated> IAuthentication.AuthenticateAsync(string? secret, CancellationToken cancellationToken)
    {
        if (secret is not null)
        {
            // Until the heads were looked at, nobody knows whether the keys are the last ones.
            await _database.Care.Checked.WaitAsync(cancellationToken);
        }

        return Keys.Find(secret);
    }

    /// <summary>Looks for secrets in a page of what a store keeps, and notes in the audit log who did, over how many memories, and how many held one or were redacted.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="apply">Whether what is found is redacted. Else nothing changes.</param>
    /// <param name="cursor">Where the last page ended; <see langword="null"/>: from the start.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <remarks>After the last page of a scan that redacted, call <see cref="RebuildIndexAsync"/>: what was derived holds the words still.</remarks>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: there is no such store; <see cref="MemoryErrorCode.ReadOnly"/>: nothing may be redacted now.</exception>
    public Task<ScanPage> ScanAsync(string store, bool apply = false, string? cursor = null, CancellationToken cancellationToken = default) =>
        ScanAsAsync(Caller.Local, store, apply, cursor, cancellationToken);

    /// <summary>Says to whom records and events were handed out, as far as the audit log's entries hold their ids. It is one pass over the whole log, however many are asked for.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="ids">Their ids, at most <see cref="MaxReadersOf"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By id the callers in ordinal order, as the audit log names them. An id that nobody was handed is not in it.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>: there is no such store; <see cref="MemoryErrorCode.TooLarge"/>: there are too many ids.</exception>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadersAsync(string store, IReadOnlyList<string> ids, CancellationToken cancellationToken = default) =>
        ReadersAsAsync(Caller.Local, store, ids, cancellationToken);

    /// <summary>Throws the search index of a store and its snapshot away and makes it anew from what is stored. Searches wait for it.</summary>
    public Task RebuildIndexAsync(string store, CancellationToken cancellationToken = default) => Own(store).RebuildIndexAsync(cancellationToken);

    /// <summary>Scans for any caller.</summary>
    internal Task<ScanPage> ScanAsAsync(Caller caller, string store, bool apply, string? cursor, CancellationToken cancellationToken) =>
        ((GuardedStores)As(caller)).ScanAsync(store, apply, cursor, cancellationToken);

    /// <summary>Says to any caller who was handed something.</summary>
    internal Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ReadersAsAsync(
        Caller caller, string store, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ids.Count > MaxReadersOf
            ? throw new MemoryException(MemoryErrorCode.TooLarge, $"These are {ids.Count} ids; ask for at most {MaxReadersOf} at once.")
            : ((GuardedStores)As(caller)).ReadersAsync(store, ids, cancellationToken);
    }

    /// <inheritdoc/>
    async Task IAuthentication.NoteRefusalAsync(Refusal refusal, CancellationToken cancellationToken)
    {
        if (refusal.Caller is { } caller)
        {
            _limits.Take(caller);
        }

        await Log.AddAsync(new()
        {
            At = _time.GetUtcNow(),
            Caller = refusal.Caller?.Principal ?? "unknown",
            Door = refusal.Door,
            Operation = refusal.Operation,
            Outcome = refusal.Code,
            Count = refusal.Count,
        });
    }

    /// <inheritdoc/>
    public Task<CreatedApiKey> CreateKeyAsync(NewApiKey key, CancellationToken cancellationToken = default) =>
        Administration.CreateKeyAsync(key, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ApiKey>> ListKeysAsync(CancellationToken cancellationToken = default) => Administration.ListKeysAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<ApiKey> RevokeKeyAsync(string name, CancellationToken cancellationToken = default) => Administration.RevokeKeyAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMode> ReadOnlyAsync(CancellationToken cancellationToken = default) => Administration.ReadOnlyAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMode> SetReadOnlyAsync(bool on, string? reason = null, CancellationToken cancellationToken = default) =>
        Administration.SetReadOnlyAsync(on, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken = default) =>
        Administration.AuditAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task<AuditReport> VerifyAuditAsync(CancellationToken cancellationToken = default) => Administration.VerifyAuditAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditAnomaly>> AuditAnomaliesAsync(DateTimeOffset? since = null, CancellationToken cancellationToken = default) =>
        Administration.AuditAnomaliesAsync(since, cancellationToken);
}
