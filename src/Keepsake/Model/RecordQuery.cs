namespace Keepsake;

/// <summary>Which records to list.</summary>
public sealed record RecordQuery
{
    /// <summary>Gets the scope; <see langword="null"/> or empty: everything.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the actor; <see langword="null"/>: any.</summary>
    public string? ActorId { get; init; }

    /// <summary>Gets whether only records with a key are wanted.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Gets the part of the list.</summary>
    public PageRequest Page { get; init; } = new();
}
