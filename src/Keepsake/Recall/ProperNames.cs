namespace Keepsake.Recall;

/// <summary>Finds the names in a question: words with a capital that do not begin a sentence.</summary>
internal static class ProperNames
{
    /// <summary>Finds them, without those of speakers. Each once.</summary>
    public static IReadOnlyList<string> Find(string text, ReadOnlySpan<string> speakers)
    {
        List<string> names = [];
        var begins = true;
        for (var at = 0; at < text.Length;)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                begins |= text[at] is '.' or '?' or '!' or '\n' or ':' or '"' or '“';
                at++;
                continue;
            }

            var start = at;
            while (at < text.Length && char.IsLetterOrDigit(text[at]))
            {
                at++;
            }

            var word = text[start..at];

            // "I", and the "m" of "I'm", are no names.
            var isName = !begins && word.Length > 1 && char.IsUpper(word[0]) && !names.Contains(word);
            begins = false;
            if (isName && !IsSpeaker(word, speakers))
            {
                names.Add(word);
            }
        }

        return names;
    }

    private static bool IsSpeaker(string word, ReadOnlySpan<string> speakers)
    {
        foreach (var speaker in speakers)
        {
            if (speaker.Split(' ').Contains(word, StringComparer.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
