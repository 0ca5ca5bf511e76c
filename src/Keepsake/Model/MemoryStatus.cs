namespace Keepsake;

/// <summary>How a store is.</summary>
public sealed record MemoryStatus
{
    /// <summary>Gets <c>connected</c>, or <c>disconnected</c> when the store cannot be used.</summary>
    public required string Status { get; init; }

    /// <summary>Gets the engine's word in configuration, such as <c>embedded</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>Gets the store's name.</summary>
    public required string Store { get; init; }

    /// <summary>Gets how it is searched: <see cref="RecallAnswer.Hybrid"/> or <see cref="RecallAnswer.LexicalOnly"/>.</summary>
    public required string Search { get; init; }

    /// <summary>Gets the embedding model and its language, or why there is none.</summary>
    public required string Model { get; init; }

    /// <summary>Gets what is stored.</summary>
    public required MemoryCounts Counts { get; init; }

    /// <summary>Gets the program's version.</summary>
    public required string Version { get; init; }

    /// <summary>Gets whether writes are refused, and why; <see langword="null"/>: they are not.</summary>
    public string? ReadOnly { get; init; }

    /// <summary>Gets what an operator should know, such as rows that failed their check; empty: nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Gets facts about the engine, such as the version of SQLite.</summary>
    public IReadOnlyDictionary<string, string> Engine { get; init; } = new Dictionary<string, string>();
}

/// <summary>How much a store holds.</summary>
public sealed record MemoryCounts
{
    /// <summary>Most namespaces that are named.</summary>
    public const int MaxNamespaces = 100;

    /// <summary>Gets the records.</summary>
    public required long Records { get; init; }

    /// <summary>Gets the events.</summary>
    public required long Events { get; init; }

    /// <summary>Gets the sessions.</summary>
    public required long Sessions { get; init; }

    /// <summary>Gets how many of the records and events hold suspicious text.</summary>
    public long Suspicious { get; init; }

    /// <summary>Gets records and bytes of content by namespace, the largest 100.</summary>
    public required IReadOnlyList<NamespaceCounts> Namespaces { get; init; }
}

/// <summary>How much a namespace itself holds, without those under it.</summary>
/// <param name="Namespace">The namespace's path.</param>
/// <param name="Records">Its records.</param>
/// <param name="Events">Its searchable events.</param>
/// <param name="Bytes">Bytes stored for both.</param>
public sealed record NamespaceCounts(string Namespace, long Records, long Events, long Bytes);
