namespace Keepsake;

/// <summary>A question to the memory.</summary>
public sealed record RecallRequest
{
    /// <summary>Longest <see cref="Query"/>, in characters.</summary>
    public const int MaxQueryLength = 16_000;

    /// <summary>Largest <see cref="TopK"/>.</summary>
    public const int MaxTopK = 100;

    /// <summary>Most entries in <see cref="Metadata"/>.</summary>
    public const int MaxMetadataPairs = 10;

    /// <summary><see cref="TopK"/> when nothing is said.</summary>
    public const int DefaultTopK = 5;

    /// <summary>Gets what is asked, in any words.</summary>
    public required string Query { get; init; }

    /// <summary>Gets the scope: a namespace and all under it; <see langword="null"/> or empty: everything.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the metadata that a memory must have to be found: every key, each with an equal value, strings compared ordinally. A string is not equal
    /// to a number, nor to a list that holds it. At most <see cref="MaxMetadataPairs"/>; <see langword="null"/> or empty: any.</summary>
    /// <remarks>What is stored holds no secret, so one that is asked for is <see cref="MemoryErrorCode.InvalidRequest"/>.</remarks>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }

    /// <summary>Gets the most memories wanted, 1 to <see cref="MaxTopK"/>; <see langword="null"/>: <see cref="DefaultTopK"/>.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets the least relevance wanted, 0 to 1; <see langword="null"/>: the floor that keeps noise out.</summary>
    public double? MinRelevance { get; init; }

    /// <summary>Gets the most tokens (four characters each) of content in the answer, from 1; <see langword="null"/>: no limit.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Gets whether each memory comes with the signals that ranked it.</summary>
    public bool Explain { get; init; }

    /// <summary>Gets the id of a record or an event of which the answer is to say why it is there, or is not; <see langword="null"/>: none.</summary>
    public string? Why { get; init; }
}
