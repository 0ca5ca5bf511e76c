namespace Keepsake.Recall;

/// <summary>What the index is told about one record or one event. It keeps terms, vectors and links, never the text.</summary>
internal sealed record IndexEntry
{
    /// <summary>Identity within the store.</summary>
    public required string Id { get; init; }

    /// <summary>Grows with each change of the same id; an older version never replaces a newer one.</summary>
    public required long Version { get; init; }

    /// <summary>Whether this is an event rather than a record. Both are searched alike.</summary>
    public bool IsEvent { get; init; }

    /// <summary>The normalised namespace, such as <c>a/b</c>: no slash before or after. Empty: the root.</summary>
    public required string Path { get; init; }

    /// <summary>The text to find, already redacted.</summary>
    public required string Content { get; init; }

    /// <summary>The session it was said in. <see langword="null"/>: it stands alone.</summary>
    public string? Session { get; init; }

    /// <summary>Who said it: a name, or a role such as <c>user</c>.</summary>
    public string? Speaker { get; init; }

    /// <summary>When it happened. Its calendar day, in its own offset, is what a question about dates is held against.</summary>
    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>When it stops being returned. <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How much it matters, from 0 to 1.</summary>
    public double Importance { get; init; } = 0.5;

    /// <summary>When it was last recalled. <see langword="null"/>: never.</summary>
    public DateTimeOffset? LastRecalledAt { get; init; }

    /// <summary>How near at hand it is kept.</summary>
    public MemoryTier Tier { get; init; } = MemoryTier.Core;

    /// <summary>Whether something in it is suspicious.</summary>
    public bool IsSuspicious { get; init; }

    /// <summary>Append order within the store; neighbours in a session are neighbours in this order.</summary>
    public long Order { get; init; }

    /// <summary>What else its writer knows of it, to be found by. <see langword="null"/>: nothing.</summary>
    public IReadOnlyDictionary<string, MetadataValue>? Metadata { get; init; }

    /// <summary>Whether it has been embedded with the model in use; a text without a known word then still has no vector.</summary>
    public bool IsEmbedded { get; init; }

    /// <summary>One unit-length vector per passage of <see cref="Analysis.Passages"/>. Empty: none yet.</summary>
    public IReadOnlyList<float[]> Vectors { get; init; } = [];
}
