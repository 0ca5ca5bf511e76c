namespace Keepsake.Embedding.Bert;

/// <summary>All parameters of a model, checked and laid out for the forward pass.</summary>
internal sealed class BertWeights
{
    private BertWeights(BertConfig config, float[] words, float[] positions, LayerNorm embeddingNorm, BertLayer[] layers) =>
        (Config, Words, Positions, EmbeddingNorm, Layers) = (config, words, positions, embeddingNorm, layers);

    /// <summary>The sizes.</summary>
    public BertConfig Config { get; }

    /// <summary>A row a token.</summary>
    public float[] Words { get; }

    /// <summary>A row a position, with the row of the first token type added: there is only one sentence in a text.</summary>
    public float[] Positions { get; }

    /// <summary>Normalizes what the tables give.</summary>
    public LayerNorm EmbeddingNorm { get; }

    /// <summary>The layers, first to last.</summary>
    public BertLayer[] Layers { get; }

    /// <summary>Takes the parameters out of a file.</summary>
    /// <exception cref="InvalidDataException">One is missing, has another shape than the configuration says, or holds a number that is not finite.</exception>
    public static BertWeights Read(BertConfig config, SafetensorsFile file)
    {
        var prefix = file.Find("bert.embeddings.word_embeddings.weight") is null ? "" : "bert.";
        BertTensors tensors = new(file, prefix, config);
        var width = config.Width;
        var words = tensors.Numbers("embeddings.word_embeddings.weight", config.Vocabulary, width);
        var positions = tensors.Numbers("embeddings.position_embeddings.weight", config.Positions, width);
        var types = tensors.Numbers("embeddings.token_type_embeddings.weight", config.Types, width);
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] += types[i % width];
        }

        var norm = tensors.Norm("embeddings.LayerNorm");
        var layers = new BertLayer[config.Layers];
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i] = BertLayer.Read(tensors, $"encoder.layer.{i}.");
        }

        return new(config, words, positions, norm, layers);
    }
}

/// <summary>One layer.</summary>
/// <param name="Attention">Queries, keys and values in one; the queries come out divided by the root of a head's width.</param>
/// <param name="AttentionOutput">Mixes what the heads found.</param>
/// <param name="AttentionNorm">After it is added.</param>
/// <param name="Inner">To the wide inside.</param>
/// <param name="Output">And back.</param>
/// <param name="OutputNorm">After it is added.</param>
internal sealed record BertLayer(
    PackedMatrix Attention, PackedMatrix AttentionOutput, LayerNorm AttentionNorm, PackedMatrix Inner, PackedMatrix Output, LayerNorm OutputNorm)
{
    public static BertLayer Read(BertTensors tensors, string prefix)
    {
        var (width, inner) = (tensors.Config.Width, tensors.Config.InnerWidth);
        var query = tensors.Dense(prefix + "attention.self.query", width, width);
        var scale = (float)(1 / Math.Sqrt(tensors.Config.HeadWidth));
        Scale(query.Weights, scale);
        Scale(query.Bias, scale);
        return new(
            new(width, query, tensors.Dense(prefix + "attention.self.key", width, width), tensors.Dense(prefix + "attention.self.value", width, width)),
            new(width, tensors.Dense(prefix + "attention.output.dense", width, width)),
            tensors.Norm(prefix + "attention.output.LayerNorm"),
            new(width, tensors.Dense(prefix + "intermediate.dense", inner, width)),
            new(inner, tensors.Dense(prefix + "output.dense", width, inner)),
            tensors.Norm(prefix + "output.LayerNorm"));
    }

    private static void Scale(float[] values, float factor)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= factor;
        }
    }
}

/// <summary>Reads parameters by the names that BERT's own have.</summary>
/// <param name="file">The file.</param>
/// <param name="prefix">What all names begin with.</param>
/// <param name="config">The sizes.</param>
internal sealed class BertTensors(SafetensorsFile file, string prefix, BertConfig config)
{
    public BertConfig Config => config;

    public float[] Numbers(string name, params ReadOnlySpan<int> shape) => file.Get(prefix + name).WithShape(shape).ToSingles();

    public (float[] Weights, float[] Bias) Dense(string name, int outputs, int inputs) =>
        (Numbers(name + ".weight", outputs, inputs), Numbers(name + ".bias", outputs));

    // Checkpoints from before 2019 call them gamma and beta.
    public LayerNorm Norm(string name) => file.Find($"{prefix}{name}.gamma") is null
        ? new(Numbers(name + ".weight", config.Width), Numbers(name + ".bias", config.Width), config.Epsilon)
        : new(Numbers(name + ".gamma", config.Width), Numbers(name + ".beta", config.Width), config.Epsilon);
}
