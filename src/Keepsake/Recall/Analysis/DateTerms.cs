namespace Keepsake.Recall.Analysis;

/// <summary>The date of an entry as terms of their own, so that "in May 2023" finds what happened then.</summary>
/// <remarks>
/// They begin with a control character, which no term of a text does: the 8 of "8 May" is not the 8 of "8 cats". BM25 then
/// weighs them like any other: the year means nothing where all is of one year, and much where it is rare.
/// </remarks>
internal static class DateTerms
{
    private const int MaxLength = 8;

    /// <summary>Gives the year, month and day of an entry.</summary>
    public static void Add<TSink>(DateTimeOffset occurredAt, ref TSink sink)
        where TSink : struct, ITermSink =>
        Add(new MentionedDate(occurredAt.Year, occurredAt.Month, occurredAt.Day), ref sink);

    /// <summary>Gives what is known of a date that a question mentions.</summary>
    public static void Add<TSink>(MentionedDate date, ref TSink sink)
        where TSink : struct, ITermSink
    {
        AddPart('y', date.Year, ref sink);
        AddPart('m', date.Month, ref sink);
        AddPart('d', date.Day, ref sink);
    }

    private static void AddPart<TSink>(char part, int? value, ref TSink sink)
        where TSink : struct, ITermSink
    {
        if (value is not { } number)
        {
            return;
        }

        Span<char> term = stackalloc char[MaxLength];
        term[0] = '\u0001';
        term[1] = part;
        number.TryFormat(term[2..], out var digits, provider: System.Globalization.CultureInfo.InvariantCulture);
        sink.Add(term[..(digits + 2)]);
    }
}
