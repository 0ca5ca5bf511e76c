using Keepsake.Recall.Analysis;

namespace Keepsake.Tests.Recall;

/// <summary>The terms of a text as a list.</summary>
internal static class Terms
{
    public static List<string> Of(string text)
    {
        var sink = new Sink([]);
        TextAnalyzer.Analyze(text, ref sink);
        return sink.Terms;
    }

    private readonly struct Sink(List<string> terms) : ITermSink
    {
        public List<string> Terms { get; } = terms;

        public void Add(scoped ReadOnlySpan<char> term) => Terms.Add(term.ToString());
    }
}
