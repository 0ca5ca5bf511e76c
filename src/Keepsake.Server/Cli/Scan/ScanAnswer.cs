using Keepsake.Operations;

namespace Keepsake.Server.Cli.Scan;

/// <summary>What a scan found and did.</summary>
internal sealed record ScanAnswer
{
    /// <summary>Gets whether what was found was redacted; else nothing was changed.</summary>
    public required bool Applied { get; init; }

    /// <summary>Gets how many records, events and lines were looked at.</summary>
    public required long Scanned { get; init; }

    /// <summary>Gets how many of them hold secrets that can be redacted, or were redacted.</summary>
    public required long Items { get; init; }

    /// <summary>Gets how many secrets stay: they are in identifiers, or the settings only flag them.</summary>
    public required long Stays { get; init; }

    /// <summary>Gets how many secrets of each kind there are, in all of them, those that stay too.</summary>
    public required IReadOnlyDictionary<string, int> Kinds { get; init; }

    /// <summary>Gets where they are. Of more than <see cref="ScanPlace.MaxFindings"/> the first.</summary>
    public required IReadOnlyList<ScanFinding> Findings { get; init; }
}
