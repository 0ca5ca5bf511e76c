using System.Runtime.CompilerServices;

namespace Keepsake.Protection.Redaction;

/// <summary>Finds the formats that may begin at a place in a text, by its first three characters.</summary>
internal sealed class FormatIndex
{
    private const int Slots = 8_192;
    private readonly KnownFormat[][] _buckets;
    private readonly byte[] _slotOf = new byte[Slots];

    private readonly KnownFormat[] _runs;

    public FormatIndex(IEnumerable<KnownFormat> known, IEnumerable<KnownFormat> runs, IEnumerable<string> announcements)
    {
        _runs = [.. runs];
        var slots = new SortedDictionary<int, List<KnownFormat>>();
        foreach (var format in known)
        {
            foreach (var slot in HeadsOf(format).Distinct())
            {
                (slots.TryGetValue(slot, out var formats) ? formats : slots[slot] = []).Add(format);
            }
        }

        // Slot values are bytes, so formats that share a bucket number share a bucket: a little more to compare, never a miss.
        _buckets = new KnownFormat[256][];
        _buckets[0] = _buckets[1] = [];
        var used = new List<KnownFormat>[254];
        var next = 0;
        foreach (var (slot, formats) in slots)
        {
            var bucket = next++ % used.Length;
            (used[bucket] ??= []).AddRange(formats);
            _slotOf[slot] = (byte)(bucket + 2);
        }

        // The first bucket stays empty, so these say no more than: look.
        foreach (var word in announcements)
        {
            ref var slot = ref _slotOf[Slot(word[0], word[1], word[2])];
            slot = slot == 0 ? (byte)1 : slot;
        }

        for (var i = 0; i < used.Length; i++)
        {
            _buckets[i + 2] = used[i] is null ? [] : [.. used[i].Distinct()];
        }
    }

    /// <summary>The formats that are built in.</summary>
    public static FormatIndex BuiltIn { get; } = new(KnownFormats.Create(), KnownFormats.CreateRuns(), SecretScan.Announcements);

    /// <summary>
    /// Tells whether a format or a word that announces a secret may begin with three characters. It is wrong for one word in
    /// twenty, and never misses.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayBegin(char first, char second, char third) => _slotOf[Slot(first, second, third)] != 0;

    /// <summary>Matches the formats at a place where a word begins.</summary>
    public bool TryMatch(ReadOnlySpan<char> text, int at, out Hit hit)
    {
        if (at + 2 < text.Length)
        {
            return TryMatch(_buckets[_slotOf[Slot(text[at], text[at + 1], text[at + 2])]], text, at, out hit);
        }

        hit = default;
        return false;
    }

    /// <summary>Matches the formats without a beginning of their own where a long run of letters, digits and joiners begins.</summary>
    public bool TryMatchRun(ReadOnlySpan<char> text, int at, out Hit hit) => TryMatch(_runs, text, at, out hit);

    private static bool TryMatch(KnownFormat[] formats, ReadOnlySpan<char> text, int at, out Hit hit)
    {
        foreach (var format in formats)
        {
            if (format.TryMatch(text, at, out hit))
            {
                return true;
            }
        }

        hit = default;
        return false;
    }

    private static int Slot(char first, char second, char third) => ((first * 1_009) + (second * 37) + third) & (Slots - 1);

    private static IEnumerable<int> HeadsOf(KnownFormat format)
    {
        var prefix = format.Prefix;
        if (prefix.Length >= 3)
        {
            yield return Slot(prefix[0], prefix[1], prefix[2]);
            yield break;
        }

        for (var third = '\0'; third < 128; third++)
        {
            if (format.AfterPrefix.Contains(third))
            {
                yield return Slot(prefix[0], prefix[1], third);
            }
        }
    }
}
