namespace Keepsake.Recall;

/// <summary>Who and when a question is about, as far as its words say.</summary>
/// <param name="Speakers">For each speaker's number, whether the question is about what they said. Empty: it does not say.</param>
/// <param name="Dates">The dates it mentions.</param>
internal sealed record Question(bool[] Speakers, IReadOnlyList<MentionedDate> Dates);

/// <summary>A date that may be known in part: <c>May</c>, <c>2023</c>, <c>8 May</c>.</summary>
/// <param name="Year">The year, or <see langword="null"/>.</param>
/// <param name="Month">1 to 12, or <see langword="null"/>.</param>
/// <param name="Day">The day of the month, or <see langword="null"/>.</param>
internal readonly record struct MentionedDate(int? Year, int? Month, int? Day);
