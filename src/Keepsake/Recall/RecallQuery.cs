namespace Keepsake.Recall;

/// <summary>A question to the index.</summary>
internal sealed record RecallQuery
{
    /// <summary>Most results of one search.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>The question, in any words. Its first 64 distinct terms count.</summary>
    public required string Text { get; init; }

    /// <summary>The question's unit-length embedding. <see langword="null"/>: a lexical search.</summary>
    public float[]? Vector { get; init; }

    /// <summary>The things that the question is about, where it is about several. Empty: it is about one.</summary>
    public IReadOnlyList<QuestionPart> Parts { get; init; } = [];

    /// <summary>The namespace to search with all under it, by segment. Empty: the whole store.</summary>
    public required string Scope { get; init; }

    /// <summary>The parts of <see cref="Scope"/> to search, none under another. <see langword="null"/>: all of it.</summary>
    public IReadOnlyList<string>? Within { get; init; }

    /// <summary>Namespaces in the scope that are not searched, each with all under it.</summary>
    public IReadOnlyList<MemoryNamespace> Closed { get; init; } = [];

    /// <summary>The metadata that an entry must have. <see langword="null"/>: any.</summary>
    public MetadataFilter? Filter { get; init; }

    /// <summary>Most results, from 1 to <see cref="MaxLimit"/>.</summary>
    /// <value>The default is 10.</value>
    public int Limit { get; init; } = 10;

    /// <summary>Results below this relevance are left out.</summary>
    /// <value>The default is 0: nothing is left out.</value>
    public double MinRelevance { get; init; }

    /// <summary>The time of asking; what has expired by then is not returned.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether each hit carries its <see cref="RankedHit.Explanation"/>.</summary>
    public bool Explain { get; init; }

    /// <summary>An id that is ranked whether or not a leg finds it, so that an explanation can say where. <see langword="null"/>: none.</summary>
    public string? AlsoConsider { get; init; }
}
