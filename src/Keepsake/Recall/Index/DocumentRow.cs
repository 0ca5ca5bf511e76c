using System.Runtime.InteropServices;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall.Index;

/// <summary>What a segment knows of a record or event beside its words and vectors: 64 bytes, of which a million are held.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct DocumentRow
{
    /// <summary>No speaker, no session.</summary>
    public const int None = -1;

    // Parts of one are kept as whole numbers, so that 0.7 comes back as 0.7.
    private const float PartsOfOne = 10_000;

    private const byte TierBits = 3;
    private const byte EventBit = 4;
    private const byte EmbeddedBit = 8;
    private const int QuestionShareShift = 4;
    private const int MaxQuestionShare = 15;

    /// <summary>Append order within the store.</summary>
    public long Order;

    /// <summary>Grows with each change of the same id.</summary>
    public long Version;

    /// <summary>The UTC ticks of its expiry; <see cref="long.MaxValue"/>: never.</summary>
    public long ExpiresAt;

    /// <summary>The UTC ticks of when it happened.</summary>
    public long OccurredAt;

    /// <summary>The number of its session within the segment, or <see cref="None"/>: it stands alone.</summary>
    public int Session;

    /// <summary>The first of its passages; they end where the next document's begin.</summary>
    public int FirstPassage;

    /// <summary>The terms in all passages.</summary>
    public int Length;

    /// <summary>The speaker's number within the segment, or <see cref="None"/>.</summary>
    public int Speaker;

    /// <summary>The length of the sum of its passages' unit vectors; 0: it has none.</summary>
    public float VectorSum;

    private uint _minuteRecalled;
    private ushort _firstPersonShare;
    private ushort _importance;

    /// <summary>The minutes by which the clock was before UTC where it happened.</summary>
    public short OffsetMinutes;

    /// <summary>What kind of thing the text says.</summary>
    public Trait Traits;

    private byte _bits;

    /// <summary>When it was last recalled, to the minute, as far as was known when it was written; the default: never.</summary>
    public DateTimeOffset LastRecalledAt
    {
        readonly get => new(_minuteRecalled * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        set => _minuteRecalled = (uint)Math.Min(uint.MaxValue, value.UtcTicks / TimeSpan.TicksPerMinute);
    }

    /// <summary>The share of the words that are I, my, we and so on.</summary>
    public float FirstPersonShare
    {
        readonly get => _firstPersonShare / PartsOfOne;
        set => _firstPersonShare = (ushort)MathF.Round(value * PartsOfOne);
    }

    /// <summary>The share of the text that asks something, to a fifteenth.</summary>
    public float QuestionShare
    {
        readonly get => (_bits >> QuestionShareShift) / (float)MaxQuestionShare;
        set => _bits = (byte)((_bits & ((1 << QuestionShareShift) - 1)) | ((int)MathF.Round(value * MaxQuestionShare) << QuestionShareShift));
    }

    /// <summary>From 0 to 1.</summary>
    public float Importance
    {
        readonly get => _importance / PartsOfOne;
        set => _importance = (ushort)MathF.Round(value * PartsOfOne);
    }

    /// <summary>How near at hand it is kept.</summary>
    public MemoryTier Tier
    {
        readonly get => (MemoryTier)(_bits & TierBits);
        set => _bits = (byte)((_bits & ~TierBits) | (int)value);
    }

    /// <summary>Whether it is an event.</summary>
    public bool IsEvent
    {
        readonly get => (_bits & EventBit) != 0;
        set => _bits = (byte)(value ? _bits | EventBit : _bits & ~EventBit);
    }

    /// <summary>Whether it has been embedded with the model in use.</summary>
    public bool IsEmbedded
    {
        readonly get => (_bits & EmbeddedBit) != 0;
        set => _bits = (byte)(value ? _bits | EmbeddedBit : _bits & ~EmbeddedBit);
    }
}
