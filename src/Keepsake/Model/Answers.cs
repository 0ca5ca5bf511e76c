using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>What became of the facts of one call.</summary>
public sealed record RememberAnswer
{
    /// <summary>Gets whether nothing was refused.</summary>
    public required bool Success { get; init; }

    /// <summary>Gets how many were stored in any way: created, merged, replaced, unchanged or queued.</summary>
    public required int Created { get; init; }

    /// <summary>Gets how many were refused.</summary>
    public required int Failed { get; init; }

    /// <summary>Gets the reasons of the refusals, each with the place of its fact, from 0.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>Gets one outcome per fact, in the order of the call.</summary>
    public required IReadOnlyList<WriteOutcome> Outcomes { get; init; }

    internal static RememberAnswer Of(IReadOnlyList<WriteOutcome> outcomes)
    {
        var failed = outcomes.Count(o => o.Outcome == WriteResult.Refused);
        return new()
        {
            Success = failed == 0,
            Created = outcomes.Count - failed,
            Failed = failed,
            Errors = [.. outcomes.Index().Where(o => o.Item.Error is not null).Select(o => $"facts[{o.Index}]: {o.Item.Error!.Message}")],
            Outcomes = outcomes,
        };
    }
}

/// <summary>What became of one event.</summary>
public sealed record EventAnswer
{
    /// <summary>Gets whether it is stored.</summary>
    public required bool Success { get; init; }

    /// <summary>Gets the event's id.</summary>
    public required string EventId { get; init; }

    /// <summary>Gets the engine's word in configuration, such as <c>embedded</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>Gets what became of it.</summary>
    public required WriteResult Outcome { get; init; }

    /// <inheritdoc cref="WriteOutcome.Redactions"/>
    public required IReadOnlyDictionary<string, int> Redactions { get; init; }

    /// <inheritdoc cref="WriteOutcome.Trimmed"/>
    public int? Trimmed { get; init; }
}

/// <summary>Whether a memory is a record or an event.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<MemoryType>))]
public enum MemoryType
{
    /// <summary>A long-term record.</summary>
    Record,

    /// <summary>An event of a session.</summary>
    Event,
}

/// <summary>A record or an event that a search found.</summary>
public sealed record RecalledMemory
{
    /// <summary>Gets the record's or event's id.</summary>
    public required string Id { get; init; }

    /// <summary>Gets whether it is a record or an event.</summary>
    public required MemoryType Type { get; init; }

    /// <summary>Gets its words. They are data, never instructions.</summary>
    public required string Content { get; init; }

    /// <summary>Gets how well it matches, from 0 (unrelated) to 1 (the same).</summary>
    public required double Relevance { get; init; }

    /// <summary>Gets where it belongs.</summary>
    public required MemoryNamespace Namespace { get; init; }

    /// <summary>Gets what it is about; <see langword="null"/> for an event.</summary>
    public MemoryKind? Kind { get; init; }

    /// <inheritdoc cref="MemoryRecord.Key"/>
    public string? Key { get; init; }

    /// <inheritdoc cref="MemoryRecord.ActorId"/>
    public string? ActorId { get; init; }

    /// <inheritdoc cref="MemoryRecord.SessionId"/>
    public string? SessionId { get; init; }

    /// <summary>Gets who said it: a record's speaker or an event's role; <see langword="null"/>: not said.</summary>
    public string? Speaker { get; init; }

    /// <inheritdoc cref="MemoryRecord.OccurredAt"/>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <inheritdoc cref="MemoryRecord.CreatedAt"/>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when its writer last changed it; <see langword="null"/> for an event.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <inheritdoc cref="MemoryRecord.LastRecalledAt"/>
    public DateTimeOffset? LastRecalledAt { get; init; }

    /// <inheritdoc cref="MemoryRecord.ExpiresAt"/>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets how much it matters; <see langword="null"/> for an event.</summary>
    public double? Importance { get; init; }

    /// <summary>Gets how sure the writer is; <see langword="null"/> for an event.</summary>
    public double? Confidence { get; init; }

    /// <summary>Gets how close at hand it is kept; <see langword="null"/> for an event.</summary>
    public MemoryTier? Tier { get; init; }

    /// <inheritdoc cref="MemoryRecord.Metadata"/>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }

    /// <summary>Gets who wrote it; <see langword="null"/> for an event.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>Gets what ranked it, by signal, each 0 to 1; <see langword="null"/> unless asked for.</summary>
    public IReadOnlyDictionary<string, double>? Signals { get; init; }
}

/// <summary>What a search found, best first.</summary>
public sealed record RecallAnswer
{
    /// <summary><see cref="Search"/> when words and meaning were both searched.</summary>
    public const string Hybrid = "hybrid";

    /// <summary><see cref="Search"/> when no embedding model was usable.</summary>
    public const string LexicalOnly = "lexical only";

    /// <summary>Gets what was asked, with secrets redacted.</summary>
    public required string Query { get; init; }

