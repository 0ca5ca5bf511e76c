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
}
