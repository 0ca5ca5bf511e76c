using Keepsake.Recall;
using Keepsake.Recall.Analysis;
using Keepsake.Recall.Index;

namespace Keepsake.Tests.Recall;

/// <summary>The signals as their definitions say, from the texts and with no index: slow and obviously right.</summary>
internal sealed class SlowReference(IReadOnlyCollection<IndexEntry> entries)
{
    private readonly Dictionary<string, List<Text>> _passages = new(StringComparer.Ordinal);

    private sealed record Text(IndexEntry Owner, List<string> Terms);

    /// <summary>Each passage with those around it as one text, in which everything counts by its distance.</summary>
    public Dictionary<string, double> Words(string question)
    {
        var passages = entries.SelectMany(PassagesOf).ToList();
        var texts = passages.Select(p => (p.Owner, Parts: Around(p))).ToList();
        var average = Math.Max(1, texts.Average(t => t.Parts.Sum(part => part.Weight * part.Terms.Count)));
        var best = entries.ToDictionary(e => e.Id, _ => 0.0);
        foreach (var (owner, parts) in texts)
        {
            var length = parts.Sum(part => part.Weight * part.Terms.Count);
            var score = Terms.Of(question).Distinct().Sum(term =>
                Worth(term, passages) * Earned(parts.Sum(part => part.Weight * part.Terms.Count(t => t == term)), length / average, 0.5));
            best[owner.Id] = Math.Max(best[owner.Id], score);
        }

        return Scaled(best);
    }

    public Dictionary<string, double> SessionWords(string question)
    {
        var passages = entries.SelectMany(PassagesOf).ToList();
        var sessions = entries.GroupBy(SessionOf).Select(g => (Owners: g.ToList(), Terms: g.SelectMany(PassagesOf).SelectMany(p => p.Terms).ToList())).ToList();
        var average = Math.Max(1, sessions.Average(s => (double)s.Terms.Count));
        return Scaled(sessions.SelectMany(s => s.Owners.Select(owner => (owner, s.Terms))).ToDictionary(
            s => s.owner.Id,
            s => Terms.Of(question).Distinct().Sum(term => Worth(term, passages) * Earned(s.Terms.Count(t => t == term), s.Terms.Count / average, 0.75))));
    }

    public Dictionary<string, double> Meaning(float[] question) => Scaled(entries.ToDictionary(e => e.Id, e => Cosine(e, question)));

    public Dictionary<string, double> NearbyMeaning(float[] question) => Scaled(entries.ToDictionary(
        e => e.Id,
        e =>
        {
            var session = Session(e).Select(n => (Item: Cosine(n, question), LengthOf(n))).ToList();
            var weighted = Around(session, Session(e).IndexOf(e), minWeight: 0.02);
            return weighted.Sum(w => w.Weight * w.Item) / weighted.Sum(w => w.Weight);
        }));

    private static double Worth(string term, List<Text> passages)
    {
        var holders = passages.Count(p => p.Terms.Contains(term));
        return Math.Log(1 + ((passages.Count - holders + 0.5) / (holders + 0.5)));
    }

    private static double Earned(double frequency, double length, double b) => frequency * 2.2 / (frequency + (1.2 * (1 - b + (b * length))));

    private List<(List<string> Terms, double Weight)> Around(Text passage)
    {
        var line = Session(passage.Owner).SelectMany(PassagesOf).ToList();
        return Around([.. line.Select(p => (p.Terms, p.Terms.Count))], line.FindIndex(p => p.Owner == passage.Owner && ReferenceEquals(p.Terms, passage.Terms)));
    }

