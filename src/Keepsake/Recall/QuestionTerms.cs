using Keepsake.Recall.Analysis;
using Keepsake.Recall.Index;

namespace Keepsake.Recall;

/// <summary>The distinct terms of a question.</summary>
internal static class QuestionTerms
{
    /// <summary>Most distinct terms that count; the first ones do.</summary>
    public const int MaxTerms = 64;

    /// <summary>Reads a question: its subject's terms, and its dates, which are terms too.</summary>
    /// <returns>The terms by <see cref="TermHash"/>, in the order met.</returns>
    public static List<ulong> Read(Question question)
    {
        var sink = new Sink([]);
        TextAnalyzer.Analyze(question.Subject, ref sink);
        foreach (var date in question.Dates)
        {
            DateTerms.Add(date, ref sink);
        }

        return sink.Terms;
    }

    private readonly struct Sink(List<ulong> terms) : ITermSink
    {
        public List<ulong> Terms { get; } = terms;

        public void Add(scoped ReadOnlySpan<char> term)
        {
            if (Terms.Count < MaxTerms && TermHash.Of(term) is var hash && !Terms.Contains(hash))
            {
                Terms.Add(hash);
            }
        }
    }
}
