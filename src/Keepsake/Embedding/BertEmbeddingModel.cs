using System.Collections.Concurrent;
using Keepsake.Embedding.Bert;

namespace Keepsake.Embedding;

/// <summary>A model of the BERT family, such as all-MiniLM-L6-v2, bge-small-en-v1.5 or e5-small-v2, computed on this machine's processor.</summary>
/// <remarks>
/// Immutable, so safe for concurrent use. Takes milliseconds a sentence. Texts that are longer than the model reads at once are read
/// in overlapping windows, at most 64 of them.
/// </remarks>
public sealed class BertEmbeddingModel : ILocalModel
{
    // About what keeps every stage of a pass in a core's own cache; enough rows to use each weight many times.
    private const int TokensOfPack = 224;

    // Models round their weights up to a multiple of 64 or 128 entries; a vocabulary that lacks more is not the whole of it.
    private const int MaxPadding = 127;

    private readonly BertEncoder _encoder;
    private readonly BertText _text;
    private readonly ConcurrentBag<BertScratch> _scratches = [];

    private BertEmbeddingModel(string name, WordPieceTokenizer tokenizer, BertWeights weights, VectorWidth width)
    {
        Name = name;
        Tokenizer = tokenizer;
        _text = new(tokenizer, weights.Config);
        _encoder = new(weights, width);
    }

    /// <summary>The model's name, as records carry it.</summary>
    public string Name { get; }

    /// <summary>How many numbers an embedding has.</summary>
    public int Dimensions => _encoder.Config.Width;

    /// <summary>How many tokens are read at once, the two markers included. Longer texts are read in windows.</summary>
    public int MaxLength => _encoder.Config.MaxLength;

    /// <summary>The tokenizer of its vocabulary.</summary>
    internal WordPieceTokenizer Tokenizer { get; }

    /// <summary>What its files say.</summary>
    internal BertConfig Config => _encoder.Config;

    /// <summary>Loads a model.</summary>
    /// <param name="folder">
    /// A folder as the model hubs lay it out: <c>config.json</c>, <c>model.safetensors</c> (float32, float16 or bfloat16), <c>vocab.txt</c>, and where present
    /// <c>1_Pooling/config.json</c>, <c>config_sentence_transformers.json</c>, <c>sentence_bert_config.json</c>, <c>tokenizer_config.json</c>, <c>modules.json</c>.
    /// </param>
    /// <param name="name">What records call the model. <see langword="null"/>: the folder's own name.</param>
    /// <exception cref="InvalidDataException">It is not a model of the BERT family, or a file is damaged. The message says why and names no path.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static BertEmbeddingModel Load(string folder, string? name = null) => Load(folder, name, VectorWidths.Best);

    internal static BertEmbeddingModel Load(string folder, string? name, VectorWidth width)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Load(folder, name, width, manifest: null);
    }

    internal static BertEmbeddingModel Load(string folder, string? name, VectorWidth width, ModelManifest? manifest)
    {
        var config = BertFolder.Read(folder);
        WordPieceTokenizer tokenizer = new(WordPieceVocabulary.Parse(Read(folder, StaticEmbeddingModel.VocabularyFile, manifest)), config.IsCased);
        if (tokenizer.Vocabulary.Count > config.Vocabulary)
        {
            throw new InvalidDataException(
                $"{StaticEmbeddingModel.VocabularyFile} has {tokenizer.Vocabulary.Count} entries, but {BertFolder.ConfigFile} says vocab_size {config.Vocabulary}: they belong to different models.");
        }

        if (config.Vocabulary - tokenizer.Vocabulary.Count > MaxPadding)
        {
            throw new InvalidDataException(
                $"{StaticEmbeddingModel.VocabularyFile} has {tokenizer.Vocabulary.Count} entries, but {BertFolder.ConfigFile} says vocab_size {config.Vocabulary}: it is cut short, or of another model.");
        }

        var weights = BertWeights.Read(config, SafetensorsFile.Parse(Read(folder, StaticEmbeddingModel.WeightsFile, manifest)));
        return new(name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), tokenizer, weights, width);
    }

    /// <summary>Embeds texts on the caller's thread.</summary>
    /// <param name="texts">Any texts; nothing in them is an error.</param>
    /// <param name="role">Whether they ask or are stored: the model may want other words before either.</param>
    /// <param name="cancellationToken">Stops between two packs of some sentences each.</param>
    /// <returns>One vector a text, in their order, at unit length; <see langword="null"/> for a text without a word or a mark.</returns>
    public IReadOnlyList<float[]?> Embed(IReadOnlyList<string> texts, EmbeddingRole role, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        BertPacks packs = new(texts, _text, role, TokensOfPack);
        Work(packs, cancellationToken);
        return packs.Join(Dimensions);
    }

    /// <summary>Embeds texts on as many threads as there are processors and packs of work.</summary>
    /// <inheritdoc cref="Embed"/>
    public async ValueTask<IReadOnlyList<float[]?>> EmbedAsync(
        IReadOnlyList<string> texts, EmbeddingRole role, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        BertPacks packs = new(texts, _text, role, TokensOfPack);

        // Threads of their own: a long batch on the pool's would keep searches waiting for one.
        var workers = Math.Min(Environment.ProcessorCount, packs.Count);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Factory.StartNew(
            () => Work(packs, cancellationToken), cancellationToken, workers == 1 ? TaskCreationOptions.None : TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return packs.Join(Dimensions);
    }

    bool ILocalModel.TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination) => false;

    /// <summary>Embeds tokens as they are, markers included; at most <see cref="MaxLength"/>.</summary>
    internal float[] EmbedTokens(int[] tokens)
    {
        var vector = new float[Dimensions];
        Encode([tokens], [vector]);
        UnitLength.TryScale(vector);
        return vector;
    }

    private static byte[] Read(string folder, string file, ModelManifest? manifest)
    {
        var content = ModelFile.Read(folder, file);
        manifest?.Verify(file, content);
        return content;
    }

    private void Work(BertPacks packs, CancellationToken cancellationToken)
    {
        while (packs.Next() is { } pack)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var window in pack)
            {
                window.Vector = new float[Dimensions];
            }

            Encode([.. pack.Select(w => w.Tokens)], [.. pack.Select(w => w.Vector!)]);
        }
    }

    private void Encode(int[][] sentences, float[][] vectors)
    {
        if (!_scratches.TryTake(out var scratch))
        {
            scratch = new(_encoder.Config, Math.Max(TokensOfPack, MaxLength));
        }

        _encoder.Encode(sentences, scratch, vectors);

        // More than work at once are not worth their memory.
        if (_scratches.Count < Environment.ProcessorCount)
        {
            _scratches.Add(scratch);
        }
    }
}
