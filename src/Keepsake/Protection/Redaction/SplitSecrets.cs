namespace Keepsake.Protection.Redaction;

/// <summary>Finds secrets that two texts of one call hold together: a token cut in two, a name here and its value there.</summary>
internal static class SplitSecrets
{
    private const int MaxPart = 512;

    /// <summary>Finds what each text holds of a secret that it shares with its neighbour.</summary>
    /// <param name="texts">The texts, in the order of the call; <see langword="null"/> for one that is refused anyway.</param>
    /// <param name="formats">The formats.</param>
    /// <returns>For each text what is secret in it; <see langword="null"/> where nothing is.</returns>
    public static List<Hit>?[] Find(IReadOnlyList<string?> texts, FormatIndex formats)
    {
        var all = new List<Hit>?[texts.Count];
        for (var i = 0; i + 1 < texts.Count; i++)
        {
            if (string.IsNullOrEmpty(texts[i]) || string.IsNullOrEmpty(texts[i + 1]))
            {
                continue;
            }

            var first = texts[i]!;
            var second = texts[i + 1]!;
            var cut = Math.Max(0, first.Length - MaxPart);
            var tail = first.AsSpan(cut).TrimEnd();
            var head = second.AsSpan(0, Math.Min(second.Length, MaxPart));
            Cut(tail, head, cut, formats, ref all[i], ref all[i + 1]);
            Named(tail, head, formats, ref all[i + 1]);
        }

        return all;
    }

    private static void Cut(ReadOnlySpan<char> tail, ReadOnlySpan<char> head, int cut, FormatIndex formats, ref List<Hit>? first, ref List<Hit>? second)
    {
        foreach (var hit in SecretScan.FindAll($"{tail}\n{head}", formats, out _) ?? [])
        {
            if (hit.End == tail.Length && SecretScan.FindAll(tail, formats, out _)?.Exists(alone => alone.End == hit.End) != true)
            {
                (first ??= []).Add(hit with { Start = hit.Start + cut, End = hit.End + cut });
            }
            else if (hit.Start == tail.Length + 1 && first is not null)
            {
                (second ??= []).Add(hit with { Start = 0, End = hit.End - tail.Length - 1 });
            }
        }
    }

    private static void Named(ReadOnlySpan<char> tail, ReadOnlySpan<char> head, FormatIndex formats, ref List<Hit>? second)
    {
        // Only a text that ends by naming a value can do this.
        if (tail.IsEmpty || (tail[^1] is not (':' or '=') && !tail.EndsWith(" is", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        var from = tail.Length + 1;
        foreach (var hit in SecretScan.FindAll($"{tail} {head}", formats, out _) ?? [])
        {
            if (hit.Start >= from)
            {
                (second ??= []).Add(hit with { Start = hit.Start - from, End = hit.End - from });
                return;
            }
        }
    }
}
