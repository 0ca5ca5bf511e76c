using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Keepsake.Embedding;

/// <summary>A model that knows one vector a token: a text's embedding is the sum of its tokens' vectors, at unit length.</summary>
/// <remarks>
/// Immutable, so safe for concurrent use. Embedding allocates nothing and takes time in proportion to the text.
/// </remarks>
public sealed class StaticEmbeddingModel
{
    private const string WeightsFile = "model.safetensors";
    private const string VocabularyFile = "vocab.txt";

    // 256 tokens are about 200 words: most memories are read in one go.
    private const int TokensAtOnce = 256;

    private readonly WordPieceTokenizer _tokenizer;
    private readonly ReadOnlyMemory<byte> _rows;
    private readonly float[] _scales;

    private StaticEmbeddingModel(ModelManifest manifest, WordPieceTokenizer tokenizer, ReadOnlyMemory<byte> rows, float[] scales)
    {
        (Name, Dimensions, Language) = (manifest.Name, manifest.Dimensions, manifest.Language);
        (_tokenizer, _rows, _scales) = (tokenizer, rows, scales);
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

        var manifest = ModelManifest.Parse(ReadFile(folder, ModelManifest.FileName));
        var vocabulary = ReadFile(folder, VocabularyFile);
        manifest.Verify(VocabularyFile, vocabulary);
        var weights = ReadFile(folder, WeightsFile);
        manifest.Verify(WeightsFile, weights);

        WordPieceTokenizer tokenizer = new(WordPieceVocabulary.Parse(vocabulary));
        var tensors = SafetensorsFile.Parse(weights);
        var tokens = tokenizer.Vocabulary.Count;
        return new(
            manifest,
            tokenizer,
            tensors.Get("embedding.weight").WithShape(tokens, manifest.Dimensions).Int8(),
            tensors.Get("embedding.scale").WithShape(tokens).ToSingles());
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
            Add(ids[..count], destination);
        }

        // Rows may cancel out, or there were none: no direction, no embedding.
        var length = TensorPrimitives.Norm<float>(destination);
        if (length <= 0)
        {
            return false;
        }

        TensorPrimitives.Divide(destination, length, destination);
        return true;
    }

    private void Add(ReadOnlySpan<int> ids, Span<float> sum)
    {
        var rows = MemoryMarshal.Cast<byte, sbyte>(_rows.Span);
        foreach (var id in ids)
        {
            if (id != _tokenizer.UnknownId)
            {
                Int8Rows.AddScaled(rows.Slice(id * Dimensions, Dimensions), _scales[id], sum);
            }
        }
    }

    // Read whole, not mapped: a mapped file that is cut short later would take the process down.
    private static byte[] ReadFile(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        using var handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(handle);
        if (length > Array.MaxLength)
        {
            throw new InvalidDataException($"{name} has {length} bytes; the most is {Array.MaxLength}.");
        }

        var content = GC.AllocateUninitializedArray<byte>((int)length);
        var read = 0;
        while (read < content.Length)
        {
            var more = RandomAccess.Read(handle, content.AsSpan(read), read);
            if (more == 0)
            {
                throw new InvalidDataException($"{name} was cut short while it was read.");
            }

            read += more;
        }

        return content;
    }
}
