namespace Keepsake.Recall.Analysis;

/// <summary>Cuts a text into passages of about 60 words, the unit that is matched and embedded.</summary>
/// <remarks>
/// A long text says many things: as a whole it matches everything a little and nothing well. A passage ends with a sentence
/// or a line where one ends near, and in any case at <see cref="MaxWords"/> words or <see cref="MaxLength"/> characters, so
/// that text without spaces or sentences is cut too. The passages are in order and together cover the text.
/// </remarks>
internal static class Passages
{
    /// <summary>From this many words on, the end of a sentence ends the passage.</summary>
    public const int MinWords = 45;

    /// <summary>At this many words a passage ends anywhere between two words.</summary>
    public const int MaxWords = 80;

    /// <summary>At this many UTF-16 characters a passage ends anywhere, though not inside a surrogate pair.</summary>
    public const int MaxLength = 800;

    // A tail shorter than this says too little alone and joins the passage before it.
    private const int MinTailWords = 15;

    /// <summary>Cuts a text into passages. A short text, the empty one too, is one passage.</summary>
    public static Range[] Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        // The shortest text that can hold a second passage: MinWords words of one letter, their spaces, and a tail.
        if (text.Length < 2 * (MinWords + MinTailWords))
        {
            return [Range.EndAt(text.Length)];
        }

        List<Range> passages = [];
        var start = 0;
        var firstWord = 0;
        var words = 0;
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (end > at)
            {
                firstWord = words == 0 ? at : firstWord;
                if (words > 0 && end - firstWord > MaxLength)
                {
                    passages.Add(start..at);
                    start = firstWord = at;
                    words = 0;
                }

                // What is longer than a passage without a space in it is cut anywhere.
                while (end - firstWord > MaxLength)
                {
                    var cut = firstWord + MaxLength;
                    cut += char.IsLowSurrogate(text[cut]) ? 1 : 0;
                    passages.Add(start..cut);
                    start = firstWord = cut;
                }

                words += end > firstWord ? 1 : 0;
                if (words >= MaxWords || (words >= MinWords && EndsSentence(text, end - 1)))
                {
                    passages.Add(start..end);
                    start = end;
                    words = 0;
                }
            }

            at = end + 1;
        }

        AddTail(passages, text.Length, start, words);
        return [.. passages];
    }

    private static void AddTail(List<Range> passages, int length, int start, int words)
    {
        // A short tail joins the passage before it, unless it is long for its few words, as one very long word is.
        var joins = passages.Count > 0 && (words == 0 || (words < MinTailWords && length - start <= MaxLength / 4));
        if (joins)
        {
            passages[^1] = passages[^1].Start.Value..length;
        }
        else
        {
            passages.Add(start..length);
        }
    }

    private static bool EndsSentence(string text, int last) =>
        text[last] is '.' or '!' or '?' or ':' or ';' || last + 1 == text.Length || text[last + 1] is '\n' or '\r';
}
