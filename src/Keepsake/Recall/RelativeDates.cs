using System.Globalization;

namespace Keepsake.Recall;

/// <summary>Reads times that depend on when a question is asked: "yesterday", "last week", "three months ago", "on Monday".</summary>
internal static class RelativeDates
{
    // A long time ago is no particular day.
    private const int MaxCount = 1_000;

    // No clock is meant that shows another year, and no day falls out of the calendar.
    private const int FirstYear = 1900;
    private const int LastYear = 9000;

    private static readonly string[] Numbers = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    private static readonly string[] Weekdays = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;

    /// <summary>Finds them.</summary>
    /// <param name="words">The question's words.</param>
    /// <param name="today">The day of asking.</param>
    public static IReadOnlyList<DaySpan> Find(IReadOnlyList<string> words, DateOnly today)
    {
        List<DaySpan> spans = [];
        if (today.Year is < FirstYear or > LastYear)
        {
            return spans;
        }

        for (var i = 0; i < words.Count; i++)
        {
            if ((Single(words, i, today) ?? Counted(words, i, today)) is { } span)
            {
                spans.Add(span);
            }
        }

        return spans;
    }

    // "yesterday", "today", "last month", "this year", "on Friday", "last Friday".
    private static DaySpan? Single(IReadOnlyList<string> words, int i, DateOnly today)
    {
        var before = i > 0 ? words[i - 1].ToLowerInvariant() : "";
        var word = words[i].ToLowerInvariant();
        var last = before is "last" or "past" or "previous";
        var weekday = Array.FindIndex(Weekdays, day => day.Equals(word, StringComparison.OrdinalIgnoreCase));
        if (weekday >= 0 && (last || before is "on" or "since" or "this"))
        {
            var back = ((int)today.DayOfWeek - weekday + 7) % 7;
            return Days(today, -(back == 0 ? 7 : back), 1);
        }

        return word switch
        {
            "today" or "tonight" => Days(today, 0, 1),
            "yesterday" => before == "before" ? Days(today, -2, 1) : Days(today, -1, 1),
            "week" when last => Days(Monday(today), -7, 7),
            "week" when before == "this" => Days(Monday(today), 0, 7),
            "weekend" when last || before == "this" => Days(Monday(today), -2, 2),
            "month" when last => Month(today, -1),
            "month" when before == "this" => Month(today, 0),
            "year" when last => Year(today.Year - 1),
            "year" when before == "this" => Year(today.Year),
            _ => null,
        };
    }

    // "three weeks ago", "in the last 10 days".
    private static DaySpan? Counted(IReadOnlyList<string> words, int i, DateOnly today)
    {
        if (i == 0 || Count(words[i - 1]) is not { } count || DaysOf(words[i]) is not { } unit || (long)count * unit > 100 * 366)
        {
            return null;
        }

        if (i + 1 < words.Count && words[i + 1].Equals("ago", StringComparison.OrdinalIgnoreCase))
        {
            // "Three weeks ago" means some day about then.
            return Days(today.AddDays(-(unit / 2)), -count * unit, unit);
        }

        return i > 1 && words[i - 2].ToLowerInvariant() is "last" or "past" or "previous" ? new(today.AddDays(-count * unit), today) : null;
    }

    private static int? Count(string word)
    {
        var named = Array.FindIndex(Numbers, number => number.Equals(word, StringComparison.OrdinalIgnoreCase));
        return named >= 0 ? named
            : word.ToLowerInvariant() is "a" or "an" ? 1
            : int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxCount ? number : null;
    }

    private static int? DaysOf(string unit) => unit.ToLowerInvariant() switch
    {
        "day" or "days" => 1,
        "week" or "weeks" => 7,
        "month" or "months" => 30,
        "year" or "years" => 365,
        _ => null,
    };

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private static DaySpan Days(DateOnly from, int offset, int count) => new(from.AddDays(offset), from.AddDays(offset + count - 1));

    private static DaySpan Month(DateOnly today, int offset)
    {
        var first = new DateOnly(today.Year, today.Month, 1).AddMonths(offset);
        return new(first, first.AddMonths(1).AddDays(-1));
    }

    private static DaySpan Year(int year) => new(new(year, 1, 1), new(year, 12, 31));
}
