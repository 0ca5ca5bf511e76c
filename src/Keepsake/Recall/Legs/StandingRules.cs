using Keepsake.Recall.Index;

namespace Keepsake.Recall.Legs;

/// <summary>Finds what was said to hold from then on: an instruction is meant for questions that need not share a word with it, so neither leg may bring it.</summary>
internal static class StandingRules
{
    /// <summary>Most that are found: the nearest to the question, or without its vector the newest.</summary>
    public const int MaxFound = 50;

    /// <summary>A scope of more is no conversation, and none of its rules are found: comparing all of them would take as long as the legs.</summary>
    public const int MaxCompared = 1_024;

    /// <summary>Finds the rules of a search, in no order.</summary>
    /// <remarks>None where the question is about what was said, which no rule answers.</remarks>
    public static TopPassages Find(Search search, long now)
    {
        var (scope, found) = (search.Scope, new TopPassages(MaxFound));
        if (!search.Question.MayFollowRules || scope.Parts.Sum(part => RulesIn(part).Length) > MaxCompared)
        {
            return found;
        }

        for (var p = 0; p < scope.Parts.Length; p++)
        {
            var part = scope.Parts[p];
            foreach (var document in RulesIn(part).Span)
            {
                ref readonly var row = ref part.Segment.Rows[document];
                if (scope.CanReturn(part.View, document, now)
                    && !search.Question.IsAssistant(scope.SpeakerNumber(part.Segment, row.Speaker)))
                {
                    found.Offer(p, row.FirstPassage, ScoreOf(part.Segment, row, search.Vector));
                }
            }
        }

        return found;
    }

    private static ReadOnlyMemory<int> RulesIn(in ScopePart part) =>
        DocumentSet.Within(part.Segment.Metadata.Find(MetadataHash.Standing), part.FirstDocument, part.EndDocument);

    private static float ScoreOf(Segment segment, in DocumentRow row, VectorQuery? query) =>
        query is not null && segment.Vectors.Dimensions == query.Dimensions ? segment.Vectors.RoughCosine(query, row.FirstPassage) : row.Order;
}
