using Keepsake.Protection.Audit;

namespace Keepsake.Access;

/// <summary>What an administrator does to a data folder: keys, read-only mode, the audit log.</summary>
public interface IAdministration
{
    /// <summary>Makes an API key.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>, <see cref="MemoryErrorCode.Conflict"/>: the name is taken.</exception>
    Task<CreatedApiKey> CreateKeyAsync(NewApiKey key, CancellationToken cancellationToken = default);

    /// <summary>Lists the keys by name, revoked ones too.</summary>
    Task<IReadOnlyList<ApiKey>> ListKeysAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes a key stop working, from the next request on.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.NotFound"/>.</exception>
    Task<ApiKey> RevokeKeyAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Says whether everything is read-only.</summary>
    Task<ReadOnlyMode> ReadOnlyAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops every write, those the stores make by themselves included, or allows them again.</summary>
    /// <param name="on">Whether to stop them.</param>
    /// <param name="reason">Why; told to those who try to write.</param>
    /// <param name="cancellationToken">Gives up before the change.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Conflict"/>: the owner process was started read-only.</exception>
    Task<ReadOnlyMode> SetReadOnlyAsync(bool on, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Lists what was done, newest first.</summary>
    Task<Page<AuditEntry>> AuditAsync(AuditQuery query, CancellationToken cancellationToken = default);

    /// <summary>Checks the whole audit log.</summary>
    Task<AuditReport> VerifyAuditAsync(CancellationToken cancellationToken = default);

    /// <summary>Finds what looks unusual in the audit log.</summary>
    /// <param name="since">From when on; <see langword="null"/>: all of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<AuditAnomaly>> AuditAnomaliesAsync(DateTimeOffset? since = null, CancellationToken cancellationToken = default);
}

/// <summary>Finds out who presents a secret. Only doors ask; it tells nothing but what the secret's owner may do.</summary>
internal interface IAuthentication
{
    /// <summary>Finds whose secret it is, and whether callers from outside need one.</summary>
    /// <param name="secret">The secret; <see langword="null"/>: none was presented.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Authenticated> AuthenticateAsync(string? secret, CancellationToken cancellationToken);

    /// <summary>Notes in the audit log that a door refused somebody before any operation began.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.RateLimited"/>: the caller is refused too often to be noted each time.</exception>
    Task NoteRefusalAsync(Refusal refusal, CancellationToken cancellationToken);
}

/// <summary>Whose secret it is.</summary>
/// <param name="IsRequired">Whether callers from outside must present one: a key was made once.</param>
/// <param name="Caller">The caller; <see langword="null"/>: nobody's, or of a key that expired or was revoked.</param>
internal sealed record Authenticated(bool IsRequired, Caller? Caller = null);

/// <summary>Somebody whom a door refused.</summary>
/// <param name="Door">The door.</param>
/// <param name="Operation">What was asked, as the log calls it.</param>
/// <param name="Code">The wire name of the error.</param>
/// <param name="Count">How many times.</param>
/// <param name="Caller">Who; <see langword="null"/>: it is not known.</param>
internal sealed record Refusal(string Door, string Operation, string Code, long Count, Caller? Caller = null);

/// <summary>Whether everything is read-only.</summary>
/// <param name="On">Whether it is.</param>
/// <param name="Reason">Why, in a sentence; <see langword="null"/>: it is not.</param>
public sealed record ReadOnlyMode(bool On, string? Reason = null);
