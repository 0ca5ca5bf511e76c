using System.Runtime.CompilerServices;

namespace Keepsake.Protection.Redaction;

/// <summary>Finds the formats that may begin at a place in a text, by its first three characters.</summary>
internal sealed class FormatIndex
{
    private const int Slots = 8_192;
    private const int Heads = 131_072;
    private const int Ascii = 128;

    // The parts of a secret that a line end splits.
    private const int MinSplit = 6;
    private const int MaxSplit = 256;
    private readonly KnownFormat[][] _buckets;
    private readonly byte[] _slotOf = new byte[Slots];

    private readonly (KnownFormat Format, int MinLength)[][] _runs = new (KnownFormat, int)[Ascii][];
    private readonly int _minRun;

    // One bit for each four characters that a format or an announcement may begin with.
    private readonly ulong[] _heads = new ulong[Heads / 64];

    // One bit for each slot of a word that announces a secret.
    private readonly ulong[] _announced = new ulong[Slots / 64];

    public FormatIndex(IEnumerable<KnownFormat> known, IEnumerable<KnownFormat> runs, IEnumerable<string> announcements)
    {
        // A beginning of two letters is that of every other word, so these are looked for where long runs begin.
        var all = known.ToList();
        var inRuns = runs.Concat(all.Where(IsForRuns)).Select(format => (Format: format, MinLength: format.MinRunLength)).ToList();
        known = all.Where(format => !IsForRuns(format));
        _minRun = inRuns.Min(run => run.MinLength);
        for (var first = '\0'; first < Ascii; first++)
        {
            _runs[first] = [.. inRuns.Where(run => run.Format.MayBeginWith(first))];
        }

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
            var number = Slot(word[0], word[1], word[2]);
            _announced[number >> 6] |= 1UL << (number & 63);
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

    /// <summary>The formats that are built in, and some more.</summary>
    public static FormatIndex With(IEnumerable<KnownFormat> more) =>
        new(more.Concat(KnownFormats.Create()), KnownFormats.CreateRuns(), SecretScan.Announcements);

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

    /// <summary>Tells whether the word at a place may be one that announces a secret.</summary>
    public bool MayAnnounce(ReadOnlySpan<char> text, int at)
    {
        var slot = Slot(text[at], text[at + 1], text[at + 2]);
        return ((_announced[slot >> 6] >> (slot & 63)) & 1) != 0;
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

    /// <summary>Matches a secret that a line end splits: it begins at a place, ends its line and goes on with the next.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where a word begins.</param>
    /// <param name="first">The part on the first line.</param>
    /// <param name="second">The part on the next line.</param>
    public bool TryMatchSplit(ReadOnlySpan<char> text, int at, out Hit first, out Hit second)
    {
        first = second = default;
        var bucket = _buckets[_slotOf[Slot(text[at], text[at + 1], text[at + 2])]];
        if (bucket.Length == 0)
        {
            return false;
        }

        var length = CharSet.Loose.CountAtStart(text[at..Math.Min(text.Length, at + MaxSplit)]);
        var next = at + length;
        next += next < text.Length && text[next] == '\r' ? 1 : 0;
        if (next >= text.Length || text[next] != '\n' || length < MinSplit || !BeginsWithPrefix(bucket, text[at..]))
        {
            return false;
        }

        next++;
        while (next < text.Length && text[next] is ' ' or '\t' && next - at < MaxSplit)
        {
            next++;
        }

        var restLength = CharSet.Loose.CountAtStart(text[next..Math.Min(text.Length, next + MaxSplit)]);

        // Words after a line's end are words; the rest of a token has digits in it.
        if (restLength < MinSplit || text.Slice(next, restLength).IndexOfAnyInRange('0', '9') < 0)
        {
            return false;
        }

        Span<char> joined = stackalloc char[length + restLength];
        text.Slice(at, length).CopyTo(joined);
        text.Slice(next, restLength).CopyTo(joined[length..]);
        if (!TryMatch(bucket, joined, 0, out var whole) || whole.End <= length || whole.Start >= length)
        {
            return false;
        }

        first = whole with { Start = at + whole.Start, End = at + length };
        second = whole with { Start = next, End = next + whole.End - length };
        return true;
    }

    private static bool BeginsWithPrefix(KnownFormat[] formats, ReadOnlySpan<char> text)
    {
        foreach (var format in formats)
        {
            if (text.StartsWith(format.Prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Matches the formats without a long beginning of their own in a run of letters, digits and joiners.</summary>
    public bool TryMatchRun(ReadOnlySpan<char> text, int start, int end, out Hit hit)
    {
        for (var at = start; end - at >= _minRun;)
        {
            foreach (var (format, minLength) in _runs[text[at]])
            {
                if (end - at >= minLength && format.TryMatch(text, at, out hit))
                {
                    return true;
                }
            }

            // Also after a slash: …/Accounts/AC….
            var slash = text[at..end].IndexOf('/');
            at = slash < 0 ? end : at + slash + 1;
        }

        hit = default;
        return false;
    }

    private static bool IsForRuns(KnownFormat format) => format.Prefix.Length < 3 && !format.Prefix.Contains('.', StringComparison.Ordinal);

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
        ((first * 52_361) + (second * 9_871) + (third * 1_031) + (fourth * 37)) & (Heads - 1);

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
