namespace Keepsake.Embedding.Bert;

/// <summary>The forward pass: packs of sentences to one vector a sentence.</summary>
/// <remarks>
/// All tokens of a pack are rows of one matrix, so that sentences of different lengths share the dense layers without padding; only
/// attention is made sentence by sentence. Immutable; each thread brings its own scratch.
/// </remarks>
/// <param name="weights">The model.</param>
/// <param name="width">The width to compute with; this processor must have it.</param>
internal sealed unsafe class BertEncoder(BertWeights weights, VectorWidth width)
{
    private readonly MatrixProduct _product = new(width);

    /// <summary>The sizes.</summary>
    public BertConfig Config => weights.Config;

    /// <summary>Encodes a pack.</summary>
    /// <param name="sentences">The tokens of each, markers included; 1 to <see cref="BertConfig.MaxLength"/> each.</param>
    /// <param name="scratch">Large enough for all of them together.</param>
    /// <param name="vectors">One for each sentence, <see cref="BertConfig.Width"/> long, pooled and not yet at unit length.</param>
    public void Encode(ReadOnlySpan<int[]> sentences, BertScratch scratch, ReadOnlySpan<float[]> vectors)
    {
        var rows = 0;
        foreach (var sentence in sentences)
        {
            Look(sentence, scratch.Hidden, rows);
            rows += sentence.Length;
        }

        foreach (var layer in weights.Layers)
        {
            layer.Attention.Multiply(_product, scratch.Hidden, rows, scratch.Attention);
            var first = 0;
            foreach (var sentence in sentences)
            {
                SelfAttention.Run(_product, Config, scratch, first, sentence.Length);
                first += sentence.Length;
            }

            layer.AttentionOutput.Multiply(_product, scratch.Context, rows, scratch.Mixed);
            AddAndNormalize(scratch, rows, layer.AttentionNorm);
            layer.Inner.Multiply(_product, scratch.Hidden, rows, scratch.Inner, &RowMath.Gelu);
            layer.Output.Multiply(_product, scratch.Inner, rows, scratch.Mixed);
            AddAndNormalize(scratch, rows, layer.OutputNorm);
        }

        rows = 0;
        for (var i = 0; i < sentences.Length; i++)
        {
            Pool(scratch.Hidden, rows, sentences[i].Length, vectors[i]);
            rows += sentences[i].Length;
        }

        GC.KeepAlive(scratch);
        GC.KeepAlive(weights);
    }

    /// <summary>Looks up the tokens of a sentence: word, position and type, normalized.</summary>
    private void Look(int[] sentence, Rows hidden, int row)
    {
        for (var position = 0; position < sentence.Length; position++, row++)
        {
            Span<float> to = new(hidden[row], hidden.Stride);
            weights.Words.AsSpan(sentence[position] * Config.Width, Config.Width).CopyTo(to);
            to[Config.Width..].Clear();
            fixed (float* place = &weights.Positions[position * Config.Width])
            {
                for (var i = 0; i < Config.Width; i++)
                {
                    to[i] += place[i];
                }
            }

            RowMath.AddAndNormalize(hidden[row], null, weights.EmbeddingNorm, Config.Width);
        }
    }

    private void AddAndNormalize(BertScratch scratch, int rows, LayerNorm norm)
    {
        for (var row = 0; row < rows; row++)
        {
            RowMath.AddAndNormalize(scratch.Hidden[row], scratch.Mixed[row], norm, Config.Width);
        }
    }

    private void Pool(Rows hidden, int first, int count, float[] vector)
    {
        new ReadOnlySpan<float>(hidden[first], Config.Width).CopyTo(vector);
        for (var row = 1; row < count && Config.Pooling == BertPooling.Mean; row++)
        {
            var next = hidden[first + row];
            for (var i = 0; i < vector.Length; i++)
            {
                vector[i] += next[i];
            }
        }
    }
}
