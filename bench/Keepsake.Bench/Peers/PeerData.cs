using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Keepsake.Embedding;
using Keepsake.Recall.Analysis;

namespace Keepsake.Bench.Peers;

/// <summary>The same records and questions for every system: made-up texts, embedded by the built-in model, and the exact nearest of each question.</summary>
internal sealed class PeerData
{
    /// <summary>One record in so many is in the part that a filter leaves.</summary>
    public const int Part = 100;

    private const int Seed = 20260101;
    private const int Nearest = 10;
    private const int RecordWords = 24;
    private const double Tie = 1e-5;

    // English is half small words; a search that keeps them reads long lists for nothing.
    private static readonly string[] SmallWords = ["the", "of", "and", "to", "in", "a", "is", "that", "for", "it", "was", "with", "on", "as", "are", "this", "we", "when", "what", "about"];

    private PeerData(string[] texts, float[][] vectors, string[] questions, float[][] asked)
    {
        (Texts, Vectors, Questions, Asked) = (texts, vectors, questions, asked);
        Tenth = new float[asked.Length];
        TenthOfPart = new float[asked.Length];
        Parallel.For(0, asked.Length, q => (Tenth[q], TenthOfPart[q]) = TenthBest(asked[q]));
    }

    public string[] Texts { get; }

    public float[][] Vectors { get; }

    public string[] Questions { get; }

    public float[][] Asked { get; }

    /// <summary>The cosine of the tenth nearest of each question.</summary>
    public float[] Tenth { get; }

    /// <summary>The same among the records of the part.</summary>
    public float[] TenthOfPart { get; }

    public int Dimensions => Vectors[0].Length;

    /// <summary>Makes the data. What a record and a question look like is decided here and nowhere else in this bench.</summary>
    public static PeerData Make(int records, int questions)
    {
        var corpus = new Corpus(Seed);
        var random = new Random(Seed);
        var model = StaticEmbeddingModel.Load(BuiltInModel.Folder);
        var texts = new string[records];
        var vectors = new float[records][];
        for (var i = 0; i < records; i++)
        {
            texts[i] = FirstPassage(WithSmallWords(corpus.Sentence(RecordWords), random));
            vectors[i] = Embed(model, texts[i]);
        }

        string[] asked = [.. Enumerable.Range(0, questions).Select(_ => corpus.Question())];
        return new(texts, vectors, asked, [.. asked.Select(question => Embed(model, question))]);
    }

    /// <summary>The part of the exact ten nearest that was found, over all questions. What is as near as the tenth counts.</summary>
    public double Recall(IReadOnlyList<int>[] found, float[] tenth)
    {
        var right = 0;
        for (var q = 0; q < found.Length; q++)
        {
            right += found[q].Take(Nearest).Count(id => TensorPrimitives.Dot(Vectors[id], Asked[q]) >= tenth[q] - Tie);
        }

        return (double)right / (Nearest * found.Length);
    }

    /// <summary>Writes the vectors where other programs find them.</summary>
    public void Write(string folder)
    {
        WriteFloats(Path.Combine(folder, "vectors.f32"), Vectors);
        WriteFloats(Path.Combine(folder, "questions.f32"), Asked);
        WriteFloats(Path.Combine(folder, "tenth.f32"), [Tenth]);
        WriteFloats(Path.Combine(folder, "tenth-of-part.f32"), [TenthOfPart]);
        File.WriteAllText(
            Path.Combine(folder, "data.json"),
            JsonSerializer.Serialize(new { records = Vectors.Length, questions = Asked.Length, dimensions = Dimensions, part = Part }));
    }

    private (float Tenth, float TenthOfPart) TenthBest(float[] asked)
    {
        var cosines = Array.ConvertAll(Vectors, vector => TensorPrimitives.Dot<float>(vector, asked));
        var ofPart = cosines.Where((_, i) => i % Part == 0).OrderDescending().ToArray();
        return (cosines.OrderDescending().ElementAt(Math.Min(Nearest, cosines.Length) - 1), ofPart[Math.Min(Nearest, ofPart.Length) - 1]);
    }

    private static string WithSmallWords(string sentence, Random random) =>
        string.Join(' ', sentence.Split(' ').SelectMany(word => random.Next(3) > 0 ? (string[])[SmallWords[random.Next(SmallWords.Length)], word] : [word]));

    // One vector a record is what the peers are given.
    private static string FirstPassage(string text) => text[Passages.Split(text)[0]];

    private static float[] Embed(StaticEmbeddingModel model, string text)
    {
        var vector = new float[model.Dimensions];
        return model.TryEmbed(text, vector) ? vector : throw new InvalidOperationException("A made-up text has no embedding.");
    }

    private static void WriteFloats(string path, float[][] rows)
    {
        using var file = File.Create(path);
        foreach (var row in rows)
        {
            file.Write(MemoryMarshal.AsBytes<float>(row));
        }
    }
}
