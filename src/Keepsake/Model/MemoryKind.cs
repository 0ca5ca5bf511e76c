using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>What a record is about.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<MemoryKind>))]
public enum MemoryKind
{
    /// <summary>Something that is so.</summary>
    Fact,

    /// <summary>What somebody likes or wants; usually keyed.</summary>
    Preference,

    /// <summary>A session or several, in short.</summary>
    Summary,

    /// <summary>Something that was done, with its outcome.</summary>
    Episode,

    /// <summary>A lesson drawn from episodes.</summary>
    Reflection,
}

/// <summary>How close at hand a record is kept.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<MemoryTier>))]
public enum MemoryTier
{
    /// <summary>In use now.</summary>
    Working,

    /// <summary>The ordinary place.</summary>
    Core,

    /// <summary>Kept, and recalled only when it clearly matches.</summary>
    Archive,
}

/// <summary>Where a record's words came from.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<MemoryOrigin>))]
public enum MemoryOrigin
{
    /// <summary>A person said it.</summary>
    User,

    /// <summary>An agent concluded it.</summary>
    Agent,

    /// <summary>A tool returned it.</summary>
    Tool,

    /// <summary>It was read on a web page.</summary>
    Web,

    /// <summary>It came with an import.</summary>
    Import,
}

/// <summary>Who wrote a record, from what.</summary>
public sealed record Provenance
{
    /// <summary>Longest <see cref="Source"/> and <see cref="Agent"/>, in characters.</summary>
    public const int MaxLength = 256;

    /// <summary>Most <see cref="Events"/>, <see cref="Records"/> and <see cref="Sources"/>, each.</summary>
    public const int MaxSources = 1_000;

    /// <summary>Makes a provenance with the defaults of its members.</summary>
    public Provenance()
    {
    }

    // See MemoryRecord: what JSON does not say of the origin must not read as that of a person.
    [JsonConstructor]
    internal Provenance(MemoryOrigin origin = MemoryOrigin.Agent) => Origin = origin;

    /// <summary>Gets what the record was taken from, such as a file, a pull request or an address; <see langword="null"/>: not said.</summary>
    public string? Source { get; init; }

    /// <summary>Gets the program that wrote it; <see langword="null"/>: not said.</summary>
    public string? Agent { get; init; }

    /// <summary>Gets where its words came from.</summary>
    /// <value>The default is <see cref="MemoryOrigin.Agent"/>.</value>
    public MemoryOrigin Origin { get; init; } = MemoryOrigin.Agent;

    /// <summary>Gets the ids of the events it was derived from, oldest first; empty when it was written directly.</summary>
    public IReadOnlyList<string> Events { get; init => field = value ?? []; } = [];

    /// <summary>Gets the ids of the records it was derived from; <see langword="null"/>: none.</summary>
    public IReadOnlyList<string>? Records { get; init; }

    /// <summary>Gets the sources of what it was derived from, however many steps ago; <see langword="null"/>: none. Set by the store.</summary>
    /// <remarks>What it was derived from may expire before it; where it came from is not to be forgotten with that.</remarks>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>The ids of the events and records it was derived from.</summary>
    [JsonIgnore]
    internal IEnumerable<string> Parents => (Events ?? []).Concat(Records ?? []);

    /// <summary>Whether it comes from a source, itself or through what it was derived from.</summary>
    internal bool ComesFrom(string source) =>
        string.Equals(Source, source, StringComparison.Ordinal) || Sources?.Contains(source, StringComparer.Ordinal) == true;
}
