namespace Keepsake.Operations;

/// <summary>How far a store is with the model in use.</summary>
internal sealed record ModelProgress
{
    /// <summary>Gets the model, as records carry it; <see langword="null"/>: there is none.</summary>
    public string? Model { get; init; }

    /// <summary>Gets how many numbers an embedding has; zero: not known.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Gets why it cannot be used; <see langword="null"/>: it can.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets how many records and searchable events wait for an embedding of it.</summary>
    public required int Waiting { get; init; }
}
