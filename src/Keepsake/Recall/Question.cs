namespace Keepsake.Recall;

/// <summary>Who, when and what a question is about, as far as its words say.</summary>
internal sealed record Question
{
    /// <summary>What it is about: the question without the words that only frame it.</summary>
    public required string Subject { get; init; }

    /// <summary>For each speaker's number, whether the question is about what they said. Empty: it does not say.</summary>
    public bool[] Speakers { get; init; } = [];

    /// <summary>For each speaker's number, whether it is the one who answers. Empty: none is.</summary>
    public bool[] Assistants { get; init; } = [];

    /// <summary>For each speaker's number, whether it is someone else than the question is about. Empty: whoever said it may have the answer.</summary>
    public bool[] Others { get; init; } = [];

    /// <summary>Whether it is about a person: one it names, or the one who asks.</summary>
    public bool IsPersonal { get; init; }

    /// <summary>Whether it asks what the one who asks said, mentioned or asked before.</summary>
    public bool AsksWhatAskerSaid { get; init; }

    /// <summary>Whether it asks for a summary of what was said, which no standing rule is part of.</summary>
    public bool AsksForSummary { get; init; }

    /// <summary>Whether someone it names has said something in what is searched.</summary>
    public bool NamesSpeaker { get; init; }

    /// <summary>The names in it, as far as capitals tell, but for those of speakers.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Its words that are written in one way only: letters before a digit, or words joined by '_', '::' or '.'.</summary>
    public IReadOnlyList<string> Identifiers { get; init; } = [];

    /// <summary>Whether it asks for a time or a while.</summary>
    public bool AsksWhen { get; init; }

    /// <summary>Whether it asks for a number.</summary>
    public bool AsksHowMany { get; init; }

    /// <summary>The dates it mentions.</summary>
    public IReadOnlyList<MentionedDate> Dates { get; init; } = [];

    /// <summary>The times it mentions that depend on when it is asked, such as "last week".</summary>
    public IReadOnlyList<DaySpan> Spans { get; init; } = [];

    /// <summary>Whether someone in what is searched is asked about.</summary>
    public bool AsksOfSpeaker => Speakers.Length > 0;

    /// <summary>Whether the question is about what a speaker said.</summary>
    public bool Asks(int speaker) => Is(Speakers, speaker);

    /// <summary>Whether a standing rule may be what it wants: not where it asks what was said.</summary>
    public bool MayFollowRules => !AsksWhatAskerSaid && !AsksForSummary;

    /// <summary>Whether the answer may be in a speaker's words: in those of who is asked about, in what has no speaker, and in anyone's where the question is about no one, or about what was answered.</summary>
    public bool MayTell(int speaker) => !Is(Others, speaker);

    /// <summary>Whether a speaker is the one who answers.</summary>
    public bool IsAssistant(int speaker) => Is(Assistants, speaker);

    private static bool Is(bool[] speakers, int speaker) => speaker >= 0 && speaker < speakers.Length && speakers[speaker];
}

/// <summary>A date that may be known in part: <c>May</c>, <c>2023</c>, <c>8 May</c>.</summary>
/// <param name="Year">The year, or <see langword="null"/>.</param>
/// <param name="Month">1 to 12, or <see langword="null"/>.</param>
/// <param name="Day">The day of the month, or <see langword="null"/>.</param>
internal readonly record struct MentionedDate(int? Year, int? Month, int? Day)
{
    /// <summary>How many days another day is off. 0: it is meant. Infinite where the month or the year is another.</summary>
    /// <remarks>A year alone says too little to bring one day forward; it is a term and weighs as such.</remarks>
    public double DaysTo(DateOnly day) =>
        Month is not { } month || day.Month != month || (Year is { } year && day.Year != year) ? double.PositiveInfinity
            : Day is { } mentioned ? Math.Abs(day.Day - mentioned) : 0;
}

/// <summary>Some days in a row.</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day, not before the first.</param>
internal readonly record struct DaySpan(DateOnly First, DateOnly Last)
{
    /// <summary>How many days another day lies outside.</summary>
    public double DaysTo(DateOnly day) => Math.Max(0, Math.Max(First.DayNumber - day.DayNumber, day.DayNumber - Last.DayNumber));
}
