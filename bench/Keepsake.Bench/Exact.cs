using System.Numerics.Tensors;
using Keepsake.Embedding;

namespace Keepsake.Bench;

/// <summary>A question and the ids of the ten records that the vector leg found nearest.</summary>
internal sealed record Asked(float[] Embedding, HashSet<string> Found);

/// <summary>The truth to hold the vector leg against: every record of the corpus, embedded again and compared in full.</summary>
internal static class Exact
{
    public const int MaxQuestions = 200;

    /// <summary>The share of the ten nearest records that were found, of all or of those with <see cref="Corpus.OneInHundred"/>.</summary>
    public static double Recall(Corpus corpus, int records, int namespaces, StaticEmbeddingModel model, List<Asked> asked, bool isFiltered = false)
    {
        var best = asked.Select(_ => new PriorityQueue<string, float>()).ToArray();
        var embedding = new float[model.Dimensions];
        for (var i = 0; i < records; i++)
        {
            var record = corpus.Record(i, namespaces);
            if ((isFiltered && record.Metadata is null) || !model.TryEmbed(record.Content, embedding))
            {
                continue;
            }

            for (var q = 0; q < asked.Count; q++)
            {
                best[q].Enqueue(record.Id, TensorPrimitives.Dot<float>(asked[q].Embedding, embedding));
                if (best[q].Count > 10)
                {
                    best[q].Dequeue();
                }
            }
        }

        return asked.Zip(best, (a, b) => b.UnorderedItems.Count(item => a.Found.Contains(item.Element)) / (double)Math.Max(1, b.Count)).Average();
    }
}
