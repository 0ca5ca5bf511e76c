using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Keepsake.Protection.Redaction;

/// <summary>Finds the formats that may begin at a place in a text, by its first three characters.</summary>
internal sealed class FormatIndex
{
    private const int Slots = 8_192;
    private const int HeadBits = 18;
    private const int Ascii = 128;

    // The parts of a secret that a line end splits.
    private const int MinSplit = 6;
    private const int MaxSplit = 256;
    private readonly KnownFormat[][] _buckets;
    private readonly ushort[] _slotOf = new ushort[Slots];

    private readonly (KnownFormat Format, int MinLength)[][] _runs = new (KnownFormat, int)[Ascii][];
    private readonly int _minRun;

    // One bit for each four characters that a format or an announcement may begin with.
    private readonly ulong[] _heads = new ulong[(1 << HeadBits) / 64];

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

        // The first bucket stays empty.
        _buckets = [[], .. slots.Values.Select(formats => formats.Distinct().ToArray())];
        ushort bucket = 0;
        foreach (var slot in slots.Keys)
        {
            _slotOf[slot] = ++bucket;
        }

        foreach (var word in announcements)
        {
            var slot = Slot(word[0], word[1], word[2]);
            _announced[slot >> 6] |= 1UL << slot;
            for (var fourth = '\0'; fourth < Ascii; fourth++)
            {
                if (word.Length == 3 || word[3] == fourth)
                {
                    Mark(Head([word[0], word[1], word[2], fourth]));
                }
            }
        }
    }

    /// <summary>The formats that are built in, and some more.</summary>
    public static FormatIndex With(IEnumerable<KnownFormat> more) =>
        new(more.Concat(KnownFormats.Create()), KnownFormats.CreateRuns(), SecretScan.Announcements);

    /// <summary>The formats that are built in.</summary>
    public static FormatIndex BuiltIn { get; } = new(KnownFormats.Create(), KnownFormats.CreateRuns(), SecretScan.Announcements);

    /// <summary>Of some places those where a format or a word that announces a secret may begin. It is seldom wrong, and never misses.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">What the lowest bit stands for.</param>
    /// <param name="places">One bit for each place.</param>
    public ulong MayBegin(ReadOnlySpan<char> text, int from, ulong places)
    {
        ref var first = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(text));
        var heads = _heads;
        var some = 0UL;
        for (; places != 0; places &= places - 1)
        {
            var bit = BitOperations.TrailingZeroCount(places);
            if (from + bit + 4 > text.Length)
            {
                break;
            }

            var head = Head(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, (nint)(from + bit) * sizeof(char))));
            some |= ((heads[head >> 6] >> head) & 1) << bit;
        }

        return some;
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
        if (!BeginsWithPrefix(bucket, text[at..]))
        {
            return false;
        }

        var length = CharSet.Loose.CountAtStart(text[at..Math.Min(text.Length, at + MaxSplit)]);
        var next = at + length;
        next += next < text.Length && text[next] == '\r' ? 1 : 0;
        if (next >= text.Length || text[next] != '\n' || length < MinSplit)
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
                if (end - at >= minLength && format.MayMatchRun(text, at) && format.TryMatch(text, at, out hit))
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

    // Four characters read as one number; one of no ASCII may be taken for another, which costs a look.
    // The factor is one of some thousand tried: with it the fewest words of code and prose are taken for the beginning of a format.
    private static int Head(ulong four) => (int)((four * 0xB4D1_0A2B_C280_4B07) >> (64 - HeadBits));

    private static int Head(ReadOnlySpan<char> four) => Head(MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(four)));

    private void Mark(int head) => _heads[head >> 6] |= 1UL << (head & 63);

    // A short prefix goes on with any of the characters that may follow it, and a text may end there.
    private void MarkHeads(string prefix, CharSet after)
    {
        if (prefix.Length >= 4)
        {
            Mark(Head(prefix.AsSpan(0, 4)));
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
