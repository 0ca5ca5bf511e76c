using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>What to change in a record. A member that is absent leaves its value; <c>null</c> clears what may be empty.</summary>
[JsonConverter(typeof(RecordPatchConverter))]
public sealed record RecordPatch
{
    /// <summary>Gets the new content.</summary>
    public Patched<string> Content { get; init; }

    /// <summary>Gets the new kind.</summary>
    public Patched<MemoryKind> Kind { get; init; }

    /// <summary>Gets the new tier.</summary>
    public Patched<MemoryTier> Tier { get; init; }

    /// <summary>Gets the new importance, 0 to 1.</summary>
    public Patched<double> Importance { get; init; }

    /// <summary>Gets the new confidence, 0 to 1.</summary>
    public Patched<double> Confidence { get; init; }

    /// <summary>Gets the new metadata, which replaces the old as a whole; <see langword="null"/> clears it.</summary>
    public Patched<IReadOnlyDictionary<string, MetadataValue>?> Metadata { get; init; }

    /// <summary>Gets the new speaker; <see langword="null"/> clears it.</summary>
    public Patched<string?> Speaker { get; init; }

    /// <summary>Gets the new time of happening.</summary>
    public Patched<DateTimeOffset> OccurredAt { get; init; }

    /// <summary>Gets the new expiry; <see langword="null"/>: never.</summary>
    public Patched<DateTimeOffset?> ExpiresAt { get; init; }

    /// <summary>Gets why; kept with the record.</summary>
    public string? Reason { get; init; }
}
