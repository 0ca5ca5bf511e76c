namespace Keepsake;

/// <summary>What a search found, best first.</summary>
public sealed record RecallAnswer
{
    /// <summary><see cref="Search"/> when words and meaning were both searched.</summary>
    public const string Hybrid = "hybrid";

    /// <summary><see cref="Search"/> when no embedding model was usable.</summary>
    public const string LexicalOnly = "lexical only";

    /// <summary>Gets what was asked, with secrets redacted.</summary>
    public required string Query { get; init; }

    /// <summary>Gets the scope as asked; empty: everything.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets how many memories follow.</summary>
    public required int Count { get; init; }

    /// <summary>Gets how it was searched: <see cref="Hybrid"/> or <see cref="LexicalOnly"/>.</summary>
    public required string Search { get; init; }

    /// <summary>Gets whether the order is that of a reranker; <see langword="false"/>: it failed, and the order is by relevance; <see langword="null"/>:
    /// there is none.</summary>
    public bool? Reranked { get; init; }

    /// <summary>Gets the memories, most relevant first, or in the order of a reranker. Empty: nothing is known.</summary>
    public required IReadOnlyList<RecalledMemory> Memories { get; init; }

    /// <summary>Gets the namespaces of the question that are in quarantine, so that what lies in them was not searched; <see langword="null"/>: none.</summary>
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>Gets why the record or event of <see cref="RecallRequest.Why"/> is there, or is not; <see langword="null"/>: nothing was asked.</summary>
    public RecallWhy? Why { get; init; }
}
