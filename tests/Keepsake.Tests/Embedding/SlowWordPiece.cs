using System.Globalization;
using System.Text;

namespace Keepsake.Tests.Embedding;

/// <summary>The tokenizer's rules one after another on whole strings: slow, and easy to see right.</summary>
internal sealed class SlowWordPiece
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public SlowWordPiece(string vocabularyFile)
    {
        var id = 0;
        foreach (var line in File.ReadAllText(vocabularyFile).Split('\n')[..^1])
        {
            _ids[line] = id++;
        }
    }

    public List<int> Encode(string text)
    {
        // A surrogate without a partner is read as U+FFFD, and removed like it.
        var cleaned = string.Concat(text.EnumerateRunes().Where(r => !IsRemoved(r)).Select(r => Rune.IsWhiteSpace(r) ? " " : r.ToString()));
        var spaced = string.Concat(cleaned.EnumerateRunes().Select(r => IsIdeograph(r.Value) ? $" {r} " : r.ToString()));
        var bare = string.Concat(Decompose(spaced).EnumerateRunes()
            .Where(r => Rune.GetUnicodeCategory(r) != UnicodeCategory.NonSpacingMark));
        var lower = string.Concat(bare.EnumerateRunes().Select(Rune.ToLowerInvariant));
        var split = string.Concat(lower.EnumerateRunes().Select(r => IsPunctuation(r) ? $" {r} " : r.ToString()));
        return [.. split.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(Pieces)];
    }

    private List<int> Pieces(string word)
    {
        var characters = word.EnumerateRunes().Select(r => r.ToString()).ToArray();
        List<int> ids = [];
        for (var start = 0; start < characters.Length;)
        {
            var end = characters.Length;
            while (end > start && !_ids.ContainsKey((start > 0 ? "##" : "") + string.Concat(characters[start..end])))
            {
                end--;
            }

            if (end == start || characters.Length > 100)
            {
                return [0];
            }

            ids.Add(_ids[(start > 0 ? "##" : "") + string.Concat(characters[start..end])]);
            start = end;
        }

        return ids;
    }

    // The runtime refuses to normalize the noncharacter U+FFFE.
    private static string Decompose(string text) => string.Join('\uFFFE', text.Split('\uFFFE').Select(t => t.Normalize(NormalizationForm.FormD)));

    private static bool IsRemoved(Rune r) => r.Value is 0 or 0xFFFD
        || (r.Value is not ('\t' or '\n' or '\r' or 0x85)
            && Rune.GetUnicodeCategory(r) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse);

    private static bool IsPunctuation(Rune r) =>
        (r.Value is > ' ' and < 127 && !char.IsAsciiLetterOrDigit((char)r.Value)) || Rune.IsPunctuation(r);

    private static bool IsIdeograph(int c) =>
        (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F)
        || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}
