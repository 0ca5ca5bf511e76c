namespace Keepsake.Protection.Redaction;

/// <summary>Finds secrets that a text holds in another writing: base64, URL and string escapes, look-alike and invisible characters, joined strings.</summary>
/// <remarks>What is found is told by its place in the text as it stands. Two layers are undone, such as base64 of a URL-encoded text.</remarks>
internal static class Decoded
{
    /// <summary>How many layers are undone.</summary>
    public const int MaxDepth = 2;

    private const int MaxWindow = 512;
    private const int MaxDecoded = 24_576;

    /// <summary>Finds what only a decoded text shows.</summary>
    /// <param name="text">The text.</param>
    /// <param name="formats">The formats.</param>
    /// <param name="encoded">The runs of base64 that hold readable text, in order.</param>
    /// <param name="hits">What the text itself shows, in order; <see langword="null"/>: nothing.</param>
    /// <param name="depth">How many layers may be undone.</param>
    /// <returns>Both together, in order; <see langword="null"/>: nothing.</returns>
    public static List<Hit>? AddTo(ReadOnlySpan<char> text, FormatIndex formats, List<(int Start, int End)>? encoded, List<Hit>? hits, int depth)
    {
        List<Hit>? more = null;
        for (var i = 0; i < encoded?.Count; i++)
        {
            InBase64(text, encoded[i].Start, encoded[i].End, formats, depth, ref more);
        }

        for (var change = SourceView.NextChange(text, 0); change >= 0;)
        {
            var (start, end) = Window(text, change);
            InView(text, start, end, formats, depth, ref more);
            change = SourceView.NextChange(text, end);
        }

        return more is null ? hits : Together(hits ?? [], more);
    }

    /// <summary>Puts hits together, in order; where two overlap, the first list's stands and the other's rest stays.</summary>
    public static List<Hit> Together(List<Hit> first, List<Hit> second)
    {
        second.Sort((left, right) => left.Start.CompareTo(right.Start));
        var all = new List<Hit>(first.Count + second.Count);
        var next = 0;
        var covered = 0;
        foreach (var hit in second)
        {
            var start = Math.Max(hit.Start, covered);
            for (; next < first.Count && first[next].Start < hit.End; next++)
            {
                if (first[next].Start > start)
                {
                    all.Add(hit with { Start = start, End = first[next].Start });
                }

                all.Add(first[next]);
                start = Math.Max(start, first[next].End);
            }

            covered = Math.Max(start, covered);
            if (start < hit.End)
            {
                all.Add(hit with { Start = start });
                covered = hit.End;
            }
        }

        all.AddRange(first.Skip(next));
        all.Sort((left, right) => left.Start.CompareTo(right.Start));
        return all;
    }

    private static void InView(ReadOnlySpan<char> text, int start, int end, FormatIndex formats, int depth, ref List<Hit>? more)
    {
        var view = SourceView.Of(text, start, end);
        List<Hit>? seen = null;
        foreach (var hit in In(view.Text, formats, depth) ?? [])
        {
            var (from, to) = view.SourceOf(hit.Start, hit.End);

            // What decodes to something random may be anything.
            if (hit.Kind != Redaction.HighEntropy)
            {
                Markers.AddAround(text, new Hit(from, to, hit.Kind), ref seen);
            }
        }

        if (seen is not null)
        {
            (more ??= []).AddRange(seen);
        }
    }

    private static void InBase64(ReadOnlySpan<char> text, int start, int end, FormatIndex formats, int depth, ref List<Hit>? more)
    {
        var run = text[start..end].TrimEnd('=');
        run = run[..Math.Min(run.Length, MaxDecoded / 3 * 4)];
        if (EncodedText.Decode(run) is not { } decoded)
        {
            return;
        }

        foreach (var hit in In(decoded, formats, depth) ?? [])
        {
            if (hit.Kind != Redaction.HighEntropy)
            {
                (more ??= []).Add(new Hit(start + (hit.Start / 3 * 4), Math.Min(end, start + ((hit.End + 2) / 3 * 4)), hit.Kind));
            }
        }
    }

    private static List<Hit>? In(string decoded, FormatIndex formats, int depth)
    {
        var hits = SecretScan.FindAll(decoded, formats, out var encoded);
        return depth > 1 ? AddTo(decoded, formats, encoded, hits, depth - 1) : hits;
    }

    // The lines around a place, so that the name of a value is seen with it. A marker that is cut is none, so markers are in it whole.
    private static (int Start, int End) Window(ReadOnlySpan<char> text, int at)
    {
        var (start, end) = Lines(text, at);
        start = Markers.TryFindAround(text, start, out var marker, out _) ? marker : start;
        return (start, Markers.TryFindAround(text, end, out _, out var markerEnd) ? markerEnd : end);
    }

    private static (int Start, int End) Lines(ReadOnlySpan<char> text, int at)
    {
        var from = Math.Max(0, at - MaxWindow);
        var line = text[from..at].LastIndexOf('\n');
        from = line < 0 ? from : from + line + 1;
        var to = Math.Min(text.Length, at + (2 * MaxWindow));
        var lineEnd = text[at..to].IndexOf('\n');

        // A joint may be at the line's end, so the next line belongs to it.
        var next = lineEnd < 0 ? -1 : text[(at + lineEnd + 1)..to].IndexOf('\n');
        return (from, next < 0 ? to : at + lineEnd + 1 + next);
    }
}
