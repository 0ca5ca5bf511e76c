namespace Keepsake.Recall.Analysis;

/// <summary>Counts the terms of a text.</summary>
internal static class TermCount
{
    /// <summary>How many terms a text has, one that comes twice counted twice.</summary>
    public static int Of(string text)
    {
        var counter = new Counter(new int[1]);
        TextAnalyzer.Analyze(text, ref counter);
        return counter.Count[0];
    }

    private readonly struct Counter(int[] count) : ITermSink
    {
        public int[] Count { get; } = count;

        public void Add(scoped ReadOnlySpan<char> term) => Count[0]++;
    }
}
