namespace Keepsake;

/// <summary>A namespace that is neither read nor written, with its data as it is.</summary>
/// <param name="Namespace">The namespace; all under it is meant too.</param>
/// <param name="Since">Since when, in UTC.</param>
/// <param name="Reason">Why; <see langword="null"/>: not said.</param>
public sealed record QuarantinedNamespace(MemoryNamespace Namespace, DateTimeOffset Since, string? Reason = null)
{
    /// <summary>Most namespaces of one store that are in quarantine at a time. Beyond them, put one above them there.</summary>
    public const int MaxPerStore = 100;

    /// <summary>Longest reason, in characters.</summary>
    public const int MaxReasonLength = 1_000;
}
