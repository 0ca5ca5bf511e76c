using System.Text.Json.Serialization;
using Keepsake.Serialization;

namespace Keepsake;

/// <summary>Facts to remember in one namespace.</summary>
public sealed record RememberRequest
{
    /// <summary>Most <see cref="Facts"/> in one call.</summary>
    public const int MaxFacts = 1_000;

    /// <summary>Gets where they belong.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets the facts, 1 to <see cref="MaxFacts"/>.</summary>
    [JsonConverter(typeof(FactsConverter))]
    public required IReadOnlyList<MemoryFact> Facts { get; init; }

    /// <inheritdoc cref="Provenance.Source"/>
    public string? Source { get; init; }

    /// <inheritdoc cref="Provenance.Agent"/>
    public string? Agent { get; init; }

    /// <summary>Gets where the words came from; <see langword="null"/>: an agent concluded them. <see cref="MemoryOrigin.User"/> counts from the
    /// command line and the library; other doors take it as <see cref="MemoryOrigin.Agent"/>.</summary>
    public MemoryOrigin? Origin { get; init; }

    /// <summary>Gets the ids of the events and records from which the facts were derived, at most <see cref="Provenance.MaxSources"/>;
    /// <see langword="null"/>: none. The facts are trusted no more than the least of them.</summary>
    public IReadOnlyList<string>? DerivedFrom { get; init; }
}