    // Up to four on each side, each by 3/4 e^(-distance / 15) from the edge to its middle, and nothing from 70 words on.
    private static List<(T Item, double Weight)> Around<T>(List<(T Item, int Length)> line, int at, double minWeight = 0)
    {
        List<(T, double)> weighted = [(line[at].Item, 1)];
        foreach (var side in new[] { line.Take(at).Reverse(), line.Skip(at + 1) })
        {
            var distance = 0.0;
            foreach (var (item, length) in side.Take(4))
            {
                var weight = 0.75 * Math.Exp(-(distance + (length / 2.0)) / 15);
                if (distance + (length / 2.0) >= 70 || weight < minWeight)
                {
                    break;
                }

                weighted.Add((item, weight));
                distance += length;
            }
        }

        return weighted;
    }

    // The mean of the best passage's cosine and of the whole's, which is the direction of the passages' sum, after both sides have lost half of what all entries have in common.
    private double Cosine(IndexEntry entry, float[] question)
    {
        if (entry.Vectors.Count == 0)
        {
            return 0;
        }

        var (asked, passages) = (Asked(question), entry.Vectors.Select(Kept).ToList());
        var common = Unit(Sum(entries.Where(e => e.Vectors.Count > 0).Select(e => Rough(e.Vectors[e.Vectors.Count / 2]))));
        var whole = Unit(Sum(passages));
        return Math.Max(0, (passages.Max(v => Dot(Without(v, common), Without(asked, common))) + Dot(Without(whole, common), Without(asked, common))) / 2);
    }

    // Brought to the length that it would have if what is kept were quite of unit length.
    private static double[] Without(double[] vector, double[] direction)
    {
        var along = Dot(vector, direction);
        return [.. vector.Zip(direction, (x, d) => (x - (0.5 * along * d)) / Math.Sqrt(1 - (0.75 * along * along)))];
    }

    private static double[] Sum(IEnumerable<double[]> vectors) => vectors.Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]);

    private static double[] Unit(double[] vector) => Math.Sqrt(Dot(vector, vector)) is > 0 and var length ? [.. vector.Select(x => x / length)] : vector;

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Kept(float[] vector) => Numbers(vector, (upper, lower) => (upper * 64) + lower - 512);

    // The upper bits alone, by which all are compared.
    private static double[] Rough(float[] vector) => Numbers(vector, (upper, _) => (upper * 64) + 32 - 512);

    private static double[] Numbers(float[] vector, Func<int, int, double> number)
    {
        var width = VectorRotation.Padded(vector.Length);
        var (upper, lower) = (new byte[VectorTable.UpperSize(width)], new byte[VectorTable.LowerSize(width)]);
        var scale = VectorTable.Write(vector, upper, lower);
        return [.. Enumerable.Range(0, width)
            .Select(i => number(i < upper.Length ? upper[i] & 15 : upper[i - upper.Length] >> 4, CodeDots.LowerCode(lower, i)) * scale)];
    }

    private static double[] Asked(float[] question) => [.. new VectorQuery(question).Fixed.Select(x => x * (double)VectorQuery.FixedUnit)];

    // Passages are analysed one by one, so that a word cut by a passage's end is cut here too.
    private List<Text> PassagesOf(IndexEntry entry)
    {
        if (!_passages.TryGetValue(entry.Id, out var passages))
        {
            passages = [.. Passages.Split(entry.Content).Select(p => new Text(entry, [.. Terms.Of(entry.Speaker ?? ""), .. Terms.Of(entry.Content[p])]))];
            _passages.Add(entry.Id, passages);
        }

        return passages;
    }

    private int LengthOf(IndexEntry entry) => PassagesOf(entry).Sum(p => p.Terms.Count);

    private static (string Path, string Session) SessionOf(IndexEntry entry) => (entry.Path, entry.Session ?? "\0" + entry.Id);

    private List<IndexEntry> Session(IndexEntry entry) => [.. entries.Where(e => SessionOf(e) == SessionOf(entry)).OrderBy(e => e.Order)];

    private static Dictionary<string, double> Scaled(Dictionary<string, double> values)
    {
        var best = values.Values.DefaultIfEmpty(0).Max();
        return best == 0 ? values : values.ToDictionary(v => v.Key, v => v.Value / best);
    }
}
