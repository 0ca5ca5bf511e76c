using Keepsake.Recall.Analysis;
using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>The distinct terms of a question.</summary>
internal static class QuestionTerms
{
    /// <summary>Most distinct terms that count; the first ones do.</summary>
    public const int MaxTerms = 64;

    /// <summary>Reads a question.</summary>
    /// <param name="question">The question: its subject's terms, and its dates, which are terms too.</param>
    /// <param name="terms">The terms of the index.</param>
    /// <param name="unknown">How many of the terms the index does not hold.</param>
    /// <returns>The numbers of those it holds, in the order met.</returns>
    public static int[] Read(Question question, TermDictionary terms, out int unknown)
    {
        var sink = new Sink(terms, [], new(StringComparer.Ordinal));
        TextAnalyzer.Analyze(question.Subject, ref sink);
        foreach (var date in question.Dates)
        {
            DateTerms.Add(date, ref sink);
        }

        unknown = sink.Unknown.Count;
        return [.. sink.Known];
    }

    private readonly struct Sink(TermDictionary terms, List<int> known, HashSet<string> unknown) : ITermSink
    {
        private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _unknownBySpan =
            unknown.GetAlternateLookup<ReadOnlySpan<char>>();

        public List<int> Known { get; } = known;

        public HashSet<string> Unknown { get; } = unknown;

        public void Add(scoped ReadOnlySpan<char> term)
        {
            if (Known.Count + Unknown.Count >= MaxTerms)
            {
                return;
            }

            var number = terms.Find(term);
            if (number < 0)
            {
                _unknownBySpan.Add(term);
            }
            else if (!Known.Contains(number))
            {
                Known.Add(number);
            }
        }
    }
}
