using Keepsake.Recall.Analysis;

namespace Keepsake.Recall.Index;

/// <summary>What a search reads of every entry, kept together so that a scan over all is a scan over memory.</summary>
internal struct DocumentRow
{
    /// <summary>No neighbour, no speaker.</summary>
    public const int None = -1;

    /// <summary>False once removed; the row then stays until the partition is compacted.</summary>
    public bool IsLive;

    /// <summary>What kind of thing the text says.</summary>
    public Trait Traits;

    /// <summary>The share of the words that are I, my, we and so on.</summary>
    public float FirstPersonShare;

    /// <summary>The first of its passages; the others follow.</summary>
    public int FirstPassage;

    /// <summary>How many passages it has, at least one.</summary>
    public int PassageCount;

    /// <summary>The first of its vectors; the others follow.</summary>
    public int FirstVector;

    /// <summary>How many vectors it has.</summary>
    public int VectorCount;

    /// <summary>The terms in all passages.</summary>
    public int Length;

    /// <summary>The session's row.</summary>
    public int Session;

    /// <summary>The document before it in its session, or <see cref="None"/>.</summary>
    public int Previous;

    /// <summary>The document after it in its session, or <see cref="None"/>.</summary>
    public int Next;

    /// <summary>The speaker's number, or <see cref="None"/>.</summary>
    public int Speaker;

    /// <summary>From 0 to 1.</summary>
    public float Importance;

    /// <summary>When it happened.</summary>
    public DateTimeOffset OccurredAt;

    /// <summary>When it was last recalled; the default value: never.</summary>
    public DateTimeOffset LastRecalledAt;

    /// <summary>How near at hand it is kept.</summary>
    public MemoryTier Tier;

    /// <summary>Append order within the store.</summary>
    public long Order;

    /// <summary>The UTC ticks of its expiry; <see cref="long.MaxValue"/>: never.</summary>
    public long ExpiresAt;
}

/// <summary>What only a write or a result needs of an entry.</summary>
/// <param name="Id">Identity within the store.</param>
/// <param name="Version">The version held.</param>
/// <param name="Session">The session's id.</param>
internal sealed record DocumentIdentity(string Id, long Version, string? Session);
