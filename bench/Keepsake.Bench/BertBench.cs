using System.Diagnostics;
using System.Text.Json;
using Keepsake.Embedding;
using Keepsake.Embedding.Bert;

namespace Keepsake.Bench;

/// <summary>How many sentences of 26 tokens does one core embed in a second with a BERT model, one by one and in batches of 32?</summary>
/// <remarks>
/// Budget for all-MiniLM-L6-v2: 112 and 168 with AVX-512, 67 and 100 with AVX2. One thread, kept on one processor. Figures belong in
/// bench/RESULTS.md.
/// </remarks>
internal static class BertBench
{
    private const int Seed = 20260101;
    private const int Batch = 32;
    private const int TokensPerSentence = 26;
    private const int Many = 8;
    private const int Rounds = 15;

    public static int Run(string folder, bool json)
    {
        var load = Time(() => BertEmbeddingModel.Load(folder));
        var together = Together(BertEmbeddingModel.Load(folder));
        StayOnOneProcessor();
        List<Result> results = [];
        foreach (var width in VectorWidths.All())
        {
            var model = BertEmbeddingModel.Load(folder, name: null, width);
            var sentences = MakeSentences(model);
            results.Add(new(
                (int)width,
                Rates(() => sentences.ForEach(s => model.Embed([s], EmbeddingRole.Document))),
                Rates(() => model.Embed(sentences, EmbeddingRole.Document))));
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(
                new { benchmark = "embed", model = Path.GetFileName(folder), tokensPerSentence = TokensPerSentence, batch = Batch, loadMilliseconds = load.TotalMilliseconds, results, allProcessors = together },
                JsonSerializerOptions.Web));
            return 0;
        }

        Console.WriteLine($"{Path.GetFileName(folder)}, {TokensPerSentence} tokens a sentence, one thread on one processor, best (and median) of {Rounds} rounds; loaded in {load.TotalMilliseconds:N0} ms");
        foreach (var (bits, single, batch) in results)
        {
            Console.WriteLine($"  {bits} bits  one by one {single.Best,6:N0} ({single.Median:N0}) sentences/s   batches of {Batch} {batch.Best,6:N0} ({batch.Median:N0})");
        }

        Console.WriteLine($"  on all {Environment.ProcessorCount} processors, {Many * Batch} at once {together.Best,6:N0} ({together.Median:N0})");
        return 0;
    }

    private static Rate Together(BertEmbeddingModel model)
    {
        List<string> many = [.. Enumerable.Repeat(MakeSentences(model), Many).SelectMany(sentences => sentences)];
        var rate = Rates(() => model.EmbedAsync(many, EmbeddingRole.Document).AsTask().GetAwaiter().GetResult());
        return new(rate.Best * Many, rate.Median * Many);
    }

    // Words of one token by Zipf's law; with a full stop and the two markers a sentence has 26 tokens.
    private static List<string> MakeSentences(BertEmbeddingModel model)
    {
        Random random = new(Seed);
        string[] words =
        [
            .. Enumerable.Range(0, 26 * 26 * 26).Select(i => $"{(char)('a' + (i / 676))}{(char)('a' + (i / 26 % 26))}{(char)('a' + (i % 26))}")
                .Where(w => model.Tokenizer.Encode(w) is [var id] && id != model.Tokenizer.UnknownId),
        ];
        return
        [
            .. Enumerable.Range(0, Batch).Select(_ => string.Join(' ', Enumerable.Range(0, TokensPerSentence - 3)
                .Select(_ => words[(int)Math.Pow(words.Length, random.NextDouble()) - 1])) + "."),
        ];
    }

    private static void StayOnOneProcessor()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = 1;
        }
    }

    // The first round compiles; on a shared machine the slow ones measure the neighbours.
    private static Rate Rates(Action work)
    {
        work();
        List<double> rates = [.. Enumerable.Range(0, Rounds).Select(_ => Batch / Time(work).TotalSeconds).Order()];
        return new(rates[^1], rates[Rounds / 2]);
    }

    private static TimeSpan Time(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }

    private sealed record Rate(double Best, double Median);

    private sealed record Result(int Bits, Rate OneByOne, Rate Batches);
}
