using System.Runtime.InteropServices;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall.Index;

/// <summary>What a segment knows of a record or event beside its words and vectors.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct DocumentRow
{
    /// <summary>No speaker, no session.</summary>
    public const int None = -1;

    /// <summary>Append order within the store.</summary>
    public long Order;

    /// <summary>Grows with each change of the same id.</summary>
    public long Version;

    /// <summary>The UTC ticks of its expiry; <see cref="long.MaxValue"/>: never.</summary>
    public long ExpiresAt;

    /// <summary>The UTC ticks of when it happened.</summary>
    public long OccurredAt;

    /// <summary>The minutes by which the clock was before UTC where it happened.</summary>
    public short OffsetMinutes;

    /// <summary>The number of its session within the segment, or <see cref="None"/>: it stands alone.</summary>
    public int Session;

    /// <summary>The first of its passages; they end where the next document's begin.</summary>
    public int FirstPassage;

    /// <summary>The terms in all passages.</summary>
    public int Length;

    /// <summary>The speaker's number within the segment, or <see cref="None"/>.</summary>
    public int Speaker;

    /// <summary>What kind of thing the text says.</summary>
    public Trait Traits;

    /// <summary>The share of the words that are I, my, we and so on.</summary>
    public float FirstPersonShare;

    /// <summary>From 0 to 1.</summary>
    public float Importance;

    /// <summary>The UTC ticks of when it was last recalled, as far as was known when it was written; 0: never.</summary>
    public long LastRecalledAt;

    /// <summary>How near at hand it is kept.</summary>
    public MemoryTier Tier;

    /// <summary>The length of the sum of its passages' unit vectors; 0: it has none.</summary>
    public float VectorSum;

    /// <summary>Whether it is an event.</summary>
    public bool IsEvent;

    /// <summary>Whether it has been embedded with the model in use.</summary>
    public bool IsEmbedded;
}
