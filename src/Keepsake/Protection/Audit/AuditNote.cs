using System.Text.Json;
using Keepsake.Access;
using Keepsake.Protection.Redaction;

namespace Keepsake.Protection.Audit;

/// <summary>What a call is about, carried with it to where it is committed, as <c>Activity.Current</c> is.</summary>
/// <remarks>The engine's write takes the note that is current when it is asked, so that the entry is committed with what it tells of.</remarks>
internal sealed class AuditNote
{
    private static readonly AsyncLocal<AuditNote?> Ambient = new();
    private static readonly Redactor Redactor = new();
    private readonly AuditEntry _entry;

    /// <summary>Begins a note.</summary>
    public AuditNote(Caller caller, MemoryOperation operation, DateTimeOffset at, string? store = null, string? @namespace = null, string? actorId = null, string? detail = null) =>
        _entry = new()
        {
            At = at,
            Caller = Text(caller.Principal)!,
            Door = caller.Door,
            Operation = NameOf(operation),
            Store = Text(store),
            Namespace = Text(@namespace),
            ActorId = Text(actorId),
            Detail = Text(detail),
            Outcome = AuditEntry.Ok,
        };

    /// <summary>Gets the note of the call that is under way here; <see langword="null"/>: there is none.</summary>
    public static AuditNote? Current => Ambient.Value is { _isClosed: false } note ? note : null;

    /// <summary>Gets or sets whether it is committed with a write that changes no memories: one of stores or keys.</summary>
    public bool IsOfFolder { get; init; }

    /// <summary>Gets whether an entry of it was committed with a write.</summary>
    public bool IsCommitted => Volatile.Read(ref _isCommitted);

    private bool _isCommitted;
    private volatile bool _isRepeated;
    private volatile bool _isClosed;

    /// <summary>Makes it current until the method that calls this returns.</summary>
    public void Enter() => Ambient.Value = this;

    /// <summary>Notes that the call was answered before, and nothing was done this time.</summary>
    public void Repeat() => _isRepeated = true;

    /// <summary>Ends it: what still runs for the call writes no more entries.</summary>
    public void Close() => _isClosed = true;

    public void Committed(bool isCommitted) => Volatile.Write(ref _isCommitted, isCommitted);

    /// <summary>The entry of what succeeded.</summary>
    /// <param name="count">How many were changed or handed out.</param>
    /// <param name="ids">Their ids.</param>
    /// <param name="detail">What else matters, where that is known only now; <see langword="null"/>: what was known before.</param>
    public AuditEntry Done(long count, IEnumerable<string> ids, string? detail = null) =>
        _entry with { Detail = _isRepeated ? "repeated" : detail ?? _entry.Detail, Count = _isRepeated ? 0 : count, Ids = [.. ids.Take(AuditEntry.MaxIds).Select(id => Capture.Ids.IsMade(id) ? id : Text(id)!)] };

    /// <summary>The entry of what was refused or failed. What a wrong call named may be anything, so it is left out.</summary>
    public AuditEntry Failed(string code) => code == MemoryErrorCode.InvalidRequest.WireName
        ? _entry with { Outcome = code, Namespace = null, ActorId = null, Detail = null }
        : _entry with { Outcome = code };

    /// <summary>An operation's name in the log.</summary>
    public static string NameOf(MemoryOperation operation) => JsonNamingPolicy.SnakeCaseLower.ConvertName(operation.ToString());

    // Ids and names are a caller's own words, and the log outlives what it tells of.
    private static string? Text(string? text)
    {
        text = text?.Length > AuditEntry.MaxTextLength ? text[..AuditEntry.MaxTextLength] : text;
        return text is not null && Redactor.HoldsKnownSecret(text, out var kind) ? $"[REDACTED:{kind}]" : text;
    }
}
