using Keepsake.Engines.Sqlite;
using Keepsake.Protection.Audit;

namespace Keepsake.Access;

/// <summary>The one check before every operation, below all doors, and the one place where what was done or tried is noted.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="limits">How fast callers may ask.</param>
/// <param name="log">Where it is noted.</param>
/// <param name="health">Says whether writes are taken.</param>
/// <param name="cursors">Seals the cursors of who does not reach everything.</param>
/// <param name="time">Dates the notes.</param>
internal sealed class Guard(Caller caller, RateLimits limits, AuditLog log, SqliteHealth health, CursorSeal cursors, TimeProvider time)
{
    public Caller Caller => caller;

    public Reach Reach => field ??= caller.Reach;

    /// <summary>Runs an operation for the caller.</summary>
    /// <param name="about">What it is about.</param>
    /// <param name="body">The operation.</param>
    /// <param name="found">Says how many memories it changed or handed out, and which; <see langword="null"/>: none.</param>
    /// <param name="extent">Says what it went over, for the entry's detail, once that is known; <see langword="null"/>: the detail stays as it is.</param>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.Forbidden"/>, <see cref="MemoryErrorCode.RateLimited"/>,
    /// <see cref="MemoryErrorCode.ReadOnly"/>, or what the operation throws.</exception>
    public async Task<T> RunAsync<T>(About about, Func<Task<T>> body, Func<T, (long Count, IEnumerable<string> Ids)>? found = null, Func<T, string>? extent = null)
    {
        var note = new AuditNote(caller, about.Operation, time.GetUtcNow(), about.Store, about.Namespace, about.ActorId, about.Detail)
        {
            IsOfFolder = about.Store is null,
        };
        try
        {
            var writes = !about.OnlyLooks && (about.Changes || Permissions.Writes(about.Operation));
            Demand(about.Operation, writes);
            if (writes || about.IsCommitted)
            {
                note.Enter();
            }

            var result = await body();
            note.Close();
            if (!note.IsCommitted)
            {
                var (count, ids) = found?.Invoke(result) ?? (0, []);
                await log.AddAsync(note.Done(count, ids, extent?.Invoke(result)));
            }

            return result;
        }
        catch (Exception e)
        {
            note.Close();
            await log.AddAsync(note.Failed(e switch
            {
                MemoryException failure => failure.Code.WireName,
                OperationCanceledException => "cancelled",
                _ => "internal_error",
            }));
            throw;
        }
    }

    /// <summary>A caller's own name for a write as the store knows it: two callers may choose the same.</summary>
    public string? Token(string? token) => token is null || caller.Kind == CallerKind.Local
        ? token
        : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes($"{caller.Principal}\n{Capture.CallToken.Check(token)}")));

    /// <summary>Seals where a list of this caller ended, for this caller, store and operation alone.</summary>
    public string? SealCursor(string? cursor, About about) => cursors.Seal(cursor, UseOf(about));

    /// <summary>Opens what <see cref="SealCursor"/> gave.</summary>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it was not given to this caller for this.</exception>
    public string? OpenCursor(string? cursor, About about) => cursors.Open(cursor, UseOf(about));

    private string UseOf(About about) => $"{about.Operation}\n{about.Store}\n{caller.Principal}";

    private void Demand(MemoryOperation operation, bool writes)
    {
        limits.Take(caller);
        var missing = Permissions.Of(operation) & ~caller.Scopes;
        if (missing != AccessScopes.None)
        {
            throw new MemoryException(
                MemoryErrorCode.Forbidden, $"Your key lacks the scope '{missing.Names}', which this needs. Use a key that has it.");
        }

        if (writes)
        {
            health.ThrowIfReadOnly();
        }
    }
}

/// <summary>What a call is about.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Store">The store; <see langword="null"/>: the data folder.</param>
/// <param name="Namespace">The namespace that the call names.</param>
/// <param name="ActorId">The actor that the call names.</param>
/// <param name="Detail">What else matters.</param>
/// <param name="Changes">Whether this call changes what is kept, where not every call of its operation does.</param>
/// <param name="OnlyLooks">Whether this call changes nothing, where other calls of its operation do.</param>
/// <param name="IsCommitted">Whether the note is committed with what the call writes, though no memories change.</param>
internal readonly record struct About(
    MemoryOperation Operation, string? Store = null, string? Namespace = null, string? ActorId = null, string? Detail = null, bool Changes = false,
    bool OnlyLooks = false, bool IsCommitted = false);
