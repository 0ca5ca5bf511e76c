using Keepsake.Recall;
using Keepsake.Recall.Analysis;

namespace Keepsake.Tests.Recall;

/// <summary>The signals as their definitions say, from the texts and with no index: slow and obviously right.</summary>
internal sealed class SlowReference(IReadOnlyCollection<IndexEntry> entries)
{
    private sealed record Text(IndexEntry[] Owners, List<string> Terms);

    public Dictionary<string, double> PassageWords(string question) => Best(question,
        [.. entries.SelectMany(e => Passages.Split(e.Content).Select(p => new Text([e], [.. Terms.Of(e.Speaker ?? ""), .. Terms.Of(e.Content[p])])))]);

    public Dictionary<string, double> WindowWords(string question) => Best(question,
        [.. entries.Select(e => new Text([e], [.. Window(e).SelectMany(TermsOf)]))]);

    public Dictionary<string, double> SessionWords(string question) => Best(question,
        [.. entries.GroupBy(e => (e.Path, Session: e.Session ?? "\0" + e.Id)).Select(g => new Text([.. g], [.. g.SelectMany(TermsOf)]))]);

    public Dictionary<string, double> Meaning(float[] question) =>
        Scaled(entries.ToDictionary(e => e.Id, e => Cosine(e, question)));

    public Dictionary<string, double> WindowMeaning(float[] question) =>
        Scaled(entries.ToDictionary(e => e.Id, e => Window(e).Average(n => Cosine(n, question))));

    // The mean of the best passage's cosine and of the whole's, which is the direction of the passages' sum.
    private static double Cosine(IndexEntry entry, float[] question)
    {
        if (entry.Vectors.Count == 0)
        {
            return 0;
        }

        var sum = Enumerable.Range(0, question.Length).Select(d => entry.Vectors.Sum(v => (double)v[d])).ToArray();
        var whole = sum.Zip(question, (a, b) => a * b).Sum() / Math.Sqrt(sum.Sum(x => x * x));
        return Math.Max(0, (entry.Vectors.Max(v => v.Zip(question, (a, b) => (double)a * b).Sum()) + whole) / 2);
    }

    // Passages are analysed one by one, so that a word cut by a passage's end is cut here too.
    private static List<string> TermsOf(IndexEntry entry) =>
        [.. Passages.Split(entry.Content).SelectMany(p => Terms.Of(entry.Speaker ?? "").Concat(Terms.Of(entry.Content[p])))];

    private List<IndexEntry> Window(IndexEntry entry)
    {
        if (entry.Session is null)
        {
            return [entry];
        }

        var session = entries.Where(e => e.Path == entry.Path && e.Session == entry.Session).OrderBy(e => e.Order).ToList();
        var at = session.IndexOf(entry);
        return session[Math.Max(0, at - 1)..Math.Min(session.Count, at + 2)];
    }

    private static Dictionary<string, double> Best(string question, List<Text> texts)
    {
        var average = Math.Max(1, texts.Average(t => (double)t.Terms.Count));
        var best = texts.SelectMany(t => t.Owners).Distinct().ToDictionary(e => e.Id, _ => 0.0);
        foreach (var text in texts)
        {
            var score = 0.0;
            foreach (var term in Terms.Of(question).Distinct())
            {
                var holders = texts.Count(t => t.Terms.Contains(term));
                var frequency = text.Terms.Count(t => t == term);
                score += Math.Log(1 + ((texts.Count - holders + 0.5) / (holders + 0.5)))
                    * frequency * 2.2 / (frequency + (1.2 * (0.25 + (0.75 * text.Terms.Count / average))));
            }

            foreach (var owner in text.Owners)
            {
                best[owner.Id] = Math.Max(best[owner.Id], score);
            }
        }

        return Scaled(best);
    }

    private static Dictionary<string, double> Scaled(Dictionary<string, double> values)
    {
        var best = values.Values.DefaultIfEmpty(0).Max();
        return best == 0 ? values : values.ToDictionary(v => v.Key, v => v.Value / best);
    }
}
