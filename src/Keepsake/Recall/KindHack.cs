
#pragma warning disable
using System.Globalization;
using System.Text.RegularExpressions;
namespace Keepsake.Recall;
internal static class KindHack
{
    public static readonly bool On = Environment.GetEnvironmentVariable("KIND") == "1";
    static readonly Regex Num = new(@"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|dozen|twice|hundred|couple of|several)\b", RegexOptions.IgnoreCase | RegexOptions.Compiled);
    static readonly Regex Time = new(@"\b(yesterday|today|tonight|tomorrow|ago|last (week|month|year|night|weekend|summer|winter|spring|fall|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thurs?|fri|sat|sun)\w*|next (week|month|year|weekend|summer|winter|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|this (week|month|year|weekend|morning|afternoon|evening|summer|winter)|recently|just|january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|since|19\d\d|20\d\d|\d+(st|nd|rd|th))\b|\bMay \d|\d May\b|\d ?[ap]m\b", RegexOptions.IgnoreCase | RegexOptions.Compiled);
    public static IEnumerable<string> Passage(string t) { if (Num.IsMatch(t)) { yield return "\u0001n"; } if (Time.IsMatch(t)) { yield return "\u0001t"; } }
    static readonly Regex QN = new(@"\bhow (many|much|long|old|far|often|big|tall)\b|\bwhat (age|number|percent\w*|price|amount)\b", RegexOptions.IgnoreCase | RegexOptions.Compiled);
    static readonly Regex QT = new(@"\bwhen\b|\b(what|which) (date|day|time|year|month|week)\b|\bhow long ago\b", RegexOptions.IgnoreCase | RegexOptions.Compiled);
    public static IEnumerable<string> Question(string t) { if (QN.IsMatch(t)) { yield return "\u0001n"; } if (QT.IsMatch(t)) { yield return "\u0001t"; } }
}
internal static class DateHack
{
    public static readonly bool On = Environment.GetEnvironmentVariable("DATE") == "1";
    public static IEnumerable<string> Words(DateTimeOffset d) { yield return "\u0001y" + d.Year; yield return "\u0001m" + d.Month; yield return "\u0001d" + d.Day; yield return "\u0001w" + (int)d.DayOfWeek; }
    public static IEnumerable<string> Question(string t)
    {
        foreach (var d in QuestionReader.Read(t, []).Dates)
        {
            if (d.Year is { } y) { yield return "\u0001y" + y; }
            if (d.Month is { } m) { yield return "\u0001m" + m; }
            if (d.Day is { } dd) { yield return "\u0001d" + dd; }
        }
    }
}
