using System.Diagnostics;
using System.Text;
using Keepsake.Recall;

namespace Keepsake.Bench;

/// <summary>How long does a search take, without embedding the question? Budget: p50 of 2 ms at 10,000 records in one namespace.</summary>
internal static class RecallSpeedBench
{
    private const int Seed = 20260101;
    private const int Dimensions = 256;
    private const int Vocabulary = 50_000;
    private const int Questions = 500;
    private const int WarmUp = 20_000;

    public static int Run(string[] args)
    {
        var records = Arguments.Number(args, "--records", 10_000);
        var namespaces = Arguments.Number(args, "--namespaces", 1);
        var random = new Random(Seed);
        var words = Words(random);
        List<IndexEntry> entries = [.. Enumerable.Range(0, records).Select(i => Entry(i, i % namespaces, words, random))];

        // A first index compiles the code, so that the second is what a running store sees.
        using (var warm = new RecallIndex())
        {
            entries.Take(WarmUp).ToList().ForEach(warm.Upsert);
        }

        using var index = new RecallIndex();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = ProcessorTime();
        entries.ForEach(index.Upsert);
        var elapsed = ProcessorTime() - started;
        entries.ForEach(entry => ((List<float[]>)entry.Vectors).Clear());
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before + ((long)records * ((Dimensions * 4) + 24));
        Console.WriteLine($"{records} records in {namespaces} namespaces: {elapsed.TotalMicroseconds / records:F1} µs of processor time to add one, about {bytes / records} bytes each");

        Report("with vector", index, words, withVector: true, namespaces);
        Report("words only", index, words, withVector: false, namespaces);
        return 0;
    }

    private static void Report(string name, RecallIndex index, string[] words, bool withVector, int namespaces)
    {
        var random = new Random(Seed + 1);
        List<double> milliseconds = [];
        var processor = TimeSpan.Zero;
        for (var i = -Questions / 5; i < Questions; i++)
        {
            var query = new RecallQuery
            {
                Text = string.Join(' ', Enumerable.Range(0, random.Next(5, 12)).Select(_ => Word(words, random))),
                Vector = withVector ? Vector(random) : null,
                Scope = $"bench/{random.Next(namespaces)}",
                Now = DateTimeOffset.UnixEpoch,
            };
            if (i == 0)
            {
                processor = ProcessorTime();
            }

            var started = Stopwatch.GetTimestamp();
            index.Search(query);
            if (i >= 0)
            {
                milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        milliseconds.Sort();
        Console.WriteLine($"{name,-12} p50 {milliseconds[Questions / 2]:F2} ms  p95 {milliseconds[Questions * 95 / 100]:F2} ms  p99 {milliseconds[Questions * 99 / 100]:F2} ms  processor time {(ProcessorTime() - processor).TotalMilliseconds / Questions:F2} ms");
    }

    private static IndexEntry Entry(int number, int ns, string[] words, Random random) => new()
    {
        Id = $"mem-{number:D36}",
        Version = 1,
        Path = $"bench/{ns}",
        Content = string.Join(' ', Enumerable.Range(0, random.Next(20, 61)).Select(_ => Word(words, random))),
        Session = $"session-{number / 20}",
        Speaker = number % 2 == 0 ? "Ada" : "Grace",
        OccurredAt = DateTimeOffset.UnixEpoch.AddDays(number / 100),
        Order = number,
        Vectors = new List<float[]> { Vector(random) },
    };

    // Rank by the inverse of a uniform number is Zipf's law with exponent 1.
    private static string Word(string[] words, Random random) => words[(int)Math.Exp(random.NextDouble() * Math.Log(Vocabulary))];

    private static string[] Words(Random random) => [.. Enumerable.Range(0, Vocabulary + 1).Select(_ =>
    {
        var word = new StringBuilder();
        for (var syllables = random.Next(1, 5); syllables > 0; syllables--)
        {
            word.Append("bcdfghklmnprstvw"[random.Next(16)]).Append("aeiou"[random.Next(5)]).Append("nrstlmd"[random.Next(7)]);
        }

        return word.ToString();
    })];

    private static float[] Vector(Random random)
    {
        var vector = new float[Dimensions];
        for (var i = 0; i < Dimensions; i++)
        {
            vector[i] = random.NextSingle() - 0.5f;
        }

        var length = MathF.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(vector));
        System.Numerics.Tensors.TensorPrimitives.Divide(vector, length, vector);
        return vector;
    }

    // On a machine with other work, what a search cost rather than how long it was kept waiting.
    private static TimeSpan ProcessorTime() => Process.GetCurrentProcess().TotalProcessorTime;
}
