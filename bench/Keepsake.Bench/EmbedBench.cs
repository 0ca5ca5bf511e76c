using System.Diagnostics;
using System.Text.Json;
using Keepsake.Embedding;

namespace Keepsake.Bench;

/// <summary>How many sentences of 26 tokens does one core embed in a second, and how long does the model take to load?</summary>
/// <remarks>Budget: 100,000 sentences a second, tokenizer included; 50 ms to load. Figures belong in bench/RESULTS.md.</remarks>
internal static class EmbedBench
{
    private const int Seed = 20260101;
    private const int Sentences = 4_000;
    private const int TokensPerSentence = 26;
    private const int Rounds = 25;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        var json = arguments.Contains("--json");
        if (Arguments.Text([.. arguments], "--model") is { } folder)
        {
            return Directory.Exists(folder) ? BertBench.Run(folder, json) : throw new DirectoryNotFoundException($"there is no folder '{folder}'.");
        }

        // The first load compiles code as well; a process sees it once. The others tell what the work itself costs.
        var firstLoad = TimeOf(() => StaticEmbeddingModel.Load(BuiltInModel.Folder));
        var load = Enumerable.Range(0, Rounds).Min(_ => TimeOf(() => StaticEmbeddingModel.Load(BuiltInModel.Folder)));

        var model = StaticEmbeddingModel.Load(BuiltInModel.Folder);
        var sentences = MakeSentences(model, rare: false);
        var perSecond = Rate(sentences, s => Embed(model, s));
        var rarePerSecond = Rate(MakeSentences(model, rare: true), s => Embed(model, s));
        var tokenized = Rate(sentences, s => Tokenize(model, s));

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                benchmark = "embed",
                model = model.Name,
                tokensPerSentence = TokensPerSentence,
                sentencesPerSecond = Math.Round(perSecond),
                rareWordSentencesPerSecond = Math.Round(rarePerSecond),
                tokenizerSentencesPerSecond = Math.Round(tokenized),
                loadMilliseconds = Math.Round(load.TotalMilliseconds, 2),
                firstLoadMilliseconds = Math.Round(firstLoad.TotalMilliseconds, 2),
            }));
        }
        else
        {
            Console.WriteLine($"{model.Name}, {TokensPerSentence} tokens a sentence, one thread");
            Console.WriteLine($"  embed       {perSecond,12:N0} sentences/s");
            Console.WriteLine($"  rare words  {rarePerSecond,12:N0} sentences/s");
            Console.WriteLine($"  tokenize    {tokenized,12:N0} sentences/s");
            Console.WriteLine($"  load        {load.TotalMilliseconds,12:N1} ms");
            Console.WriteLine($"  first load  {firstLoad.TotalMilliseconds,12:N1} ms");
        }

        return 0;
    }

    // Words by Zipf's law, as in text: the vocabulary is roughly in the order of frequency, so the logarithm of a rank is uniform.
    // With rare words only, each row comes from memory: the worst that a text can do.
    private static string[] MakeSentences(StaticEmbeddingModel model, bool rare)
    {
        Random random = new(Seed);
        string[] words =
        [
            .. File.ReadLines(Path.Combine(BuiltInModel.Folder, "vocab.txt"))
                .Where(w => w.Length > 1 && w.All(char.IsAsciiLetter) && model.Tokenizer.Encode(w).Count == 1),
        ];
        return
        [
            .. Enumerable.Range(0, Sentences).Select(_ => string.Join(' ', Enumerable.Range(0, TokensPerSentence - 1)
                .Select(_ => words[rare ? random.Next(words.Length) : (int)Math.Pow(words.Length, random.NextDouble()) - 1])) + "."),
        ];
    }

    private static void Embed(StaticEmbeddingModel model, string[] sentences)
    {
        var vector = new float[model.Dimensions];
        foreach (var sentence in sentences)
        {
            model.TryEmbed(sentence, vector);
        }
    }

    private static void Tokenize(StaticEmbeddingModel model, string[] sentences)
    {
        Span<int> ids = stackalloc int[256];
        foreach (var sentence in sentences)
        {
            model.Tokenizer.Read(sentence).Read(ids);
        }
    }

    // The best of several rounds: on a shared machine the others measure the neighbours.
    private static double Rate(string[] sentences, Action<string[]> work) =>
        sentences.Length / Enumerable.Range(0, Rounds).Min(_ => TimeOf(() => work(sentences))).TotalSeconds;

    private static TimeSpan TimeOf(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }
}
