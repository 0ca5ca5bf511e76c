using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall;

/// <summary>Reads from a question whom it names, whether it is about the one who asks, and which dates it mentions.</summary>
internal static partial class QuestionReader
{
    // Names and dates stand near the beginning; the rest of a very long text is not a question.
    private const int MaxWords = 256;

    private static readonly string[] UserRoles = ["user", "human"];
    private static readonly string[] Roles = ["user", "human", "assistant", "agent", "ai", "bot", "system", "tool", "model"];
    private static readonly string[] RolesThatReport = ["system", "tool"];
    private static readonly string[] Joining = ["and", "or", "nor"];
    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];

    /// <summary>Reads a question.</summary>
    /// <param name="text">The question.</param>
    /// <param name="speakers">The speakers by number. Empty: one who says nothing in what is searched.</param>
    /// <param name="now">The time of asking.</param>
    public static Question Read(string text, ReadOnlySpan<string> speakers, DateTimeOffset now)
    {
        var words = Words(text);
        var subject = QuestionFrame.Remove(text);
        var names = CapitalisedWords(words);
        var firstPerson = Words(TellMePattern.Replace(text, " ")).Exists(word => Voice.IsFirstPerson(word));
        var asksAssistant = AssistantPattern.IsMatch(text);
        var (asked, assistants) = (new bool[speakers.Length], new bool[speakers.Length]);
        var someoneNamed = false;
        var userIsAsked = false;
        for (var i = 0; i < speakers.Length; i++)
        {
            var speaker = speakers[i];
            var isUser = Is(UserRoles, speaker);
            assistants[i] = !isUser && Is(Roles, speaker);
            var named = !isUser && !assistants[i] && speaker.Length > 0 && IsNamed(speaker, names);

            asked[i] = named || (isUser && firstPerson);
            someoneNamed |= named;
            userIsAsked |= isUser && firstPerson;
        }

        if (someoneNamed)
        {
            LeaveSubjects(asked, speakers, words);
        }

        // Where it says of no one, it is about what the user said: that is what a memory is for, unless it asks what was answered.
        for (var i = 0; i < speakers.Length && !someoneNamed && !userIsAsked && !asksAssistant; i++)
        {
            asked[i] = Is(UserRoles, speakers[i]);
        }

        // A summary is of what all said, unless it is of what someone named said.
        var asksForSummary = SummaryPattern.IsMatch(text);
        var isOfAll = asksForSummary && !someoneNamed;
        var isPersonal = !isOfAll && (someoneNamed || userIsAsked);
        return new()
        {
            Subject = subject,
            Speakers = !isOfAll && Array.IndexOf(asked, true) >= 0 ? asked : [],
            Assistants = assistants,
            Others = isPersonal && !asksAssistant ? OthersThan(asked, speakers) : [],
            NamesSpeaker = someoneNamed,
            Names = ProperNames.Find(text, speakers),
            IsPersonal = isPersonal,
            Identifiers = [.. text.Split((char[]?)null, MaxWords, StringSplitOptions.RemoveEmptyEntries).Where(word => IdentifierPattern.IsMatch(word))],
            AsksWhatAskerSaid = userIsAsked && !someoneNamed && !isOfAll && AskerSaidPattern.IsMatch(text),
            AsksForSummary = asksForSummary,
            AsksWhen = WhenPattern.IsMatch(text),
            AsksHowMany = HowManyPattern.IsMatch(text),
            Dates = FindDates(words),
            Spans = RelativeDates.Find(words, DateOnly.FromDateTime(now.DateTime)),
        };
    }

    /// <summary>What to embed of a question: its subject without the names of those who speak in what is searched.</summary>
    /// <remarks>
    /// Who speaks is known of each entry. As a word, a name stands in what others say to its bearer: it draws the question to
    /// the wrong one's words.
    /// </remarks>
    public static string TextToEmbed(string text, ReadOnlySpan<string> speakers)
    {
        var subject = QuestionFrame.Remove(text);
        var names = CapitalisedWords(Words(subject));
        HashSet<string> own = new(StringComparer.OrdinalIgnoreCase);
        foreach (var speaker in speakers)
        {
            if (!Is(Roles, speaker))
            {
                foreach (var part in speaker.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    if (part.Length >= 2 && char.IsUpper(part[0]) && IsNamed(part, names))
                    {
                        own.Add(part);
                    }
                }
            }
        }

        return own.Count == 0 ? subject : WithoutWords(subject, own);
    }

    private static bool Is(string[] roles, string speaker) => roles.Contains(speaker, StringComparer.OrdinalIgnoreCase);

    private static Dictionary<string, bool>.AlternateLookup<ReadOnlySpan<char>> CapitalisedWords(List<string> words) =>
        words.GroupBy(word => word, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Any(word => char.IsUpper(word[0])), StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    private static string WithoutWords(string text, HashSet<string> words)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && char.IsLetterOrDigit(text[end]))
            {
                end++;
            }

            if (end == at)
            {
                result.Append(text[at++]);
                continue;
            }

            // "Will", not "will".
            if (!char.IsUpper(text[at]) || !words.Contains(text[at..end]))
            {
                result.Append(text, at, end - at);
            }
            else if (end + 1 < text.Length && text[end] is '\'' or '’' && text[end + 1] == 's')
            {
                end += 2;
            }

            at = end;
        }

        return result.ToString();
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

    // Of several whom it names, the first, with those who are joined to it: "what did Ana suggest to Ben?" is about what Ana said.
    private static void LeaveSubjects(bool[] asked, ReadOnlySpan<string> speakers, List<string> words)
    {
        var subjects = new bool[asked.Length];
        var found = false;
        foreach (var word in words)
        {
            var isName = false;
            for (var i = 0; i < speakers.Length; i++)
            {
                if (asked[i] && IsWordOf(speakers[i], word))
                {
                    subjects[i] = isName = found = true;
                }
            }

            if (found && !isName && !Joining.Contains(word, StringComparer.OrdinalIgnoreCase))
            {
                break;
            }
        }

        for (var i = 0; i < speakers.Length; i++)
        {
            asked[i] &= subjects[i] || Is(UserRoles, speakers[i]);
        }
    }

    // What a tool returned, or what was given, is nobody's word against another's.
    private static bool[] OthersThan(bool[] asked, ReadOnlySpan<string> speakers)
    {
        var others = new bool[asked.Length];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = !asked[i] && speakers[i].Length > 0 && !Is(RolesThatReport, speakers[i]);
        }

        return others;
    }

    private static bool IsWordOf(string speaker, string word) =>
        word.Length >= 2 && speaker.Split(' ').Any(name => name.Equals(word, StringComparison.OrdinalIgnoreCase) && (char.IsUpper(word[0]) || !char.IsUpper(name[0])));

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

    [GeneratedRegex(@"\b(summary|summari[sz]e|overview|recap)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SummaryPattern { get; }

    // Letters before a digit, so that "8th" and "5pm" are none; "snake_case", "a::b", "settings.json".
    [GeneratedRegex(@"[A-Za-z][0-9]|\w_\w|\w::\w|\w\.[A-Za-z]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex IdentifierPattern { get; }

    [GeneratedRegex(
        @"(^|[.?!,] *)((and|so) )?when (did|was|is|were|will|do|does|has|have|are|had|would|am)\b|\b(what|which) (date|day|month|year|time|week|season)\b|\bhow (long|recently)\b|\bhow many (days|weeks|months|years)\b|\bsince when\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WhenPattern { get; }

    [GeneratedRegex(@"\bhow (many|much|often|long|old)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex HowManyPattern { get; }

    // "The order in which I brought up …", "did I mention …", "I told you about".
    [GeneratedRegex(
        @"\b(i|we)( have| had|'ve|’ve)?( ever| first| already)? (brought up|bring up|mention(ed)?|discuss(ed)?|(talk(ed)?|spoke|speak) about|raised?|said|say|t[eo]ld? you|ask(ed)?( you)?)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex AskerSaidPattern { get; }

    // Who wants to be told is not who is asked about.
    [GeneratedRegex(
        @"\b(tell|show|give|remind|walk|guide|teach) (me|us)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex TellMePattern { get; }

    // "What did you suggest?", "the plan you gave me".
    [GeneratedRegex(
        @"\b(did|have|had|were) you\b|\byou(r|'ve| have| had)? (said|told|suggested|recommended|advised|gave|explained|mentioned|proposed|provided|listed|described)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex AssistantPattern { get; }
}
