namespace Keepsake.Operations;

/// <summary>What a scan found on one page of a store.</summary>
/// <param name="Scanned">How many records and events were looked at.</param>
/// <param name="Redacted">How many of them were redacted: 0 where that was not asked for.</param>
/// <param name="Findings">What was found, in the order of the store.</param>
/// <param name="NextCursor">Where the scan goes on; <see langword="null"/>: it is done.</param>
public sealed record ScanPage(int Scanned, int Redacted, IReadOnlyList<ScanFinding> Findings, string? NextCursor = null)
{
    /// <summary>Most records and events of a page.</summary>
    public const int MaxItems = 500;

    /// <summary>Gets how many of them hold a secret.</summary>
    public int Items { get; init; }

    /// <summary>Gets a digest of the settings of redaction that the page was looked at with: what was looked at with others is to be looked at again. <see langword="null"/>: an owner of an earlier version does not say.</summary>
    public string? Rules { get; init; }
}

/// <summary>Secrets of one kind in one field of a stored item. It never holds the secret.</summary>
public sealed record ScanFinding
{
    /// <summary>Gets the kind, such as <c>github-token</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets how many there are.</summary>
    public required int Count { get; init; }

    /// <summary>Gets what holds it: <c>record</c>, <c>event</c>, or <c>line</c> of a file that is neither.</summary>
    public required string Type { get; init; }

    /// <summary>Gets the file that it is in; <see langword="null"/>: the store.</summary>
    public string? File { get; init; }

    /// <summary>Gets its line in the file, from 1; <see langword="null"/>: there are no lines.</summary>
    public long? Line { get; init; }

    /// <summary>Gets the id of the item; <see langword="null"/> where the id itself holds the secret, or a line has none.</summary>
    public string? Id { get; init; }

    /// <summary>Gets the namespace; <see langword="null"/>: it has none, or it holds the secret.</summary>
    public string? Namespace { get; init; }

    /// <summary>Gets the field, as JSON names it: <c>content</c>, <c>metadata</c>, <c>key</c> and so on.</summary>
    public required string Field { get; init; }

    /// <summary>Gets since when it is stored; <see langword="null"/>: a line does not say.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets when it was last recalled; <see langword="null"/>: never, as far as is known, or it is an event.</summary>
    public DateTimeOffset? LastRecalledAt { get; init; }

    /// <summary>Gets to whom it was handed out, as the audit log names callers, as far as its entries hold the id; <see langword="null"/>: what was scanned has no such log,
    /// or it is a page of a scan, which asks <see cref="MemoryStores.ReadersAsync"/> once at its end.</summary>
    public IReadOnlyList<string>? RecalledBy { get; init; }

    /// <summary>Gets whether the item was deleted and is not yet erased.</summary>
    public bool Deleted { get; init; }

    /// <summary>Gets whether a scan leaves it: it is in an identifier, or the store's policy flags it only. Forget the item to be rid of it.</summary>
    public bool Stays { get; init; }
}
