using Keepsake.Embedding;
using Keepsake.Recall.Analysis;
using Keepsake.Serialization;

namespace Keepsake.Capture;

/// <summary>Embeds contents, one embedding for each passage.</summary>
/// <param name="embedder">The model.</param>
internal sealed class ContentEmbedder(Embedder embedder)
{
    /// <summary>Gets the model's name; <see langword="null"/>: none is configured.</summary>
    public string? Model => embedder.Model;

    /// <summary>Embeds contents, in half precision.</summary>
    /// <returns>One embedding per content, its passages' one after another, empty where the content has none; <see langword="null"/> when
    /// no model is usable.</returns>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<float>>?> EmbedAsync(IReadOnlyList<string> contents, CancellationToken cancellationToken)
    {
        List<string> passages = new(contents.Count);
        var counts = new int[contents.Count];
        for (var i = 0; i < counts.Length; i++)
        {
            var ranges = Passages.Split(contents[i]);
            counts[i] = ranges.Length;
            passages.AddRange(ranges.Length == 1 ? [contents[i]] : ranges.Select(range => contents[i][range]));
        }

        if (await embedder.EmbedDocumentsAsync(passages, cancellationToken) is not { } vectors)
        {
            return null;
        }

        foreach (var vector in vectors)
        {
            HalfPrecision.Round(vector);
        }

        var embeddings = new ReadOnlyMemory<float>[counts.Length];
        var next = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            embeddings[i] = Join(vectors, next, counts[i]);
            next += counts[i];
        }

        return embeddings;
    }

    /// <summary>Takes the embedding that a caller brings.</summary>
    /// <returns>The embedding, or empty when it must be made anew because the content has more passages than it.</returns>
    /// <exception cref="MemoryException"><see cref="MemoryErrorCode.InvalidRequest"/>: it is not one of this store's model.</exception>
    public ReadOnlyMemory<float> Brought(string embedding, string? model, string content)
    {
        if (embedder.Model is null || !string.Equals(model, embedder.Model, StringComparison.Ordinal))
        {
            throw MemoryException.Invalid(
                embedder.Model is null
                    ? "An embedding was sent, but this store has no embedding model. Leave the embedding out."
                    : $"An embedding must come with embeddingModel '{embedder.Model}', this store's own. Leave the embedding out to have it made.");
        }

        if (EmbeddingText.FromBase64(embedding) is not { } values)
        {
            throw MemoryException.Invalid("embedding is not base64 of finite little-endian float32 values.");
        }

        return Brought(values, content);
    }

    /// <inheritdoc cref="Brought(string, string?, string)"/>
    public ReadOnlyMemory<float> Brought(ReadOnlyMemory<float> values, string content)
    {
        if (values.Length == 0 || embedder.Dimensions == 0 || values.Length % embedder.Dimensions != 0)
        {
            throw MemoryException.Invalid($"embedding has {values.Length} values; {embedder.Dimensions} for each passage are needed.");
        }

        return values.Length / embedder.Dimensions == Passages.Split(content).Length ? values : default;
    }

    private ReadOnlyMemory<float> Join(IReadOnlyList<float[]?> vectors, int first, int count)
    {
        if (count == 1)
        {
            return vectors[first];
        }

        // A passage without a vector keeps its place with zeros, which match nothing.
        var joined = new float[count * embedder.Dimensions];
        var any = false;
        for (var i = 0; i < count; i++)
        {
            if (vectors[first + i] is { } vector)
            {
                vector.CopyTo(joined, i * embedder.Dimensions);
                any = true;
            }
        }

        return any ? joined : default(ReadOnlyMemory<float>);
    }
}
