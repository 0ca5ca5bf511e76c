using System.Runtime.CompilerServices;

namespace Keepsake.Protection.Redaction;

/// <summary>Finds the formats that may begin at a place in a text, by its first three characters.</summary>
internal sealed class FormatIndex
{
    private const int Slots = 8_192;
    private const int Heads = 65_536;
    private const int Ascii = 128;
    private readonly KnownFormat[][] _buckets;
    private readonly byte[] _slotOf = new byte[Slots];

    private readonly KnownFormat[] _runs;

    // One bit for each four characters that a format or an announcement may begin with.
    private readonly ulong[] _heads = new ulong[Heads / 64];

    public FormatIndex(IEnumerable<KnownFormat> known, IEnumerable<KnownFormat> runs, IEnumerable<string> announcements)
    {
        _runs = [.. runs];
        var slots = new SortedDictionary<int, List<KnownFormat>>();
        foreach (var format in known)
        {
            MarkHeads(format.Prefix, format.AfterPrefix);
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
            for (var fourth = '\0'; fourth < Ascii; fourth++)
            {
                Mark(Head(word[0], word[1], word[2], fourth));
            }
        }

        for (var i = 0; i < used.Length; i++)
        {
            _buckets[i + 2] = used[i] is null ? [] : [.. used[i].Distinct()];
        }
    }

    /// <summary>The formats that are built in.</summary>
    public static FormatIndex BuiltIn { get; } = new(KnownFormats.Create(), KnownFormats.CreateRuns(), SecretScan.Announcements);

    /// <summary>
    /// Tells whether a format or a word that announces a secret may begin with four characters. It is seldom wrong, and never misses.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayBegin(char first, char second, char third, char fourth)
    {
        var head = Head(first, second, third, fourth);
        return ((_heads[head >> 6] >> (head & 63)) & 1) != 0;
    }

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Head(char first, char second, char third, char fourth) =>
        ((first * 20_011) + (second * 4_001) + (third * 211) + fourth) & (Heads - 1);

    private void Mark(int head) => _heads[head >> 6] |= 1UL << (head & 63);

    // A short prefix goes on with any of the characters that may follow it, and a text may end there.
    private void MarkHeads(string prefix, CharSet after)
    {
        if (prefix.Length >= 4)
        {
            Mark(Head(prefix[0], prefix[1], prefix[2], prefix[3]));
            return;
        }

        for (var next = '\0'; next < Ascii; next++)
        {
            if (after.Contains(next))
            {
                MarkHeads(prefix + next, after);
            }
        }
    }

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
