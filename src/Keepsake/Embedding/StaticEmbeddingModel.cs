namespace Keepsake.Embedding;

/// <summary>A model that knows one vector a token: a text's embedding is the sum of its tokens' vectors, at unit length.</summary>
/// <remarks>
/// Immutable, so safe for concurrent use. Embedding allocates nothing and takes time in proportion to the text.
/// </remarks>
public sealed class StaticEmbeddingModel : ILocalModel
{
    internal const string WeightsFile = "model.safetensors";
    internal const string VocabularyFile = "vocab.txt";

    // 256 tokens are about 200 words: most memories are read in one go.
    private const int TokensAtOnce = 256;

    private readonly WordPieceTokenizer _tokenizer;
    private readonly Int8Rows _rows;

    private StaticEmbeddingModel(ModelManifest manifest, WordPieceTokenizer tokenizer, Int8Rows rows)
    {
        (Name, Dimensions, Language) = (manifest.Name, manifest.Dimensions, manifest.Language);
        (_tokenizer, _rows) = (tokenizer, rows);
    }

    /// <summary>The model's name, as records carry it.</summary>
    public string Name { get; }

    /// <summary>How many numbers an embedding has.</summary>
    public int Dimensions { get; }

    /// <summary>The language it is made for, as an IETF tag such as <c>en</c>. Other languages have embeddings that say little.</summary>
    public string Language { get; }

    /// <summary>The tokenizer of its vocabulary.</summary>
    internal WordPieceTokenizer Tokenizer => _tokenizer;

    /// <summary>Loads a model, and checks each byte of it.</summary>
    /// <param name="folder">A folder with <c>model.json</c>, <c>model.safetensors</c> and <c>vocab.txt</c>.</param>
    /// <exception cref="InvalidDataException">A file is damaged or does not belong to the others. The message names no path.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static StaticEmbeddingModel Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);

        return Load(folder, ModelManifest.Read(folder));
    }

    internal static StaticEmbeddingModel Load(string folder, ModelManifest manifest)
    {
        if (manifest.Kind != ModelKind.Static)
        {
            throw new InvalidDataException("The model's manifest names another kind than static.");
        }

        var vocabulary = ModelFile.Read(folder, VocabularyFile);
        manifest.Verify(VocabularyFile, vocabulary);
        var weights = ModelFile.Read(folder, WeightsFile);
        manifest.Verify(WeightsFile, weights);

        WordPieceTokenizer tokenizer = new(WordPieceVocabulary.Parse(vocabulary));
        var tensors = SafetensorsFile.Parse(weights);
        var tokens = tokenizer.Vocabulary.Count;
        var rows = tensors.Get("embedding.weight").WithShape(tokens, manifest.Dimensions).Int8();
        var scales = tensors.Get("embedding.scale").WithShape(tokens).ToSingles();
        return new(manifest, tokenizer, new Int8Rows(rows, scales));
    }

    /// <summary>Embeds a text.</summary>
    /// <param name="text">Any text; nothing in it is an error.</param>
    /// <param name="destination">Where the embedding goes: exactly <see cref="Dimensions"/> numbers, at unit length. All zeros when there is none.</param>
    /// <returns>Whether the text has an embedding. One without a known token has none.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public bool TryEmbed(ReadOnlySpan<char> text, Span<float> destination)
    {
        if (destination.Length != Dimensions)
        {
            throw new ArgumentException($"The destination has {destination.Length} numbers; the model's embeddings have {Dimensions}.", nameof(destination));
        }

        destination.Clear();
        Span<int> ids = stackalloc int[TokensAtOnce];
        var reader = _tokenizer.Read(text);
        while (reader.Read(ids) is var count and > 0)
        {
            _rows.AddTo(destination, Known(ids[..count]));
        }

        // Rows may cancel out, or there were none: no direction, no embedding.
        return UnitLength.TryScale(destination);
    }

    bool ILocalModel.TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination) => TryEmbed(text, destination);

    // Both roles alike: the words of a question and of a text have the same vectors. It takes microseconds, so no other thread is asked.
    ValueTask<IReadOnlyList<float[]?>> ILocalModel.EmbedAsync(IReadOnlyList<string> texts, EmbeddingRole role, CancellationToken cancellationToken)
    {
        var vectors = new float[]?[texts.Count];
        for (var i = 0; i < vectors.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var vector = new float[Dimensions];
            vectors[i] = TryEmbed(texts[i], vector) ? vector : null;
        }

        return new(vectors);
    }

    /// <summary>Moves the known tokens to the front.</summary>
    private Span<int> Known(Span<int> ids)
    {
        var known = 0;
        foreach (var id in ids)
        {
            ids[known] = id;
            known += id == _tokenizer.UnknownId ? 0 : 1;
        }

        return ids[..known];
    }
}
