namespace Keepsake.Embedding;

/// <summary>One way to get embeddings. None of its members throws because a model is unavailable.</summary>
internal interface IEmbeddingSource : IDisposable
{
    /// <summary>Name of the model, as records carry it. <see langword="null"/>: not known, or there is none.</summary>
    string? Model { get; }

    /// <summary>Numbers in an embedding. Zero: not known yet, or there is none.</summary>
    int Dimensions { get; }

    /// <summary>Whether it works. Asking also looks for a model that went away, behind the caller's back.</summary>
    EmbedderState State { get; }

    /// <summary>Embeds on the caller's thread, where that takes microseconds.</summary>
    /// <returns>Whether there is an embedding.</returns>
    bool TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination);

    /// <summary>Embeds texts.</summary>
    /// <returns>One vector a text, <see langword="null"/> for a text that has none; <see langword="null"/> when there is no model.</returns>
    ValueTask<IReadOnlyList<float[]?>?> EmbedAsync(IReadOnlyList<string> texts, EmbeddingRole role, CancellationToken cancellationToken);
}

/// <summary>No embeddings, by choice.</summary>
internal sealed class NoEmbeddingSource : IEmbeddingSource
{
    public string? Model => null;

    public int Dimensions => 0;

    public EmbedderState State { get; } = new(EmbedderStatus.Off, "Embedding is turned off (Embedding:Provider is None), so search is by words only.");

    public bool TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination) => false;

    public ValueTask<IReadOnlyList<float[]?>?> EmbedAsync(IReadOnlyList<string> texts, EmbeddingRole role, CancellationToken cancellationToken) => default;

    public void Dispose()
    {
    }
}
