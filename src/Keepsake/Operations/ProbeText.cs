using Keepsake.Recall.Analysis;

namespace Keepsake.Operations;

/// <summary>Words of texts, and the same order for them in every process.</summary>
internal static class ProbeText
{
    private const int MinWordLength = 4;

    /// <summary>The words of a text, in its order: those that say something by their length, each once.</summary>
    public static List<string> Words(string text) =>
    [
        .. Tokens(text)
            .Where(word => word.Length >= MinWordLength && word.All(char.IsLetterOrDigit))
            .Distinct(StringComparer.OrdinalIgnoreCase),
    ];

    /// <summary>All words of a text, in its order, without the punctuation at their ends.</summary>
    public static IEnumerable<string> Tokens(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Select(word => word.Trim('.', ',', ';', ':', '!', '?', '"', '\'', '(', ')', '[', ']', '{', '}', '<', '>', '`'))
        .Where(word => word.Length > 0);

    /// <summary>The first or the second half of the words of a text's first passage: passages are what is embedded of a long one.</summary>
    public static string Half(string text, bool first)
    {
        var words = text[Passages.Split(text)[0]].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', first ? words[..(words.Length / 2)] : words[(words.Length / 2)..]);
    }

    /// <summary>FNV-1a, stirred at the end: the same in every process, which a string's own hash is not.</summary>
    public static ulong Hash(string text, int seed = 0)
    {
        var hash = 14695981039346656037 ^ ((ulong)seed * 0x9E37_79B9_7F4A_7C15);
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        hash = (hash ^ (hash >> 29)) * 0xBF58_476D_1CE4_E5B9;
        return hash ^ (hash >> 32);
    }
}
