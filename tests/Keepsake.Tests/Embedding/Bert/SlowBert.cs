using Keepsake.Embedding;
using Keepsake.Embedding.Bert;

namespace Keepsake.Tests.Embedding.Bert;

/// <summary>The forward pass as the papers write it, in doubles and plain loops: slow, and easy to believe.</summary>
internal sealed class SlowBert(BertConfig config, SafetensorsFile file)
{
    public double[] Embed(int[] tokens)
    {
        var hidden = tokens.Select((token, position) => Normalize(
            Sum(Sum(Row("embeddings.word_embeddings.weight", token), Row("embeddings.position_embeddings.weight", position)),
                Row("embeddings.token_type_embeddings.weight", 0)),
            "embeddings.LayerNorm")).ToArray();
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"encoder.layer.{layer}.";
            var context = Attend(
                Dense(hidden, name + "attention.self.query"), Dense(hidden, name + "attention.self.key"), Dense(hidden, name + "attention.self.value"));
            hidden = AddAndNormalize(hidden, Dense(context, name + "attention.output.dense"), name + "attention.output.LayerNorm");
            var inner = Dense(hidden, name + "intermediate.dense");
            foreach (var row in inner)
            {
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = row[i] / 2 * (1 + Erf(row[i] / Math.Sqrt(2)));
                }
            }

            hidden = AddAndNormalize(hidden, Dense(inner, name + "output.dense"), name + "output.LayerNorm");
        }

        var pooled = config.Pooling == BertPooling.First ? hidden[0] : hidden.Aggregate(Sum);
        var length = Math.Sqrt(pooled.Sum(v => v * v));
        return [.. pooled.Select(v => v / length)];
    }

    private double[][] Attend(double[][] queries, double[][] keys, double[][] values) =>
    [
        .. queries.Select(query => Enumerable.Range(0, config.Heads).SelectMany(head =>
        {
            var (from, to) = (head * config.HeadWidth, (head + 1) * config.HeadWidth);
            var powers = keys.Select(key => Math.Exp(Enumerable.Range(from, to - from).Sum(i => query[i] * key[i]) / Math.Sqrt(config.HeadWidth))).ToArray();
            var sum = powers.Sum();
            return Enumerable.Range(from, to - from).Select(i => powers.Select((p, t) => p / sum * values[t][i]).Sum());
        }).ToArray()),
    ];

    private double[][] Dense(double[][] rows, string name)
    {
        var bias = Numbers(name + ".bias");
        var weights = Numbers(name + ".weight");
        return [.. rows.Select(row => bias.Select((b, o) => b + row.Select((v, i) => v * weights[(o * row.Length) + i]).Sum()).ToArray())];
    }

    private double[][] AddAndNormalize(double[][] rows, double[][] added, string norm) =>
        [.. rows.Zip(added, (row, more) => Normalize(Sum(row, more), norm))];

    private double[] Normalize(double[] row, string name)
    {
        var mean = row.Average();
        var deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + config.Epsilon);
        var (weight, bias) = (Numbers(name + ".weight"), Numbers(name + ".bias"));
        return [.. row.Select((v, i) => ((v - mean) / deviation * weight[i]) + bias[i])];
    }

    private double[] Row(string name, int row) => Numbers(name)[(row * config.Width)..((row + 1) * config.Width)];

    private double[] Numbers(string name) => Array.ConvertAll(file.Get(name).ToSingles(), v => (double)v);

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    // Its Taylor series: exact enough for every x that matters, and nothing like what it checks.
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 5)
        {
            return Math.Sign(x);
        }

        var (sum, term) = (x, x);
        for (var n = 1; n < 200; n++)
        {
            term *= -x * x / n;
            sum += term / ((2 * n) + 1);
        }

        return sum * 2 / Math.Sqrt(Math.PI);
    }
}
