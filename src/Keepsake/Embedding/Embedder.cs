namespace Keepsake.Embedding;

/// <summary>Whether embeddings can be made.</summary>
public enum EmbedderState
{
    /// <summary>They can.</summary>
    Ready,

    /// <summary>The model is being loaded.</summary>
    Loading,

    /// <summary>They cannot at the moment.</summary>
    Unavailable,
}

/// <summary>The embedding model that a store uses.</summary>
public sealed class Embedder
{
    private readonly Lazy<StaticEmbeddingModel> _model = new(() =>
        StaticEmbeddingModel.Load(Path.Combine(AppContext.BaseDirectory, "models", BuiltInModel.Name)));

    /// <summary>Gets the model's name.</summary>
    public string? Model { get; } = BuiltInModel.Name;

    /// <summary>Gets the numbers in an embedding.</summary>
    public int Dimensions { get; } = BuiltInModel.Dimensions;

    /// <summary>Gets whether embeddings can be made.</summary>
    public EmbedderState State { get; } = EmbedderState.Ready;

    /// <summary>Gets why they cannot.</summary>
    public string? Reason { get; }

    /// <summary>Gets the model in words.</summary>
    public string Description { get; } = $"{BuiltInModel.Name} (English)";

    /// <summary>Embeds texts.</summary>
    public ValueTask<IReadOnlyList<float[]?>?> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var vectors = new float[]?[texts.Count];
        for (var i = 0; i < vectors.Length; i++)
        {
            var vector = new float[Dimensions];
            vectors[i] = _model.Value.TryEmbed(texts[i], vector) ? vector : null;
        }

        return new(vectors);
    }
}