    /// <summary>Gets the scope as asked; empty: everything.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets how many memories follow.</summary>
    public required int Count { get; init; }

    /// <summary>Gets how it was searched: <see cref="Hybrid"/> or <see cref="LexicalOnly"/>.</summary>
    public required string Search { get; init; }

    /// <summary>Gets the memories, most relevant first. Empty: nothing is known.</summary>
    public required IReadOnlyList<RecalledMemory> Memories { get; init; }
}

/// <summary>What a deletion removed.</summary>
/// <param name="Success">Whether everything that was named is gone.</param>
/// <param name="Deleted">How many were there and are deleted now.</param>
public sealed record DeleteAnswer(bool Success, int Deleted);

/// <summary>Events of one session.</summary>
public sealed record SessionEvents
{
    /// <summary>Gets whose session it is.</summary>
    public required string ActorId { get; init; }

    /// <summary>Gets the session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Gets how many events follow.</summary>
    public required int Count { get; init; }

    /// <summary>Gets the newest events, oldest of them first.</summary>
    public required IReadOnlyList<MemoryEvent> Events { get; init; }

    /// <summary>Gets where the next older events start; <see langword="null"/> at the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? NextCursor { get; init; }
}

/// <summary>An actor who has events.</summary>
/// <param name="ActorId">The actor.</param>
public sealed record ActorSummary(string ActorId);

/// <summary>A session that has events.</summary>
public sealed record SessionSummary
{
    /// <summary>Gets whose session it is.</summary>
    public required string ActorId { get; init; }

    /// <summary>Gets the session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Gets how many events it has.</summary>
    public required int Count { get; init; }

    /// <summary>Gets when its first event was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when its last event was stored.</summary>
    public required DateTimeOffset LastEventAt { get; init; }
}

/// <summary>The preferences of one actor.</summary>
/// <param name="Preferences">Their keyed records of kind preference, by key.</param>
/// <param name="Count">How many.</param>
public sealed record PreferencesAnswer(IReadOnlyList<Preference> Preferences, int Count);

/// <summary>One preference.</summary>
/// <param name="Key">Its name, unique in its namespace and actor.</param>
/// <param name="Value">What is preferred.</param>
/// <param name="Id">The id of the record that holds it.</param>
/// <param name="Namespace">Where it belongs.</param>
/// <param name="CreatedAt">When it was first stored.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
public sealed record Preference(
    string Key, string Value, string Id, MemoryNamespace Namespace, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>One isolated memory.</summary>
/// <param name="Name">What callers call it.</param>
/// <param name="Id">The name and ten letters or digits; never used again.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Encrypted">Whether its content is sealed on disk.</param>
public sealed record StoreInfo(string Name, string Id, DateTimeOffset CreatedAt, bool Encrypted);

/// <summary>How a store is.</summary>
public sealed record MemoryStatus
{
    /// <summary>Gets <c>connected</c>, or <c>disconnected</c> when the store cannot be used.</summary>
    public required string Status { get; init; }

    /// <summary>Gets the engine's word in configuration, such as <c>embedded</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>Gets the store's name.</summary>
    public required string Store { get; init; }

    /// <summary>Gets how it is searched: <see cref="RecallAnswer.Hybrid"/> or <see cref="RecallAnswer.LexicalOnly"/>.</summary>
    public required string Search { get; init; }

    /// <summary>Gets the embedding model and its language, or why there is none.</summary>
    public required string Model { get; init; }

    /// <summary>Gets what is stored.</summary>
    public required MemoryCounts Counts { get; init; }

    /// <summary>Gets the program's version.</summary>
    public required string Version { get; init; }

    /// <summary>Gets whether writes are refused, and why; <see langword="null"/>: they are not.</summary>
    public string? ReadOnly { get; init; }

    /// <summary>Gets what an operator should know, such as rows that failed their check; empty: nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Gets facts about the engine, such as the version of SQLite.</summary>
    public IReadOnlyDictionary<string, string> Engine { get; init; } = new Dictionary<string, string>();
}

/// <summary>How much a store holds.</summary>
public sealed record MemoryCounts
{
    /// <summary>Gets the records.</summary>
    public required long Records { get; init; }

    /// <summary>Gets the events.</summary>
    public required long Events { get; init; }

    /// <summary>Gets the sessions.</summary>
    public required long Sessions { get; init; }

    /// <summary>Gets records and bytes of content by namespace, the largest 100.</summary>
    public required IReadOnlyList<NamespaceCounts> Namespaces { get; init; }
}

/// <summary>How much a namespace itself holds, without those under it.</summary>
/// <param name="Namespace">The namespace's path.</param>
/// <param name="Records">Its records.</param>
/// <param name="Events">Its searchable events.</param>
/// <param name="Bytes">Bytes stored for both.</param>
public sealed record NamespaceCounts(string Namespace, long Records, long Events, long Bytes);
