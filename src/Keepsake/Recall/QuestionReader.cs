using System.Globalization;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall;

/// <summary>Reads from a question whom it names, whether it is about the one who asks, and which dates it mentions.</summary>
internal static class QuestionReader
{
    // Names and dates stand near the beginning; the rest of a very long text is not a question.
    private const int MaxWords = 256;

    private static readonly string[] UserRoles = ["user", "human"];
    private static readonly string[] Roles = ["user", "human", "assistant", "agent", "ai", "bot", "system", "tool", "model"];
    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];

    /// <summary>Reads a question.</summary>
    /// <param name="text">The question.</param>
    /// <param name="speakers">The speakers of the index by number.</param>
    public static Question Read(string text, ReadOnlySpan<string> speakers)
    {
        var words = Words(text);
        return new(FindSpeakers(words, speakers), FindDates(words));
    }

    private static bool[] FindSpeakers(List<string> words, ReadOnlySpan<string> speakers)
    {
        var asked = new bool[speakers.Length];
        var any = false;
        var capitalised = words.GroupBy(word => word, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Any(word => char.IsUpper(word[0])), StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        var firstPerson = words.Exists(word => Voice.IsFirstPerson(word));
        for (var i = 0; i < speakers.Length; i++)
        {
            asked[i] = Roles.Contains(speakers[i], StringComparer.OrdinalIgnoreCase)
                ? firstPerson && UserRoles.Contains(speakers[i], StringComparer.OrdinalIgnoreCase)
                : IsNamed(speakers[i], capitalised);
            any |= asked[i];
        }

        return any ? asked : [];
    }

    // By any word of the name that begins with a capital in the question too, so that "Will" is not "will".
    private static bool IsNamed(ReadOnlySpan<char> speaker, Dictionary<string, bool>.AlternateLookup<ReadOnlySpan<char>> capitalised)
    {
        foreach (var part in speaker.Split(' '))
        {
            var name = speaker[part];
            if (name.Length >= 2 && capitalised.TryGetValue(name, out var hasCapital) && (hasCapital || !char.IsUpper(name[0])))
            {
                return true;
            }
        }

        return false;
    }

    private static List<MentionedDate> FindDates(List<string> words)
    {
        List<MentionedDate> dates = [];
        for (var i = 0; i < words.Count; i++)
        {
            if (MonthOf(words[i]) is { } month)
            {
                int? day = i > 0 && DayOf(words[i - 1]) is { } before ? before : i + 1 < words.Count ? DayOf(words[i + 1]) : null;
                int? year = null;
                for (var j = i + 1; j < Math.Min(i + 3, words.Count) && year is null; j++)
                {
                    year = YearOf(words[j]);
                }

                dates.Add(new(year, month, day));
            }
            else if (YearOf(words[i]) is { } year && !dates.Exists(d => d.Year == year))
            {
                dates.Add(new(year, null, null));
            }
        }

        return dates;
    }

    // "may" in lower case is the verb.
    private static int? MonthOf(string word)
    {
        var at = Array.FindIndex(Months, month => month.Equals(word, StringComparison.OrdinalIgnoreCase));
        return at >= 0 && char.IsUpper(word[0]) ? at + 1 : null;
    }

    private static int? DayOf(string word)
    {
        var digits = word.AsSpan().TrimEnd("sthndr");
        return digits.Length is 1 or 2 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is >= 1 and <= 31
            ? day : null;
    }

    private static int? YearOf(string word) =>
        word.Length == 4 && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= 1900 and <= 2100
            ? year : null;

    private static List<string> Words(string text)
    {
        List<string> words = [];
        for (var at = 0; at < text.Length && words.Count < MaxWords;)
        {
            if (!char.IsLetterOrDigit(text[at]))
            {
                at++;
                continue;
            }

            var start = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || (text[at] is '\'' or '’' && at + 1 < text.Length && char.IsLetter(text[at + 1]))))
            {
                at++;
            }

            var word = text.AsSpan(start, at - start);
            words.Add((word.EndsWith("'s") || word.EndsWith("’s") ? word[..^2] : word).ToString().Replace('’', '\''));
        }

        return words;
    }
}
