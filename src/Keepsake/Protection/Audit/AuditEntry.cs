namespace Keepsake.Protection.Audit;

/// <summary>One thing that was done or tried: who, when, through which door, on which ids, with which outcome. Never content.</summary>
public sealed record AuditEntry
{
    /// <summary>The outcome of what succeeded. Everything else is the wire name of an error code.</summary>
    public const string Ok = "ok";

    /// <summary>The outcome of what has begun and ends with an entry of its own.</summary>
    public const string Started = "started";

    /// <summary>Most ids that an entry names; <see cref="Count"/> says how many there were.</summary>
    public const int MaxIds = 32;

    /// <summary>Longest text of an entry, in characters. What is longer is cut.</summary>
    public const int MaxTextLength = 1_024;

    /// <summary>Gets its place in the log, from 1; 0: it has none yet.</summary>
    public long Seq { get; init; }

    /// <summary>Gets when the call began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets who: <c>local</c>, <c>key:NAME</c>, <c>token:SUBJECT</c> or <c>token[ACTOR]:SUBJECT</c>.</summary>
    public required string Caller { get; init; }

    /// <summary>Gets the way in: <c>library</c>, <c>cli</c>, <c>stdio</c>, <c>http</c>, <c>mcp</c>, <c>socket</c>.</summary>
    public required string Door { get; init; }

    /// <summary>Gets what was asked, such as <c>remember</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Gets the store; <see langword="null"/>: it was not about one.</summary>
    public string? Store { get; init; }

    /// <summary>Gets the namespace that the call named; <see langword="null"/>: none.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the actor that the call named; <see langword="null"/>: none.</summary>
    public string? ActorId { get; init; }

    /// <summary>Gets the ids that were changed or handed out, the first <see cref="MaxIds"/>.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Gets how many were changed or handed out.</summary>
    public long Count { get; init; }

    /// <summary>Gets <see cref="Ok"/>, <see cref="Started"/>, or why it was refused or failed.</summary>
    public required string Outcome { get; init; }

    /// <summary>Gets what else matters, such as a key's name; <see langword="null"/>: nothing.</summary>
    public string? Detail { get; init; }
}

/// <summary>Which entries to list.</summary>
public sealed record AuditQuery
{
    /// <summary>Gets who did it (<see cref="AuditEntry.Caller"/>) or whom it was about (<see cref="AuditEntry.ActorId"/>); <see langword="null"/>: anybody.</summary>
    public string? Actor { get; init; }

    /// <summary>Gets the namespace that the call named, with those under it; <see langword="null"/>: any or none.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets from when on; <see langword="null"/>: from the start.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Gets which part of the list.</summary>
    public PageRequest Page { get; init; } = new();

    /// <summary>Whether an entry is wanted.</summary>
    internal bool Matches(AuditEntry entry, MemoryNamespace scope) =>
        (Since is not { } since || entry.At >= since)
        && (Actor is null || string.Equals(entry.Caller, Actor, StringComparison.Ordinal) || string.Equals(entry.ActorId, Actor, StringComparison.Ordinal)
            || (entry.Caller.EndsWith(Actor, StringComparison.Ordinal) && entry.Caller.Length > Actor.Length && entry.Caller[^(Actor.Length + 1)] == ':'))
        && (scope.Path.Length == 0 || (MemoryNamespace.TryParse(entry.Namespace, out var named, out _) && scope.Contains(named)));
}

/// <summary>What a check of the whole log found.</summary>
/// <param name="IsIntact">Whether nothing was changed, removed, put in, moved or cut off, as far as the key in the data folder can tell.</param>
/// <param name="Entries">The entries that are there.</param>
/// <param name="First">The place of the first one that is kept; earlier ones were removed by the limit on entries. 0: there is none.</param>
/// <param name="Last">The place of the last one; 0: there is none.</param>
/// <param name="Checkpoints">The signed checkpoints that were checked.</param>
/// <param name="Problems">What is wrong, the first <see cref="MaxProblems"/>.</param>
/// <param name="PublicKey">The key that the checkpoints are signed with, ECDSA P-256, as base64 of its SubjectPublicKeyInfo.</param>
public sealed record AuditReport(
    bool IsIntact, long Entries, long First, long Last, int Checkpoints, IReadOnlyList<string> Problems, string? PublicKey = null)
{
    /// <summary>Most problems that are told.</summary>
    public const int MaxProblems = 20;
}

/// <summary>Something unusual in the log.</summary>
/// <param name="Kind"><c>bulk_writes</c>, <c>bulk_deletes</c>, <c>bulk_reads</c>, <c>refused_attempts</c> or <c>writes_during_rotation</c>.</param>
/// <param name="Caller">Who.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended.</param>
/// <param name="Count">How many: memories, or attempts.</param>
public sealed record AuditAnomaly(string Kind, string Caller, DateTimeOffset From, DateTimeOffset To, long Count);
