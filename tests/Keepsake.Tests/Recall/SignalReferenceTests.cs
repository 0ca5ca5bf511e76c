using Keepsake.Recall;
using Keepsake.Recall.Analysis;

namespace Keepsake.Tests.Recall;

public sealed class SignalReferenceTests
{
    private static readonly string[] Words = [.. Enumerable.Range(0, 40).Select(i => $"w{i}x")];
    private static readonly string[] Paths = ["a", "a/b", "ab", "a/b/c"];

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Every_signal_agrees_with_its_definition_while_entries_come_and_go(int seed)
    {
        var random = new Random(seed);
        using var index = new RecallIndex();
        Dictionary<string, IndexEntry> held = [];
        for (var step = 0; step < 400; step++)
        {
            var id = $"id{random.Next(120)}";
            if (random.Next(3) == 0)
            {
                Assert.Equal(held.Remove(id), index.Remove(id));
            }
            else
            {
                held[id] = RandomEntry(id, step, random);
                index.Upsert(held[id]);
            }

            if (step % 20 == 19)
            {
                // What was removed counts in the statistics until its segment is merged.
                index.Compact();
                Compare(index, [.. held.Values], "", random);
                Compare(index, [.. held.Values.Where(e => e.Path == "a" || e.Path.StartsWith("a/", StringComparison.Ordinal))], "a", random);
            }
        }

        Assert.Equal(held.Count, index.Statistics.Entries);
        Assert.Equal(held.Values.Sum(e => e.Vectors.Count), index.Statistics.Vectors);
    }

    private static void Compare(RecallIndex index, List<IndexEntry> held, string scope, Random random)
    {
        var text = string.Join(' ', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Words[random.Next(Words.Length)]));
        var vector = Entries.RandomVector(random);
        var hits = index.Search(Entries.Query(text, scope) with { Vector = vector });
        if (held.Count == 0)
        {
            Assert.Empty(hits);
            return;
        }

        var reference = new SlowReference(held);
        Check("words", reference.Words(text), hits, 1e-4);
        Check("session words", reference.SessionWords(text), hits, 1e-4);


        // What is kept of a vector is not quite of unit length.
        Check("meaning", reference.Meaning(vector), hits, 1e-3);
        Check("nearby meaning", reference.NearbyMeaning(vector), hits, 1e-3);
    }

    private static void Check(string signal, Dictionary<string, double> expected, IReadOnlyList<RankedHit> hits, double tolerance)
    {
        Assert.All(hits, hit => Assert.Equal(expected[hit.Id], hit.Explanation!.Signals.GetValueOrDefault(signal), tolerance));

        // What is not returned has no evidence of any kind.
        var returned = hits.Select(hit => hit.Id).ToHashSet();
        Assert.All(expected.Where(e => !returned.Contains(e.Key)), e => Assert.True(e.Value < 1e-6));
    }

    private static IndexEntry RandomEntry(string id, int step, Random random)
    {
        var content = string.Join(' ', Enumerable.Range(0, random.Next(4) == 0 ? random.Next(60, 300) : random.Next(12)).Select(_ => Words[random.Next(Words.Length)]));
        return new()
        {
            Id = id,
            Version = step,
            Path = Paths[random.Next(Paths.Length)],
            Content = content,
            Session = random.Next(4) == 0 ? null : $"s{random.Next(3)}",
            Speaker = random.Next(2) == 0 ? null : "Ada",
            OccurredAt = Entries.Now,
            Order = random.Next(2) == 0 ? step : 10_000 - step,

            // Whatever has a vector is a candidate here, so what is averaged over candidates is averaged over all.
            Vectors = [.. Passages.Split(content).Select(_ => Entries.RandomVector(random))],
        };
    }
}
