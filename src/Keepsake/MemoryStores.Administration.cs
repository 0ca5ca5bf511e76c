using Keepsake.Access;
using Keepsake.Protection.Audit;

namespace Keepsake;

/// <content>Who may do what, and what was done.</content>
public sealed partial class MemoryStores
{
    internal AuditLog Log { get; }

    internal ApiKeys Keys { get; }

    internal ReadOnlySwitch ReadOnly { get; }

    private IAdministration Administration => (IAdministration)_local;

    /// <inheritdoc/>
    public IMemoryStores As(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new GuardedStores(this, new(caller, _limits, Log, _database.Health, _time));
    }

    /// <inheritdoc/>
    Task<Authenticated> IAuthentication.AuthenticateAsync(string? secret, CancellationToken cancellationToken) => Task.FromResult(Keys.Find(secret));

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
