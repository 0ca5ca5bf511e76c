namespace Keepsake.Embedding;

/// <summary>A model in this process. Immutable, so safe for concurrent use.</summary>
internal interface ILocalModel
{
    /// <summary>Name of the model, as records carry it.</summary>
    string Name { get; }

    /// <summary>Numbers in an embedding.</summary>
    int Dimensions { get; }

    /// <summary>Embeds a question on the caller's thread, where that takes microseconds.</summary>
    /// <returns>Whether there is an embedding; false also where it takes longer.</returns>
    bool TryEmbedNow(ReadOnlySpan<char> text, Span<float> destination);

    /// <summary>Embeds texts.</summary>
    /// <returns>One vector a text, at unit length; <see langword="null"/> for a text that has none.</returns>
    ValueTask<IReadOnlyList<float[]?>> EmbedAsync(IReadOnlyList<string> texts, EmbeddingRole role, CancellationToken cancellationToken);
}
