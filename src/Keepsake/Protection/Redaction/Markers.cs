using System.Text;

namespace Keepsake.Protection.Redaction;

/// <summary>The markers that stand for secrets: writing them, and knowing one that is already there.</summary>
internal static class Markers
{
    private const string KnownOpening = "[REDACTED:";
    private const string HighEntropyMarker = "[HIGH_ENTROPY_REDACTED]";
    private const int MaxKindLength = 40;

    /// <summary>Longest marker there is, in characters.</summary>
    public const int MaxLength = 51;

    /// <summary>Returns the length of the marker that begins at <paramref name="at"/>, or 0 when none does.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int at)
    {
        var rest = text[at..];
        if (rest.StartsWith(HighEntropyMarker, StringComparison.Ordinal))
        {
            return HighEntropyMarker.Length;
        }

        if (!rest.StartsWith(KnownOpening, StringComparison.Ordinal))
        {
            return 0;
        }

        var end = KnownOpening.Length;
        while (end < rest.Length && end - KnownOpening.Length < MaxKindLength && (char.IsAsciiLetterOrDigit(rest[end]) || rest[end] == '-'))
        {
            end++;
        }

        return end > KnownOpening.Length && end < rest.Length && rest[end] == ']' ? end + 1 : 0;
    }

    /// <summary>Finds the first marker that begins in a part of a text; it may end after it.</summary>
    /// <returns>Where it begins, or -1.</returns>
    public static int Find(ReadOnlySpan<char> text, int start, int end, out int length)
    {
        for (var at = start; at < end; at++)
        {
            var step = text[at..end].IndexOf('[');
            if (step < 0)
            {
                break;
            }

            at += step;
            length = LengthAt(text, at);
            if (length > 0)
            {
                return at;
            }
        }

        length = 0;
        return -1;
    }

    /// <summary>Finds the marker that a place stands in the middle of.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool TryFindAround(ReadOnlySpan<char> text, int at, out int start, out int end)
    {
        for (var from = Math.Max(0, at - MaxLength + 1); ; from = end)
        {
            start = Find(text, from, at, out var length);
            end = start + length;
            if (start < 0 || end > at)
            {
                return start >= 0;
            }
        }
    }

    /// <summary>Tells whether a marker ends at a place.</summary>
    public static bool EndsAt(ReadOnlySpan<char> text, int end) => end > 0 && text[end - 1] == ']' && TryFindAround(text, end - 1, out _, out _);

    /// <summary>Adds what is secret of a hit to those before it: not what they cover, and not the markers that the text brought.</summary>
    /// <returns>Where to go on: the hit's end, or that of the marker it ends in.</returns>
    public static int AddAround(ReadOnlySpan<char> text, Hit hit, ref List<Hit>? hits)
    {
        var start = Math.Max(hit.Start, hits is { Count: > 0 } ? hits[^1].End : 0);
        start = TryFindAround(text, start, out _, out var covered) ? covered : start;
        while (start < hit.End)
        {
            var marker = Find(text, start, hit.End, out var length);
            var end = marker < 0 ? hit.End : marker;
            if (end > start)
            {
                (hits ??= []).Add(hit with { Start = start, End = end });
            }

            start = end + length;
        }

        return Math.Max(start, hit.End);
    }

    /// <summary>Tells whether a marker begins in a part of a text.</summary>
    public static bool BeginIn(ReadOnlySpan<char> text, int start, int end) => Find(text, start, end, out _) >= 0;

    /// <summary>Writes the text with a marker in place of each hit that does not stay.</summary>
    public static (string Output, Redaction[] Redactions) Apply(string text, List<Hit> hits, Func<string, bool> stays)
    {
        var output = new StringBuilder(text.Length + (hits.Count * 16));
        var redactions = new Redaction[hits.Count];
        var copied = 0;
        for (var i = 0; i < hits.Count; i++)
        {
            var hit = hits[i];
            output.Append(text, copied, hit.Start - copied);
            var start = output.Length;
            if (stays(hit.Kind))
            {
                output.Append(text, hit.Start, hit.End - hit.Start);
            }
            else if (hit.Kind == Redaction.HighEntropy)
            {
                output.Append(HighEntropyMarker);
            }
            else
            {
                output.Append(KnownOpening).Append(hit.Kind).Append(']');
            }

            redactions[i] = new Redaction(hit.Kind, start, output.Length - start) { InputStart = hit.Start, InputLength = hit.End - hit.Start };
            copied = hit.End;
        }

        output.Append(text, copied, text.Length - copied);
        return (output.ToString(), redactions);
    }

    /// <summary>Moves what is known of a text's markers to where they are after redaction, and adds the new ones.</summary>
    /// <param name="text">The text before redaction.</param>
    /// <param name="markers">Its markers of ours; one that does not stand there is dropped.</param>
    /// <param name="redactions">What redaction did.</param>
    public static List<Redaction> Carry(string text, IReadOnlyList<Redaction>? markers, IReadOnlyList<Redaction> redactions)
    {
        var all = new List<Redaction>(redactions);
        foreach (var marker in markers ?? [])
        {
            if (marker.Start < 0 || marker.Length <= 0 || marker.Start > text.Length - marker.Length || LengthAt(text, marker.Start) != marker.Length
                || redactions.Any(redaction => redaction.InputStart < marker.Start + marker.Length && marker.Start < redaction.InputStart + redaction.InputLength))
            {
                continue;
            }

            var shift = redactions.Where(redaction => redaction.InputStart < marker.Start).Sum(redaction => redaction.Length - redaction.InputLength);
            all.Add(marker with { Start = marker.Start + shift });
        }

        all.Sort((left, right) => left.Start.CompareTo(right.Start));
        return all;
    }

    /// <summary>Adds the hits found in an output to those that made it, all in places of the input.</summary>
    public static List<Hit> Merge(List<Hit> hits, Redaction[] redactions, string output, List<Hit> more)
    {
        var moved = new List<Hit>(more.Count);
        var next = 0;
        var shift = 0;
        foreach (var narrow in more)
        {
            var found = Widen(output, narrow);
            Pass(redactions, found.Start, ref next, ref shift);
            var start = found.Start + shift;

            // What stays where it was found may lie within a later hit, and moves nothing.
            Pass(redactions, found.End, ref next, ref shift);
            moved.Add(found with { Start = start, End = found.End + shift });
        }

        return Decoded.Together(hits, moved);
    }

    // A hit that touches a marker takes along the rest of the run that it is in: only the marker made it one. Without this a run in which
    // each stretch hides the next, live_live_live_…, would lose one with each scan.
    private static Hit Widen(ReadOnlySpan<char> text, Hit hit) => hit with
    {
        Start = LengthAt(text, hit.End) > 0 ? hit.Start - CharSet.Loose.CountAtEnd(text[..hit.Start]) : hit.Start,
        End = EndsAt(text, hit.Start) ? hit.End + CharSet.Loose.CountAtStart(text[hit.End..]) : hit.End,
    };

    private static void Pass(Redaction[] redactions, int place, ref int next, ref int shift)
    {
        for (; next < redactions.Length && redactions[next].Start < place; next++)
        {
            shift += redactions[next].InputLength - redactions[next].Length;
        }
    }
}
