using System.Text.RegularExpressions;
using Keepsake.Recall.Analysis;

namespace Keepsake.Recall;

/// <summary>Takes a question apart that is about two things: "How many days passed between my first lesson and my exam?"</summary>
/// <remarks>
/// As one question it finds first what says a little of both; each thing was said in a place of its own. English only. Questions joined by "and" or standing one after the
/// other stay whole: the second leans on the first ("and when was that?"), and asked alone it finds what it does not mean; docs/recall.md has the figures.
/// </remarks>
internal static partial class QuestionParts
{
    // The rest of a very long text is no question.
    private const int MaxLength = 1_000;

    // What has fewer is no question of its own: "between then and now".
    private const int MinTerms = 2;

    /// <summary>The two things; empty: the question is about one.</summary>
    public static IReadOnlyList<string> Of(string question)
    {
        var between = question.Length <= MaxLength ? Between.Match(question) : Match.Empty;
        string[] parts = [between.Groups["first"].Value, between.Groups["second"].Value];
        return between.Success && Array.TrueForAll(parts, part => TextAnalyzer.Count(part) >= MinTerms) ? parts : [];
    }

    [GeneratedRegex(
        @"\b(between|from) (when )?(?<first>[^?.;]+?) (and|until|to) (when )?(?<second>[^?.;]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Between { get; }
}

/// <summary>A part of a question.</summary>
/// <param name="Text">Its words.</param>
/// <param name="Vector">Its unit-length embedding; <see langword="null"/>: a lexical search.</param>
internal readonly record struct QuestionPart(string Text, float[]? Vector);
