using System.Text.Json.Serialization;
using Keepsake.Protection.Redaction;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>One short-term happening in a session. Append-only.</summary>
public sealed record MemoryEvent : MemoryItem
{
    /// <summary>Longest <see cref="Content"/>, in UTF-16 characters.</summary>
    public const int MaxContentLength = MemoryRecord.MaxContentLength;

    /// <summary>Longest <see cref="Role"/>, <see cref="EventType"/> and <see cref="Branch"/>, in characters.</summary>
    public const int MaxNameLength = 128;

    /// <summary>The branch of an event that names none.</summary>
    public const string MainBranch = "main";

    /// <summary>Gets the identity: the time in milliseconds as 19 digits, <c>#</c>, and 8 hex digits. Sorts by time.</summary>
    public required string Id { get; init; }

    /// <summary>Gets who the event is about or for.</summary>
    public required string ActorId { get; init; }

    /// <summary>Gets the session it belongs to.</summary>
    public required string SessionId { get; init; }

    /// <summary>Gets the line of the conversation it belongs to.</summary>
    /// <value>The default is <see cref="MainBranch"/>.</value>
    public string Branch { get; init => field = value ?? MainBranch; } = MainBranch;

    /// <summary>Gets where searches find it; <see langword="null"/>: it is only listed.</summary>
    public MemoryNamespace? Namespace { get; init; }

    /// <summary>Gets who spoke, such as <c>user</c>, <c>assistant</c> or <c>tool</c>; <see langword="null"/>: nobody did.</summary>
    public string? Role { get; init; }

    /// <summary>Gets what sort of event it is, in the caller's words; <see langword="null"/>: not said.</summary>
    public string? EventType { get; init; }

    /// <summary>Gets what happened, in words or as a JSON document. Secrets are already redacted.</summary>
    public required string Content { get; init; }

    /// <summary>Gets what else the writer knows of it.</summary>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }

    /// <summary>Gets where its words came from; <see langword="null"/>: an agent noted them, or a tool where that is its <see cref="Role"/>.</summary>
    public Provenance? Provenance { get; init; }

    /// <summary>Gets how far it can be relied on: what its provenance earns, and no more than what it was derived from.</summary>
    /// <value>Set by the store; where it is not noted, what the provenance earns.</value>
    public MemoryTrust Trust
    {
        get => field != default ? field : TrustRule.Of(Provenance ?? new() { Origin = OriginOf(Role) });
        init;
    }

    /// <summary>Gets what is suspicious in it, by kind: see <see cref="Protection.Poisoning.Suspicion"/>; <see langword="null"/>: nothing. Set by the store.</summary>
    public IReadOnlyList<string>? Suspicions { get; init; }

    /// <summary>Gets when it happened, in UTC.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Gets when it was stored, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets when it stops being returned, in UTC; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Gets when it was deleted, in UTC. Set only on what is kept to be restored, which no read returns.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Gets which parts of <see cref="Content"/> are markers of ours, in order.</summary>
    public IReadOnlyList<Redaction>? Redactions { get; init; }

    /// <summary>Gets the name of the model that made <see cref="Embedding"/>; <see langword="null"/>: not embedded.</summary>
    public string? EmbeddingModel { get; init; }

    /// <summary>Gets the unit-length embeddings of the content's passages one after another; empty when not embedded.</summary>
    /// <remarks>Reads leave it out, except an export: base64 of little-endian float32.</remarks>
    [JsonConverter(typeof(EmbeddingConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>Gets the order of appending within the engine, ascending. Set by the engine.</summary>
    [JsonIgnore]
    public long Order { get; init; }

    /// <summary>The origin of what somebody in a role says, where the writer does not say.</summary>
    internal static MemoryOrigin OriginOf(string? role) =>
        string.Equals(role, "tool", StringComparison.OrdinalIgnoreCase) ? MemoryOrigin.Tool : MemoryOrigin.Agent;

    /// <summary>Whether it is no longer returned at a time.</summary>
    internal bool IsExpiredAt(DateTimeOffset now) => ExpiresAt <= now;
}
